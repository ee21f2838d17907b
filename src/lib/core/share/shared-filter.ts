// What lets readers of a share filter it: for what can be marked in a chart or chosen in an input, the groups of the other blocks over the same
// rows, cell by cell; and of two of them together, by fewer cells. There is no row in it, and nothing of a column but its groups.
import type { AxisSteps, ChartGrid } from '../report/cube-grid.ts';
import type { Cube } from '../report/cube.ts';
import type { CellType, CellValue } from '../report/edition.ts';
import type { Rank } from '../report/groups.ts';

export type SharedFilters = { readonly sources: readonly SharedSource[]; readonly cubes: readonly SharedCube[] };

/** What rows are cut by: the axes of a chart, or the column of an input. */
export type SharedSource = {
	/** The number of its block in the bundle. */
	readonly at: number;
	readonly grid: SharedGrid;
	/** The same axes in fewer steps, for cubes of several sources; null where it is in none. */
	readonly coarse: SharedGrid | null;
	/** Whether values are whole units, so that the last one that is chosen is in it. */
	readonly isWhole: boolean;
	/** Blocks over the same rows that it does not filter. */
	readonly left: readonly number[];
};

export type SharedGrid = { readonly x: SharedAxis | null; readonly y: SharedAxis | null };

export type SharedAxis = AxisSteps | { readonly kind: 'names'; readonly names: readonly string[] };

export type SharedCube = {
	/** The number of its block in the bundle. */
	readonly at: number;
	/** Of prose, which of its numbers; 0 otherwise. */
	readonly ask: number;
	/** Numbers of the sources, ascending: cells are those of the first, each cut by those of the next. */
	readonly by: readonly number[];
	readonly keys: readonly { readonly name: string; readonly type: CellType; readonly values: readonly CellValue[] }[];
	readonly values: readonly SharedValue[];
	readonly whole: readonly string[];
	readonly rank: Rank | null;
	/** Null is without one. */
	readonly limit: number | null;
	readonly total: 'groups' | 'rows';
	readonly series: readonly string[] | null;
	readonly xStep: number | null;
	readonly yStep: number | null;
	/** Entries of cell `c` are `starts[c]` to `starts[c + 1]` (exclusive); the last cell is what lies outside. */
	readonly starts: readonly number[];
	readonly groups: readonly number[];
	readonly rows: readonly number[];
};

/** By entry: how many values there are, and their sum or end; null where a value has none. One without counts counts rows. */
export type SharedValue = {
	readonly name: string;
	readonly type: CellType;
	readonly merge: 'count' | 'sum' | 'avg' | 'min' | 'max';
	readonly counts: readonly number[] | null;
	readonly numbers: readonly number[] | null;
};

export function sharedGrid({ x, y }: Pick<ChartGrid, 'x' | 'y'>): SharedGrid {
	const axis = (grid: ChartGrid['x']): SharedAxis | null => {
		if (!grid) return null;
		if (grid.kind === 'names') return { kind: 'names', names: grid.names };
		const { column: _column, ...steps } = grid;
		return steps;
	};
	return { x: axis(x), y: axis(y) };
}

/** Null where a sum is no number, which JSON cannot say. */
export function sharedCube(
	{ plan, groups, keys, starts, groupOf, rows, values }: Cube,
	place: Pick<SharedCube, 'at' | 'ask' | 'by'>
): SharedCube | null {
	if (values.some(({ numbers }) => numbers?.some((one) => !Number.isFinite(one)))) return null;
	const { series, xStep, yStep } = plan;
	const { whole, rank, limit, total } = groups;
	return {
		...{ ...place, whole, rank, limit: Number.isFinite(limit) ? limit : null, total, series, xStep, yStep },
		keys: groups.keys.map(({ name, type }, key) => ({ name, type, values: keys[key] ?? [] })),
		values: groups.values.map(({ name, type, merge }, value) => {
			const { counts = null, numbers = null } = values[value] ?? {};
			return { name, type, merge, counts: counts && [...counts], numbers: numbers && [...numbers] };
		}),
		starts: [...starts],
		groups: [...groupOf],
		rows: [...rows]
	};
}
