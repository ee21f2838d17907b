// Groups of one block, counted apart for each cell of a chart beside it: whichever cells are marked, the block's rows are a sum over the cube.
// After Mosaic's pre-aggregated views and imMens (Liu et al. 2013). Aggregates that do not add up, such as a median, have none.
import { tableFromIPC } from '@uwdata/flechette';
import type { CellRun, Cuts } from './cube-grid.ts';
import type { CellValue } from './edition.ts';
import { cellOf, shapeTable, type ReadTable } from './edition-table.ts';
import { compareNumbers, listGroups, type Groups, type GroupSums, type GroupValue } from './groups.ts';
import type { BlockPlan } from './plan-chart.ts';

/** Entries by cell: those of cell `c` are `starts[c]` to `starts[c + 1]` (exclusive); the last cell is what lies outside of the grid. */
export type Cube = {
	readonly plan: BlockPlan;
	readonly groups: Groups;
	readonly keys: readonly (readonly CellValue[])[];
	readonly groupCount: number;
	readonly starts: Uint32Array;
	readonly groupOf: Int32Array;
	readonly rows: Int32Array;
	readonly values: readonly CubeValue[];
	readonly sizeBytes: number;
};

/** `counts` are the values that are not null; `null` where a value counts rows. */
type CubeValue = { readonly counts: Int32Array | null; readonly numbers: Float64Array | null };

/** Of an entry on its way: its cell, group and rows, and what is counted of them. */
export function entryBytes({ keys, values }: Groups): number {
	const own = values.reduce((all, value) => all + (value.sql === null ? 0 : value.merge === 'count' ? 4 : 12), 0);
	return 12 + (keys.length > 0 ? 4 : 0) + own;
}

/** `rows` is what stands behind FROM: what all other filters leave. */
export function cubeSql(groups: Groups, { axes, cellCount }: Cuts, rows: string): string {
	const keys = groups.keys.map((_, at) => `"k${at}"`);
	const selected = [
		...axes.map(({ sql }, at) => `${sql} AS "a${at}"`),
		...groups.keys.map(({ sql }, at) => `${sql} AS "k${at}"`),
		'CAST(count(*) AS INTEGER) AS "rows"',
		...groups.values.flatMap(partsSql)
	];
	const cell = axes.reduce(
		(before, { count }, at) => (at === 0 ? 'CAST("a0" AS INTEGER)' : `(${before}) * ${count} + "a${at}"`),
		'0'
	);
	const parts = groups.values.flatMap((value, at) => partsOf(value).map((part) => `"${part}${at}"`));
	const grouped = `SELECT ${selected.join(', ')} FROM ${rows} GROUP BY ALL`;
	const [named] = axes;
	const counted =
		named?.names === undefined
			? `WITH g AS MATERIALIZED (${grouped})`
			: [
					`WITH r AS MATERIALIZED (${grouped}), v("name", "at") AS (${named.names}),`,
					'g AS MATERIALIZED (SELECT r.* EXCLUDE ("a0"), v."at" AS "a0" FROM r LEFT JOIN v ON r."a0" = v."name")'
				].join(' ');
	const entry = `CAST(coalesce(${cell}, ${cellCount}) AS INTEGER) AS "cell"`;
	if (keys.length === 0)
		return `${counted} SELECT ${[entry, 'CAST(0 AS INTEGER) AS "group"', '"rows"', ...parts].join(', ')} FROM g`;
	const order = keys.map((key) => `${key} NULLS LAST`).join(', ');
	const same = keys.map((key) => `g.${key} IS NOT DISTINCT FROM k.${key}`).join(' AND ');
	const number = `CAST(row_number() OVER (ORDER BY ${order}) - 1 AS INTEGER) AS "group"`;
	// Of entries nothing but a list that is not there: a column of nothing for each key would weigh more than all else.
	const told = `[struct_pack(${keys.map((key) => `${key} := ${key}`).join(', ')})] AS "keys"`;
	return [
		`${counted}, k AS MATERIALIZED (SELECT *, ${number} FROM (SELECT DISTINCT ${keys.join(', ')} FROM g))`,
		`SELECT ${[entry, 'k."group"', '"rows"', ...parts, 'NULL AS "keys"'].join(', ')} FROM g JOIN k ON ${same}`,
		`UNION ALL SELECT ${['-1', '"group"', '0', ...parts.map(() => '0'), told].join(', ')} FROM k`
	].join(' ');
}

function partsOf({ merge, sql }: GroupValue): readonly ('n' | 'v')[] {
	if (sql === null) return [];
	return merge === 'count' ? ['n'] : ['n', 'v'];
}

function partsSql(value: GroupValue, at: number): readonly string[] {
	const { merge, sql } = value;
	const whole = merge === 'avg' ? 'sum' : merge;
	return partsOf(value).map((part) =>
		part === 'n' ? `CAST(count(${sql}) AS INTEGER) AS "n${at}"` : `coalesce(${whole}(${sql}), 0.0) AS "v${at}"`
	);
}

export function readCube(
	arrowBytes: Uint8Array,
	plan: BlockPlan & { readonly groups: Groups },
	{ cellCount }: Pick<Cuts, 'cellCount'>
): Cube {
	const { groups } = plan;
	const arrow = tableFromIPC(arrowBytes, { useDate: false, useBigInt: true });
	const column = (name: string): ArrayLike<unknown> => arrow.getChild(name).toArray();
	const cells = Int32Array.from(column('cell') as ArrayLike<number>);
	const given = {
		groups: column('group') as ArrayLike<number>,
		rows: column('rows') as ArrayLike<number>,
		values: groups.values.map((value, at) => partsOf(value).map((part) => column(`${part}${at}`) as ArrayLike<number>))
	};
	const starts = new Uint32Array(cellCount + 2);
	let groupCount = groups.keys.length === 0 ? 1 : 0;
	for (const cell of cells)
		if (cell < 0) groupCount++;
		else starts[cell + 1] = (starts[cell + 1] ?? 0) + 1;
	for (let cell = 0; cell <= cellCount; cell++) starts[cell + 1] = (starts[cell + 1] ?? 0) + (starts[cell] ?? 0);
	const size = starts[cellCount + 1] ?? 0;
	const next = starts.slice();
	const groupOf = new Int32Array(size);
	const rows = new Int32Array(size);
	const values = groups.values.map((value): CubeValue => {
		const parts = partsOf(value);
		return {
			counts: parts.includes('n') ? new Int32Array(size) : null,
			numbers: parts.includes('v') ? new Float64Array(size) : null
		};
	});
	const keys = groups.keys.map(() => new Array<CellValue>(groupCount).fill(null));
	const told = groups.keys.length > 0 ? arrow.getChild('keys') : null;
	cells.forEach((cell, row) => {
		const group = given.groups[row] ?? 0;
		if (cell < 0) {
			const [own = {}] = (told?.at(row) ?? []) as readonly Readonly<Record<string, unknown>>[];
			keys.forEach((values, at) => (values[group] = cellOf(own[`k${at}`])));
			return;
		}
		const entry = next[cell] ?? 0;
		next[cell] = entry + 1;
		groupOf[entry] = group;
		rows[entry] = given.rows[row] ?? 0;
		values.forEach(({ counts, numbers }, at) => {
			const [n, v] = given.values[at] ?? [];
			if (counts) counts[entry] = n?.[row] ?? 0;
			if (numbers) numbers[entry] = v?.[row] ?? 0;
		});
	});
	const sizeBytes =
		starts.byteLength +
		size * (8 + values.reduce((all, { counts, numbers }) => all + (counts ? 4 : 0) + (numbers ? 8 : 0), 0));
	return { plan, groups, keys, groupCount, starts, groupOf, rows, values, sizeBytes };
}

/** The block's rows where just those cells are marked. */
export function answerCube(cube: Cube, cells: readonly CellRun[]): ReadTable {
	const rows = addCounts(cube, cube.rows, cells, new Float64Array(cube.groupCount));
	const parts = cube.values.map((value, at) => sumsOf(cube, value, cube.groups.values[at], cells));
	const sums: GroupSums = {
		keys: cube.keys,
		rowCount: (group) => rows[group] ?? 0,
		value: (group, at) => valueOf(cube.groups.values[at], parts[at], rows, group)
	};
	const { table, totalRows } = listGroups(cube.groups, sums);
	return { table: shapeTable(table, cube.plan), totalRows };
}

type Sums = { readonly counts: Float64Array | null; readonly numbers: Float64Array | null };

function sumsOf(
	cube: Cube,
	{ counts, numbers }: CubeValue,
	value: GroupValue | undefined,
	cells: readonly CellRun[]
): Sums {
	const counted = counts && addCounts(cube, counts, cells, new Float64Array(cube.groupCount));
	if (!numbers || !counts) return { counts: counted, numbers: null };
	const summed = new Float64Array(cube.groupCount);
	if (value?.merge === 'min' || value?.merge === 'max')
		keepEnds(cube, { counts, numbers, sign: value.merge === 'min' ? 1 : -1 }, cells, summed);
	else addCounts(cube, numbers, cells, summed);
	return { counts: counted, numbers: summed };
}

function addCounts(
	{ starts, groupOf }: Cube,
	added: Int32Array | Float64Array,
	cells: readonly CellRun[],
	to: Float64Array
): Float64Array {
	for (const { start, end } of cells) {
		const last = starts[end] ?? 0;
		for (let entry = starts[start] ?? 0; entry < last; entry++) {
			const group = groupOf[entry] ?? 0;
			to[group] = (to[group] ?? 0) + (added[entry] ?? 0);
		}
	}
	return to;
}

type Ends = { readonly counts: Int32Array; readonly numbers: Float64Array; readonly sign: 1 | -1 };

function keepEnds(
	{ starts, groupOf, groupCount }: Cube,
	{ counts, numbers, sign }: Ends,
	cells: readonly CellRun[],
	to: Float64Array
): void {
	const has = new Uint8Array(groupCount);
	for (const { start, end } of cells) {
		const last = starts[end] ?? 0;
		for (let entry = starts[start] ?? 0; entry < last; entry++) {
			if (counts[entry] === 0) continue;
			const group = groupOf[entry] ?? 0;
			const number = numbers[entry] ?? 0;
			if (has[group] === 1 && sign * compareNumbers(number, to[group] ?? 0) >= 0) continue;
			has[group] = 1;
			to[group] = number;
		}
	}
}

/** Null of no values, as SQL has it. */
function valueOf(
	value: GroupValue | undefined,
	sums: Sums | undefined,
	rows: Float64Array,
	group: number
): number | null {
	if (!value || value.sql === null) return rows[group] ?? 0;
	const count = sums?.counts?.[group] ?? 0;
	if (value.merge === 'count') return count;
	if (count === 0) return null;
	const number = sums?.numbers?.[group] ?? 0;
	return value.merge === 'avg' ? number / count : number;
}
