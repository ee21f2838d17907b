// The columns of a chart's rows by what they are drawn as, and the series, facets and categories in them.
import type { CellValue, EditionColumn, EditionTable } from './edition.ts';
import type { ChartBlock } from './report.ts';
import type { Extent } from './number-axis.ts';

/** How an axis runs: along numbers, along time, or from name to name. */
export type AxisKind = 'number' | 'time' | 'category';

export type ChartTable = {
	readonly rowCount: number;
	readonly x: EditionColumn | null;
	/** Ends of bins that begin at x and y. */
	readonly x2: EditionColumn | null;
	readonly y: EditionColumn | null;
	readonly y2: EditionColumn | null;
	/** What a dot's area or a cell's colour stands for. */
	readonly size: EditionColumn | null;
	/** Of a box: its whiskers and its quartiles. */
	readonly box: Readonly<Record<BoxPart, EditionColumn>> | null;
	/** Values beyond the whiskers of a box, counted. */
	readonly below: EditionColumn | null;
	readonly above: EditionColumn | null;
	/** Of each row, which of `names` it belongs to. */
	readonly series: { readonly names: readonly string[]; readonly ofRow: readonly number[] };
	readonly facets: { readonly names: readonly string[]; readonly ofRow: readonly number[] };
};

export const boxParts = ['low', 'q1', 'median', 'q3', 'high'] as const;
export type BoxPart = (typeof boxParts)[number];

/** Null as a name; no name of a person's. */
export const NO_NAME = '(none)';

/** Facets beyond it are left out and said so: each is a drawing. */
export const FACETS_MAX = 60;

export function chartTable(table: EditionTable): ChartTable {
	const column = (name: string): EditionColumn | null => table.columns.find((one) => one.name === name) ?? null;
	const [low, q1, median, q3, high] = boxParts.map(column);
	return {
		rowCount: table.rowCount,
		x: column('x'),
		x2: column('x2'),
		y: column('y'),
		y2: column('y2'),
		size: column('size'),
		box: low && q1 && median && q3 && high ? { low, q1, median, q3, high } : null,
		below: column('below'),
		above: column('above'),
		series: named(table.rowCount, [column('series'), column('color')]),
		facets: named(table.rowCount, [column('facet')])
	};
}

/** Names in the order in which they come; one without a name where there are no such columns. */
function named(rowCount: number, columns: readonly (EditionColumn | null)[]): ChartTable['series'] {
	const told = columns.filter((column) => column !== null);
	if (told.length === 0) return { names: [''], ofRow: Array.from({ length: rowCount }, () => 0) };
	const numbers = new Map<string, number>();
	const ofRow = Array.from({ length: rowCount }, (_, row) => {
		const name = told.map((column) => categoryName(column.values[row] ?? null, column)).join(' · ');
		const number = numbers.get(name) ?? numbers.size;
		numbers.set(name, number);
		return number;
	});
	return { names: [...numbers.keys()], ofRow };
}

export function axisKind(column: EditionColumn | null): AxisKind {
	if (column?.type === 'number') return 'number';
	return column?.type === 'date' || column?.type === 'time' ? 'time' : 'category';
}

export function categoryName(value: CellValue, column: EditionColumn): string {
	if (value === null) return NO_NAME;
	if (typeof value === 'number' && axisKind(column) === 'time') {
		const date = new Date(value);
		if (!Number.isNaN(date.getTime()))
			return date
				.toISOString()
				.slice(0, column.type === 'date' ? 10 : 16)
				.replace('T', ' ');
	}
	return String(value);
}

/** Null where the row has no number there: nothing is drawn. */
export function numberAt(column: EditionColumn | null, row: number): number | null {
	const value = column?.values[row];
	return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Lowest and highest of the numbers, and whether none has a fraction; null where there are none. */
export function extentOf(columns: readonly (EditionColumn | null)[]): Extent | null {
	let low = Infinity;
	let high = -Infinity;
	let isWhole = true;
	for (const column of columns)
		for (const value of column?.values ?? []) {
			if (typeof value !== 'number' || !Number.isFinite(value)) continue;
			if (value < low) low = value;
			if (value > high) high = value;
			isWhole &&= Number.isInteger(value);
		}
	return low <= high ? { low, high, isWhole } : null;
}

/** A scatter whose rows were counted in cells. */
export function isDensity(block: ChartBlock, table: ChartTable): boolean {
	return block.type === 'scatter' && table.x2 !== null && table.y2 !== null && table.size !== null;
}
