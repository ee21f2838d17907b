// A join as SQL, and what is asked of its keys before it runs.
import { writeName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import type { StepContext } from './step-sql.ts';
import type { StepValue } from './step-schemas.ts';

type Join = StepValue<'join'>;

/** Left column and right column of each condition. */
export function joinKeys({ on }: Pick<Join, 'on'>): readonly (readonly [string, string])[] {
	return Array.isArray(on) ? (on as readonly string[]).map((name) => [name, name] as const) : Object.entries(on);
}

export function joinSql(join: Join, { from, columns, table }: StepContext): string {
	const { kind = 'left', suffix = `_${join.with.split('@')[0] ?? ''}` } = join;
	const right = table(join.with);
	const keys = joinKeys(join);
	const on = keys.map(([left, other]) => `l.${writeName(left)} = r.${writeName(other)}`).join(' AND ');
	const clause = `\nFROM ${from} AS l\n${kind.toUpperCase()} JOIN ${right?.from ?? writeName(join.with)} AS r ON ${on}`;
	if (kind === 'semi' || kind === 'anti') return `SELECT l.*${clause}`;
	const keyNames = new Set(keys.map(([, name]) => name.toLowerCase()));
	const shown =
		join.columns ?? (right?.columns ?? []).map(({ name }) => name).filter((name) => !keyNames.has(name.toLowerCase()));
	const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
	const others = shown.map((name) => {
		const as = freeOf(name, suffix, taken);
		taken.add(as.toLowerCase());
		return as === name ? `r.${writeName(name)}` : `r.${writeName(name)} AS ${writeName(as)}`;
	});
	// Rows of the right side alone have their key there.
	const coalesced = keys.map(
		([left, other]) => `coalesce(l.${writeName(left)}, r.${writeName(other)}) AS ${writeName(left)}`
	);
	const star = kind === 'right' || kind === 'full' ? `l.* REPLACE (${coalesced.join(', ')})` : 'l.*';
	return `SELECT ${[star, ...others].join(others.length > 3 ? ',\n  ' : ', ')}${clause}`;
}

function freeOf(name: string, suffix: string, taken: ReadonlySet<string>): string {
	let free = name;
	while (taken.has(free.toLowerCase())) free += suffix;
	return free;
}

export type Expectation = {
	readonly step: number;
	readonly side: 'left' | 'right';
	/** What must tell the rows of the side apart. */
	readonly columns: readonly string[];
	readonly expected: string;
	/** FROM item whose rows are asked. */
	readonly from: string;
};

/** A side that stands for one row must not have its key twice. Null keys never match, and are no matter. */
export function joinExpectations(
	join: Join,
	step: number,
	from: string,
	right: { readonly from: string; readonly columns: readonly Column[] }
): readonly Expectation[] {
	const expected = join.expect ?? 'many-to-many';
	const keys = joinKeys(join);
	const [left, other] = expected.split('-to-');
	return [
		...(left === 'one' ? [{ step, side: 'left' as const, columns: keys.map(([name]) => name), expected, from }] : []),
		...(other === 'one'
			? [{ step, side: 'right' as const, columns: keys.map(([, name]) => name), expected, from: right.from }]
			: [])
	];
}

/** How many keys are there more than once, and one of them. */
export function expectationSql({ columns, from }: Expectation): string {
	const names = columns.map(writeName);
	const present = names.map((name) => `${name} IS NOT NULL`).join(' AND ');
	return [
		`SELECT count(*)::DOUBLE AS repeated, min(example) AS example`,
		`FROM (`,
		`  SELECT concat_ws(', ', ${names.join(', ')}) AS example`,
		`  FROM ${from}`,
		`  WHERE ${present}`,
		`  GROUP BY ${names.join(', ')}`,
		`  HAVING count(*) > 1`,
		`)`
	].join('\n');
}
