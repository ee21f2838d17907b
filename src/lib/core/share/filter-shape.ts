// The JSON of a share's filters as a schema, and what it must keep among its parts: whoever made it, it can be added up within its bounds.
import * as v from 'valibot';
import type { CellType, CellValue } from '../report/edition.ts';
import { bundleLimits } from './bundle.ts';
import type { SharedCube, SharedFilter } from './shared-filter.ts';

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

const axis = v.variant('kind', [
	v.strictObject({
		kind: v.literal('steps'),
		exponent: v.pipe(v.number(), v.integer(), v.minValue(-1000), v.maxValue(1000)),
		first: v.pipe(v.number(), v.safeInteger()),
		count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536))
	}),
	v.strictObject({ kind: v.literal('names'), names: v.pipe(v.array(name), v.minLength(1), v.maxLength(1000)) })
]);

const cube = v.strictObject({
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
}) satisfies v.GenericSchema<SharedCube>;

export const filterShape = v.pipe(
	v.strictObject({
		at: block,
		grid: v.strictObject({ x: v.nullable(axis), y: v.nullable(axis) }),
		cubes: v.pipe(v.array(cube), v.maxLength(bundleLimits.blocks)),
		left: v.pipe(v.array(block), v.maxLength(bundleLimits.blocks))
	}),
	v.check((given) => isWhole(given))
) satisfies v.GenericSchema<SharedFilter>;

/** Numbers that it holds, for the bound of a bundle. */
export function filterCells({ cubes }: SharedFilter): number {
	return cubes.reduce((all, one) => {
		const keys = one.keys.reduce((sum, { values }) => sum + values.length, 0);
		const values = one.values.reduce(
			(sum, { counts, numbers }) => sum + (counts?.length ?? 0) + (numbers?.length ?? 0),
			0
		);
		return all + keys + values + one.starts.length + 2 * one.groups.length;
	}, 0);
}

function isWhole({ grid, cubes }: SharedFilter): boolean {
	if (!grid.x && !grid.y) return false;
	const count = (one: SharedFilter['grid']['x']): number =>
		one === null ? 1 : one.kind === 'names' ? one.names.length : one.count;
	const cellCount = count(grid.x) * count(grid.y);
	return cellCount <= 65_536 && cubes.every((one) => isWholeCube(one, cellCount));
}

function isWholeCube({ keys, values, whole, series, starts, groups, rows }: SharedCube, cellCount: number): boolean {
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
