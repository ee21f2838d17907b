// The JSON of a share's filters as a schema, and what it must keep among its parts: whoever made it, it can be added up within its bounds.
import * as v from 'valibot';
import type { CellType, CellValue } from '../report/edition.ts';
import { bundleLimits } from './bundle.ts';
import type { SharedAxis, SharedCube, SharedFilters, SharedGrid, SharedSource } from './shared-filter.ts';
import { DAY_MS } from '../report/cube-grid.ts';

const name = v.pipe(v.string(), v.maxLength(bundleLimits.nameLength));
const block = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(bundleLimits.blocks));
const type = v.picklist(['number', 'text', 'boolean', 'date', 'time'] as const satisfies readonly CellType[]);
const step = v.nullable(v.pipe(v.number(), v.finite()));

/** Looked through once, by hand. */
const counts = v.custom<readonly number[]>(
	(input) => Array.isArray(input) && input.every((one) => Number.isInteger(one) && one >= 0 && one < 2 ** 31)
);
const numbers = v.custom<readonly number[]>(
	(input) => Array.isArray(input) && input.every((one) => typeof one === 'number' && Number.isFinite(one))
);
const cells = v.custom<readonly CellValue[]>(
	(input) =>
		Array.isArray(input) &&
		input.every(
			(cell) =>
				cell === null ||
				typeof cell === 'boolean' ||
				typeof cell === 'number' ||
				(typeof cell === 'string' && cell.length <= bundleLimits.textLength)
		)
);

const steps = v.strictObject({
	kind: v.literal('steps'),
	exponent: v.pipe(v.number(), v.integer(), v.minValue(-1000), v.maxValue(1000)),
	first: v.pipe(v.number(), v.safeInteger()),
	count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536))
});
const names = v.strictObject({
	kind: v.literal('names'),
	names: v.pipe(v.array(name), v.minLength(1), v.maxLength(1000))
});
const axis = v.variant('kind', [
	v.strictObject({ ...steps.entries, unit: v.picklist([1, DAY_MS]) }),
	names
]) satisfies v.GenericSchema<SharedAxis>;
const grid = v.strictObject({ x: v.nullable(axis), y: v.nullable(axis) }) satisfies v.GenericSchema<SharedGrid>;
const left = v.pipe(v.array(block), v.maxLength(bundleLimits.blocks));

const source = v.strictObject({
	at: block,
	grid,
	coarse: v.nullable(grid),
	isWhole: v.boolean(),
	left
}) satisfies v.GenericSchema<SharedSource>;

const cubeEntries = {
	at: block,
	ask: block,
	keys: v.pipe(v.array(v.strictObject({ name, type, values: cells })), v.maxLength(10)),
	values: v.pipe(
		v.array(
			v.strictObject({
				name,
				type,
				merge: v.picklist(['count', 'sum', 'avg', 'min', 'max']),
				counts: v.nullable(counts),
				numbers: v.nullable(numbers)
			})
		),
		v.maxLength(100)
	),
	whole: v.pipe(v.array(name), v.maxLength(10)),
	rank: v.nullable(
		v.strictObject({ by: v.picklist(['key', 'most', 'least']), limit: v.pipe(v.number(), v.integer(), v.minValue(0)) })
	),
	limit: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
	total: v.picklist(['groups', 'rows']),
	series: v.nullable(v.pipe(v.array(name), v.maxLength(100))),
	xStep: step,
	yStep: step,
	starts: counts,
	groups: counts,
	rows: counts
};

const MOST_SOURCES = 100;
const MOST_CUBES = 10_000;
const cube = v.strictObject({
	...cubeEntries,
	by: v.pipe(v.array(block), v.minLength(1), v.maxLength(4))
}) satisfies v.GenericSchema<SharedCube>;

export const filtersShape = v.pipe(
	v.strictObject({
		sources: v.pipe(v.array(source), v.minLength(1), v.maxLength(MOST_SOURCES)),
		cubes: v.pipe(v.array(cube), v.minLength(1), v.maxLength(MOST_CUBES))
	}),
	v.check((given) => isWhole(given))
) satisfies v.GenericSchema<SharedFilters>;

/** As the second format had it: each chart by itself. */
const oldAxis = v.variant('kind', [steps, names]);
const oldFilter = v.strictObject({
	at: block,
	grid: v.strictObject({ x: v.nullable(oldAxis), y: v.nullable(oldAxis) }),
	cubes: v.pipe(v.array(v.strictObject(cubeEntries)), v.maxLength(bundleLimits.blocks)),
	left
});
export const oldFiltersShape = v.pipe(
	v.array(oldFilter),
	v.minLength(1),
	v.maxLength(MOST_SOURCES),
	v.transform((filters): SharedFilters => {
		const axisOf = (own: v.InferOutput<typeof oldAxis> | null): SharedAxis | null =>
			own?.kind === 'steps' ? { ...own, unit: 1 } : own;
		return {
			sources: filters.map((one) => ({
				...{ at: one.at, left: one.left, coarse: null, isWhole: false },
				grid: { x: axisOf(one.grid.x), y: axisOf(one.grid.y) }
			})),
			cubes: filters.flatMap(({ cubes }, number) => cubes.map((one) => ({ ...one, by: [number] })))
		};
	}),
	v.check((given) => isWhole(given))
);

/** Numbers that they hold, for the bound of a bundle. */
export function filterCells({ cubes }: SharedFilters): number {
	return cubes.reduce((all, one) => {
		const keys = one.keys.reduce((sum, { values }) => sum + values.length, 0);
		const values = one.values.reduce(
			(sum, { counts, numbers }) => sum + (counts?.length ?? 0) + (numbers?.length ?? 0),
			0
		);
		return all + keys + values + one.starts.length + 2 * one.groups.length;
	}, 0);
}

const CELLS_MOST = 65_536;

function isWhole({ sources, cubes }: SharedFilters): boolean {
	const places = new Set(sources.map(({ at }) => at));
	return (
		places.size === sources.length &&
		sources.every(({ grid, coarse }) => isWholeGrid(grid) && (coarse === null || isWholeGrid(coarse))) &&
		cubes.every((one) => isWholeCube(one, cellCountOf(one, sources)))
	);
}

function isWholeGrid(grid: SharedGrid): boolean {
	return (grid.x !== null || grid.y !== null) && gridCells(grid) <= CELLS_MOST;
}

function gridCells({ x, y }: SharedGrid): number {
	const count = (one: SharedAxis | null): number =>
		one === null ? 1 : one.kind === 'names' ? one.names.length : one.count;
	return count(x) * count(y);
}

/** Null where a source is not there, is named twice, is that of the block itself, or has no cells for it. */
function cellCountOf({ at, by }: SharedCube, sources: readonly SharedSource[]): number | null {
	let count = 1;
	for (const [place, number] of by.entries()) {
		const source = sources[number];
		const cut = by.length === 1 ? source?.grid : source?.coarse;
		if (!source || !cut || source.at === at || (place > 0 && number <= (by[place - 1] ?? 0))) return null;
		count *= gridCells(cut);
	}
	return count <= CELLS_MOST ? count : null;
}

function isWholeCube(
	{ keys, values, whole, series, starts, groups, rows }: SharedCube,
	cellCount: number | null
): boolean {
	if (cellCount === null) return false;
	const groupCount = keys[0]?.values.length ?? 1;
	const entries = groups.length;
	return (
		keys.every((key) => key.values.length === groupCount) &&
		whole.every((key) => keys.some((one) => one.name === key)) &&
		starts.length === cellCount + 2 &&
		starts[0] === 0 &&
		starts.every((start, cell) => cell === 0 || start >= (starts[cell - 1] ?? 0)) &&
		starts.at(-1) === entries &&
		rows.length === entries &&
		groups.every((group) => group < groupCount) &&
		values.every(
			({ merge, counts, numbers }) =>
				(counts === null ? merge === 'count' && numbers === null : counts.length === entries) &&
				(numbers === null ? merge === 'count' : numbers.length === entries)
		) &&
		(series === null || series.length === values.length)
	);
}
