// Cells of published rows: what they are compared as, and as what they are written.
import { err, ok, type Result } from '../result.ts';
import type { Comparison, Condition, InvalidQuery, Ordering } from './published-query.ts';

/** Dates and times are ISO texts, which compare as they follow one another; what is nested is `null`, a list or an object. */
export type Cell = null | boolean | number | bigint | string | readonly Cell[] | { readonly [name: string]: Cell };

/** `value` is what its texts compare as. */
export type CellKind = 'boolean' | 'number' | 'integer' | 'text' | 'nested';

/** What is said of all cells of a column in one place: bounds of those that are not null, and how many are. Left out is what is not known. */
export type CellRange = { readonly min?: Cell; readonly max?: Cell; readonly nullCount?: number };

export type Test = {
	readonly column: string;
	readonly holds: (cell: Cell) => boolean;
	/** False only where it holds for none of `rowCount` cells. */
	readonly mayHold: (range: CellRange, rowCount: number) => boolean;
};

/** Conditions as functions of a cell. */
export function testsOf(
	conditions: readonly Condition[],
	kinds: ReadonlyMap<string, CellKind>
): Result<readonly Test[], InvalidQuery> {
	const tests: Test[] = [];
	for (const { column, comparison, value, at } of conditions) {
		const kind = kinds.get(column) ?? 'nested';
		const wrong = (reason: InvalidQuery['reason']): Result<never, InvalidQuery> =>
			err({ kind: 'invalid-query', part: 'where', reason, at });
		if (value === null) {
			const isNull = comparison === '=';
			tests.push({
				column,
				holds: (cell) => (cell === null) === isNull,
				mayHold: ({ nullCount }, rowCount) => nullCount === undefined || nullCount !== (isNull ? 0 : rowCount)
			});
			continue;
		}
		if (kind === 'nested' || (comparison === '~' && kind !== 'text')) return wrong('not-comparable');
		if (comparison === '~') {
			tests.push({
				column,
				holds: (cell) => typeof cell === 'string' && cell.includes(value),
				mayHold: () => true
			});
			continue;
		}
		const operand = operandOf(value, kind);
		if (operand === null) return wrong('not-a-value');
		// As in SQL, nothing is said of null but that it is null.
		tests.push({
			column,
			holds: (cell) => cell !== null && isSo(compareCells(cell, operand), comparison),
			mayHold: (range) =>
				mayBeSo(range, { comparison, hasNaN: kind === 'number', compare: (cell) => compareCells(cell, operand) })
		});
	}
	return ok(tests);
}

export type OrderTest = {
	readonly comparison: Exclude<Comparison, '~'>;
	/** NaN stands beyond all bounds: what that could touch may hold. */
	readonly hasNaN: boolean;
	/** Of a cell and the operand. */
	readonly compare: (cell: Cell) => number;
};

export function mayBeSo({ min, max }: CellRange, { comparison, hasNaN, compare }: OrderTest): boolean {
	if (min === undefined || max === undefined) return true;
	const [least, most] = [compare(min), compare(max)];
	switch (comparison) {
		case '=':
			return least <= 0 && most >= 0;
		case '<':
			return least < 0;
		case '<=':
			return least <= 0;
		case '>':
			return hasNaN || most > 0;
		case '>=':
			return hasNaN || most >= 0;
		case '!=':
			return true;
	}
}

function operandOf(value: string, kind: CellKind): Cell {
	switch (kind) {
		case 'boolean':
			return value === 'true' ? true : value === 'false' ? false : null;
		// An integer may be compared with 2.5.
		case 'integer':
			return /^-?\d{1,40}$/.test(value) ? BigInt(value) : numberOf(value);
		case 'number':
			return numberOf(value);
		case 'text':
			return value;
		case 'nested':
			return null;
	}
}

function numberOf(text: string): number | null {
	return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : null;
}

export function isSo(order: number, comparison: Exclude<Comparison, '~'>): boolean {
	switch (comparison) {
		case '=':
			return order === 0;
		case '!=':
			return order !== 0;
		case '<':
			return order < 0;
		case '<=':
			return order <= 0;
		case '>':
			return order > 0;
		case '>=':
			return order >= 0;
	}
}

/**
 * Of two cells of one column that are not null. NaN is the greatest number, and texts are in the order of their bytes, as DuckDB has both; numbers
 * and integers compare by value.
 */
export function compareCells(one: Cell, other: Cell): number {
	if (typeof one === 'string' && typeof other === 'string') return compareTexts(one, other);
	const [isNaN, otherIsNaN] = [Number.isNaN(one), Number.isNaN(other)];
	if (isNaN || otherIsNaN) return Number(isNaN) - Number(otherIsNaN);
	if (one === null || other === null || typeof one === 'object' || typeof other === 'object') return 0;
	return one < other ? -1 : one > other ? 1 : 0;
}

/** As UTF-8 has them: where two texts part at a letter of two halves and one of U+E000 and beyond, the halves come last. */
function compareTexts(one: string, other: string): number {
	if (one === other) return 0;
	const length = Math.min(one.length, other.length);
	let at = 0;
	while (at < length && one.charCodeAt(at) === other.charCodeAt(at)) at++;
	if (at === length) return one.length - other.length;
	return placeOf(one.charCodeAt(at)) - placeOf(other.charCodeAt(at));
}

function placeOf(unit: number): number {
	if (unit < 0xd800) return unit;
	return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Of two dates or two times as texts, also where their years have a sign and six digits, or they are infinite. */
export function compareTimes(one: Cell, other: Cell): number {
	if (typeof one !== 'string' || typeof other !== 'string') return 0;
	const [year, otherYear] = [yearOf(one), yearOf(other)];
	return year === otherYear ? compareTexts(one, other) : year < otherYear ? -1 : 1;
}

function yearOf(text: string): number {
	if (text.endsWith('infinity')) return text.startsWith('-') ? -Infinity : Infinity;
	return Number.parseInt(text, 10);
}

export type RowOrder = Ordering & {
	/** Last where it is left out. */
	readonly isNullsFirst?: boolean;
	readonly compare?: (one: Cell, other: Cell) => number;
};

/** Row numbers in the order that is asked for; equal ones as they stand. `cells` has each ordered column's cells. */
export function orderRows(
	rows: readonly number[],
	orderings: readonly RowOrder[],
	cells: ReadonlyMap<string, readonly Cell[]>
): readonly number[] {
	const keys = orderings.map(({ column, compare = compareCells, isDescending, isNullsFirst = false }) => ({
		cells: cells.get(column) ?? [],
		compare,
		sign: isDescending ? -1 : 1,
		nullSign: isNullsFirst ? -1 : 1
	}));
	return rows.toSorted((a, b) => {
		for (const { cells, compare, sign, nullSign } of keys) {
			const [one = null, other = null] = [cells[a], cells[b]];
			if (one === null || other === null) {
				if (one !== other) return one === null ? nullSign : -nullSign;
				continue;
			}
			const order = compare(one, other);
			if (order !== 0) return order * sign;
		}
		return a - b;
	});
}

/** As JSON has it: integers that a double does not keep, and what is no number, as texts. */
export function jsonCell(cell: Cell): unknown {
	if (typeof cell === 'bigint')
		return cell >= Number.MIN_SAFE_INTEGER && cell <= Number.MAX_SAFE_INTEGER ? Number(cell) : String(cell);
	if (typeof cell === 'number') return Number.isFinite(cell) ? cell : String(cell);
	if (cell === null || typeof cell !== 'object') return cell;
	if (isList(cell)) return cell.map(jsonCell);
	return Object.fromEntries(Object.entries(cell).map(([name, value]) => [name, jsonCell(value)]));
}

/** As CSV has it (RFC 4180); nothing for null, and an empty text in quotes, so that the two differ. */
export function csvCell(cell: Cell): string {
	if (cell === null) return '';
	const text = typeof cell === 'object' ? JSON.stringify(jsonCell(cell)) : String(cell);
	return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function isList(cell: Cell): cell is readonly Cell[] {
	return Array.isArray(cell);
}
