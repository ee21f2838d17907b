// The cells that an input's column is cut into, so that whatever is chosen in it is some of them, whole: values where they are few, else steps along numbers or days.
import { quoteName, quoteText, quoteValue } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import { findColumn, isWholeNumber, kindOf } from './column-sql.ts';
import { DAY_MS, type CellRun, type Cuts } from './cube-grid.ts';
import type { Domains } from './domain.ts';
import { compareNumbers } from './groups.ts';
import type { InputBlock, InputSpan, InputValue } from './report.ts';

/**
 * Ticks stand at `(first + n) * times / per`, n from 0 to `ticks`; one of the two is 1, so that a double's place is exact. Cells, in their order: what
 * lies before all ticks, then each tick itself and what lies behind it up to the next one, then the rest. An end that stands on a tick cuts no cell.
 */
export type TickGrid = {
	readonly kind: 'ticks';
	readonly column: Column;
	readonly times: number;
	readonly per: number;
	readonly first: number;
	readonly ticks: number;
};

/** A cell for each text that the column's values are cast to. */
export type ValueGrid = { readonly kind: 'values'; readonly column: Column; readonly names: readonly string[] };

/** A cell for each number or day that the column has, ascending, NaN last: no end of a span is inside of one. Days are UTC epoch milliseconds. */
export type PlaceGrid = { readonly kind: 'places'; readonly column: Column; readonly places: readonly number[] };

export type InputGrid = TickGrid | ValueGrid | PlaceGrid;

/** More values than this are not told one by one. */
export const NAMES_MAX = 4096;

export function inputCellCount(grid: InputGrid): number {
	switch (grid.kind) {
		case 'values':
			return grid.names.length;
		case 'places':
			return grid.places.length;
		case 'ticks':
			return 2 * grid.ticks + 2;
	}
}

/** Whether the ends of a span of it are told apart as doubles are. */
export function hasPlaces(column: Column, type: InputBlock['type'], domains: Domains): boolean {
	if (kindOf(column) === 'date') return type === 'date';
	const { low = null, high = null } = domains.of.get(column.name) ?? {};
	return type === 'range' && low !== null && high !== null && hasExactDoubles(column, low, high);
}

/** A DOUBLE that says at which place a row is; NULL where the column has none. */
export function placeSql(column: Column): string {
	const value = valueSql(column);
	return kindOf(column) === 'date' ? `floor(${value} / ${DAY_MS}.0) * ${DAY_MS}.0` : value;
}

function valueSql(column: Column): string {
	const name = quoteName(column.name);
	const isDate = typeFamily(column.type) === 'date';
	return isDate ? `epoch_us(CAST(${name} AS TIMESTAMP)) / 1000.0` : `CAST(${name} AS DOUBLE)`;
}

/** As DuckDB has them in order. */
export function placesInOrder(places: readonly number[]): readonly number[] {
	return places.toSorted((one, other) => compareNumbers(one, other));
}

/** Null where ends of spans would hit no tick: of numbers without an exact double, and of nothing. */
export function tickGrid(
	{ column: name, type }: Pick<InputBlock, 'column' | 'type'>,
	{ columns, domains, from }: { readonly columns: readonly Column[]; readonly domains: Domains; readonly from: string },
	cellsMax: number
): TickGrid | null {
	const found = findColumn(name ?? '', columns, from);
	const { low = null, high = null } = domains.of.get(name ?? '') ?? {};
	if (!found.ok || low === null || high === null) return null;
	const column = found.value;
	const ticksMax = Math.floor((cellsMax - 2) / 2);
	const over = (times: number, per: number): TickGrid => {
		const first = Math.floor((low * per) / times);
		return { kind: 'ticks', column, times, per, first, ticks: Math.floor((high * per) / times) - first + 1 };
	};
	if (kindOf(column) === 'date') {
		if (type !== 'date') return null;
		const days = over(DAY_MS, 1);
		return days.ticks <= ticksMax ? days : null;
	}
	if (type !== 'range' || !hasExactDoubles(column, low, high)) return null;
	const finest = isWholeNumber(column) ? 0 : -6;
	for (let exponent = finest; exponent <= 15; exponent++)
		for (const digit of [1, 2, 5]) {
			// 0.2 is 1 / 5 and 0.5 is 1 / 2: no step is written as a fraction that a double has not.
			const [times, per] = exponent >= 0 ? [digit * 10 ** exponent, 1] : [1, 10 ** -exponent / digit];
			const grid = over(times, per);
			if (grid.ticks <= ticksMax && Number.isSafeInteger(grid.first * times)) return grid;
		}
	return null;
}

function hasExactDoubles({ type }: Column, low: number, high: number): boolean {
	const digits = /^DECIMAL\((\d+)/.exec(type)?.[1];
	if (digits !== undefined) return Number(digits) <= 15;
	if (type !== 'DOUBLE' && !isWholeNumber({ name: '', type })) return false;
	return Number.isSafeInteger(Math.trunc(low)) && Number.isSafeInteger(Math.trunc(high));
}

export function inputCuts(grid: InputGrid): Cuts {
	const count = inputCellCount(grid);
	const axis = { sql: inputCellSql(grid), count };
	return { axes: [grid.kind === 'ticks' ? axis : { ...axis, names: namedCellsSql(grid) }], cellCount: count };
}

/** An INTEGER that says in which cell a row is, or of values and places what their cell is found by; NULL where the column has none. */
function inputCellSql(grid: InputGrid): string {
	const name = quoteName(grid.column.name);
	if (grid.kind === 'values') return `CAST(${name} AS VARCHAR)`;
	if (grid.kind === 'places') return placeSql(grid.column);
	const value = valueSql(grid.column);
	const [times, per, first] = [grid.times, grid.per, grid.first].map((one) => quoteValue(one));
	const near = `floor(${value} * ${per} / ${times})`;
	const at = (tick: string): string => `((${tick}) * ${times} / ${per})`;
	// The quotient may be a step beside: the ticks themselves decide.
	const tick = `(${near} - CAST(${value} < ${at(near)} AS DOUBLE) + CAST(${value} >= ${at(`${near} + 1`)} AS DOUBLE))`;
	const cell = `1 + 2 * (${tick} - ${first}) + CAST(${value} > ${at(tick)} AS DOUBLE)`;
	const [low, high] = [placeOf(grid, 0), placeOf(grid, grid.ticks)].map((one) => quoteValue(one));
	return [
		`CASE WHEN ${value} < ${low} THEN 0 WHEN ${value} >= ${high} THEN ${2 * grid.ticks + 1}`,
		`WHEN ${name} IS NOT NULL THEN CAST(${cell} AS INTEGER) END`
	].join(' ');
}

/** Rows of two columns: each text or place, and its cell. */
function namedCellsSql(grid: ValueGrid | PlaceGrid): string {
	const names = grid.kind === 'values' ? grid.names.map(quoteText) : grid.places.map((one) => `'${one}'::DOUBLE`);
	return `VALUES ${names.map((name, cell) => `(${name}, ${cell})`).join(', ')}`;
}

function placeOf({ first, times, per }: TickGrid, tick: number): number {
	return ((first + tick) * times) / per;
}

/** The cells that a choice leaves; all, and what lies outside of them, where nothing is chosen; null where the engine has to be asked. */
export function inputCells(input: InputBlock, value: InputValue, grid: InputGrid): readonly CellRun[] | null {
	const every = [{ start: 0, end: inputCellCount(grid) + 1 }];
	if (value === null || value === '') return every;
	if (typeof value === 'object' && 'from' in value) {
		if (value.from === null && value.to === null) return every;
		return grid.kind === 'values' ? null : spanCells(value, grid);
	}
	if (grid.kind !== 'values') return null;
	const { names } = grid;
	if (typeof value === 'object') return value.length === 0 ? every : oneByOne(value.map((one) => names.indexOf(one)));
	const text = String(value);
	if (input.type !== 'search') return oneByOne([names.indexOf(text)]);
	const wanted = lowered(text);
	return oneByOne(names.flatMap((name, cell) => (lowered(name).includes(wanted) ? [cell] : [])));
}

/** What no row has leaves none. */
function oneByOne(cells: readonly number[]): readonly CellRun[] {
	return [...new Set(cells)].filter((cell) => cell >= 0).map((start) => ({ start, end: start + 1 }));
}

function spanCells({ from, to }: InputSpan, grid: TickGrid | PlaceGrid): readonly CellRun[] | null {
	const isDate = kindOf(grid.column) === 'date';
	const isWhole = isWholeNumber(grid.column);
	const [low, high] = [endOf(from, isDate), endOf(to, isDate)];
	if (low === undefined || high === undefined) return null;
	if (grid.kind === 'places') {
		const start = low === null ? 0 : countBefore(grid, (place) => compareNumbers(place, low) < 0);
		const end = high === null ? grid.places.length : countBefore(grid, (place) => compareNumbers(place, high) <= 0);
		return start < end ? [{ start, end }] : [];
	}
	const least = low !== null && isWhole ? Math.ceil(low) : low;
	const most = high !== null && isWhole ? Math.floor(high) : high;
	const start = least === null ? 0 : firstCell(least, grid);
	// A day named as the last one is in it whole.
	const end = most === null ? 2 * grid.ticks + 2 : isDate ? firstCell(most + DAY_MS, grid) : lastCell(most, grid);
	if (start === null || end === null) return null;
	return start < end ? [{ start, end }] : [];
}

/** How many places come before the first that is not `isBefore`. */
function countBefore({ places }: PlaceGrid, isBefore: (place: number) => boolean): number {
	let [start, end] = [0, places.length];
	while (start < end) {
		const middle = (start + end) >> 1;
		if (isBefore(places[middle] ?? NaN)) start = middle + 1;
		else end = middle;
	}
	return start;
}

/** Undefined where a text is no number, or of dates no day. */
function endOf(end: string | number | null, isDate: boolean): number | null | undefined {
	if (end === null) return null;
	if (!isDate) return Number.isFinite(Number(end)) && String(end).trim() !== '' ? Number(end) : undefined;
	return typeof end === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(end) ? Date.parse(end) : undefined;
}

/** The first cell at or behind a place, which stands on a tick or beyond all. */
function firstCell(place: number, grid: TickGrid): number | null {
	if (place <= placeOf(grid, 0)) return 1;
	if (place >= placeOf(grid, grid.ticks)) return 2 * grid.ticks + 1;
	const tick = Math.round((place * grid.per) / grid.times) - grid.first;
	return placeOf(grid, tick) === place ? 1 + 2 * tick : null;
}

/** The cell behind the last one that a place is in or behind. */
function lastCell(place: number, grid: TickGrid): number | null {
	if (place >= placeOf(grid, grid.ticks)) return 2 * grid.ticks + 1;
	if (place < placeOf(grid, 0)) return 1;
	const cell = firstCell(place, grid);
	return cell === null ? null : cell + 1;
}

/** Letter by letter, as DuckDB does, which knows neither a sigma at the end of a word nor two letters for one. */
function lowered(text: string): string {
	return [...text].map((letter) => (letter === 'İ' ? 'i' : letter.toLowerCase())).join('');
}
