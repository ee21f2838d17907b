// Types that hold a column's values in less room, and the SQL that proves that nothing is lost. Texts are never guessed into other types.
import { quoteName } from '../sql/quote.ts';
import type { ColumnType } from './layout.ts';

/**
 * How far to go. Parquet keeps every integer of 32 bits or fewer in 32: `storage` stops where files get no smaller, and keeps
 * signs. `smallest` also saves memory where a dataset is loaded, but sums and differences in SQL overflow sooner.
 */
export const narrowings = ['storage', 'smallest'] as const;
export type Narrowing = (typeof narrowings)[number];

type Integer = { readonly bits: number; readonly min: bigint; readonly max: bigint };

/** The narrowest first, of equal ones the one with a sign. */
const integers: ReadonlyMap<string, Integer> = new Map(
	[8, 16, 32, 64].flatMap((bits, index) => {
		const name = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'][index] ?? '';
		const half = 1n << BigInt(bits - 1);
		return [
			[name, { bits, min: -half, max: half - 1n }],
			[`U${name}`, { bits, min: 0n, max: 2n * half - 1n }]
		] as const;
	})
);

/** A DECIMAL is kept in 16, 32, 64 or 128 bits, after its digits. */
const DECIMAL_WIDTHS = [4, 9, 18] as const;

/** What is asked of a column before it may be narrowed: `least` and `greatest` are null where it holds nothing. */
export type ColumnFacts = {
	readonly least: string | null;
	readonly greatest: string | null;
	/** Of a DOUBLE: values that no integer type, and that no FLOAT, holds exactly. */
	readonly notWhole: number;
	readonly notFloat: number;
};

export function canNarrow({ type }: ColumnType): boolean {
	return type === 'DOUBLE' || integers.has(type) || /^DECIMAL\(/.test(type);
}

/** One row: `least0`, `greatest0`, … as texts, and of DOUBLE columns `notWhole0`, `notFloat0`, …, in the order given. */
export function factsSql(table: string, columns: readonly ColumnType[]): string {
	const facts = columns.flatMap(({ name, type }, index) => {
		const cell = quoteName(name);
		const bounds = [
			`CAST(min(${cell}) AS VARCHAR) AS least${index}`,
			`CAST(max(${cell}) AS VARCHAR) AS greatest${index}`
		];
		if (type !== 'DOUBLE') return bounds;
		return [
			...bounds,
			`${countSql(misfitSql(cell, 'BIGINT', type))} AS notWhole${index}`,
			`${countSql(misfitSql(cell, 'FLOAT', type))} AS notFloat${index}`
		];
	});
	return `SELECT ${facts.join(', ')} FROM ${table}`;
}

/** The narrowest type that holds what the facts tell; null when the column has it already, or holds nothing. */
export function narrowedType(type: string, facts: ColumnFacts, narrowing: Narrowing): string | null {
	const { least, greatest } = facts;
	if (least === null || greatest === null) return null;
	if (type === 'DOUBLE') {
		const whole = facts.notWhole === 0 ? smallestInteger(wholeOf(least), wholeOf(greatest), narrowing, 32) : null;
		return whole ?? (facts.notFloat === 0 ? 'FLOAT' : null);
	}
	const decimal = decimalOf(type);
	if (decimal) {
		// Whole numbers of 128 bits are stored as such.
		if (decimal.width === 38 && decimal.scale === 0)
			return smallestInteger(BigInt(least), BigInt(greatest), narrowing, 64);
		return narrowDecimal(decimal, [least, greatest], narrowing);
	}
	const own = integers.get(type);
	return own ? smallestInteger(BigInt(least), BigInt(greatest), narrowing, own.bits / 2) : null;
}

/** Whether values of a type may be stored as the other, if they fit. */
export function isNarrowing(from: string, to: string): boolean {
	const bits = integers.get(to)?.bits;
	if (from === 'DOUBLE') return to === 'FLOAT' || (bits !== undefined && bits <= 32);
	const [before, after] = [decimalOf(from), decimalOf(to)];
	if (before && after) return after.scale === before.scale && after.width < before.width;
	if (before) return before.width === 38 && before.scale === 0 && bits !== undefined;
	return bits !== undefined && bits < (integers.get(from)?.bits ?? 0);
}

/**
 * True for a value that is another one after it was stored as `narrow`; `value` is of the type `wide`. Floating point numbers
 * are compared bit by bit, so that neither a sign of zero nor a NaN is lost.
 */
export function misfitSql(value: string, narrow: string, wide: string): string {
	const stored = `CAST(TRY_CAST(${value} AS ${narrow}) AS ${wide})`;
	if (wide !== 'DOUBLE') return `${stored} IS DISTINCT FROM ${value}`;
	const differs = `CAST(${stored} AS BIT) IS DISTINCT FROM CAST(${value} AS BIT)`;
	// Above, not every whole number is a DOUBLE, so that what looks whole may have been rounded.
	return narrow === 'FLOAT' ? differs : `(${differs} OR abs(${value}) > 9007199254740992)`;
}

export type Narrowed = { readonly name: string; readonly narrow: string; readonly wide: string };

/** One row: `n0`, `n1`, …: how many values of each column would be lost. */
export function misfitsSql(table: string, columns: readonly Narrowed[]): string {
	const counts = columns.map(
		({ name, narrow, wide }, index) => `${countSql(misfitSql(quoteName(name), narrow, wide))} AS n${index}`
	);
	return `SELECT ${counts.join(', ')} FROM ${table}`;
}

/** Up to five values that would be lost, as `examples`. */
export function misfitExamplesSql(table: string, { name, narrow, wide }: Narrowed): string {
	const cell = quoteName(name);
	return `SELECT (list(DISTINCT CAST(${cell} AS VARCHAR)))[:5] AS examples FROM ${table} WHERE ${misfitSql(cell, narrow, wide)}`;
}

function countSql(condition: string): string {
	return `CAST(count(*) FILTER (WHERE ${condition}) AS DOUBLE)`;
}

/** Of at most so many bits. */
function smallestInteger(least: bigint, greatest: bigint, narrowing: Narrowing, maxBits: number): string | null {
	const found = [...integers].find(
		([name, { bits, min, max }]) =>
			bits <= maxBits &&
			min <= least &&
			greatest <= max &&
			(narrowing === 'smallest' || (bits >= 32 && !name.startsWith('U')))
	);
	return found?.[0] ?? null;
}

type Decimal = { readonly width: number; readonly scale: number };

function decimalOf(type: string): Decimal | null {
	const found = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type);
	return found ? { width: Number(found[1]), scale: Number(found[2]) } : null;
}

/** Parquet has 32, 64 or 128 bits for it. */
function narrowDecimal({ width, scale }: Decimal, values: readonly string[], narrowing: Narrowing): string | null {
	const digits = Math.max(...values.map((text) => text.replace(/^-?0*|\./g, '').length), scale);
	const widths = DECIMAL_WIDTHS.filter((one) => narrowing === 'smallest' || one > 4);
	const narrow = widths.find((one) => one >= digits && one >= scale && one < width);
	const [before, after] = [width, narrow].map((one) => DECIMAL_WIDTHS.findIndex((bound) => (one ?? 38) <= bound));
	return narrow === undefined || before === after ? null : `DECIMAL(${narrow},${scale})`;
}

/** Of a DOUBLE's text that is a whole number, such as `-3.0` or `1e+16`. */
function wholeOf(text: string): bigint {
	return BigInt(Number(text));
}
