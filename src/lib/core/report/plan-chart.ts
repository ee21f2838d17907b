// From a chart to the query of its marks: rows as they are where they are few, else groups, bins or cells of a grid, so that what leaves the engine is small.
// Longer than others: the kinds of query share their columns, limits and orders.
import { ok, err, type Result } from '../result.ts';
import { quoteName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { grainFor, niceBins, type Bins } from './bins.ts';
import {
	dimensionSql,
	findColumn,
	isWholeNumber,
	kindOf,
	measureSql,
	valueSql,
	type ColumnFailure,
	type ColumnSql
} from './column-sql.ts';
import type { Domains } from './domain.ts';
import type { CellType } from './edition.ts';
import { groupValue, type Groups } from './groups.ts';
import { measureLabel } from './parse-measure.ts';
import type { ChartBlock, Grain } from './report.ts';

export type OutputColumn = { readonly name: string; readonly type: CellType };

/** `sql` is what stands before and behind FROM: `SELECT … FROM <rows> …`, given the rows. */
export type BlockPlan = {
	readonly sql: (rows: string) => string;
	readonly columns: readonly OutputColumn[];
	/** Names of the measures in `y0`, `y1`, …, which become rows of `series`. */
	readonly series: readonly string[] | null;
	/** What tells a mark or a row from the others: expressions over the rows, by the columns that hold their values. */
	readonly keys: readonly (ColumnSql & { readonly name: string })[];
	/** Of the numbers on x and y: `x2` and `y2` are a step behind. */
	readonly xStep: number | null;
	readonly yStep: number | null;
	/** The same rows as groups that add up; null where they are none. */
	readonly groups: Groups | null;
};

export type PlanFailure =
	| ColumnFailure
	/** Columns and aggregates side by side: rows cannot be both groups and themselves. */
	| { readonly kind: 'mixed-measures' };

type Over = { readonly columns: readonly Column[]; readonly from: string; readonly domains: Domains };

/** Points that are drawn one by one; more are drawn as what they are together. */
const POINTS_MAX = 4000;
const MARKS_MAX = 20_000;
const CATEGORIES = 30;
const TIME_POINTS = 370;
const GRID = { x: 96, y: 56 } as const;
const CELLS = { x: 40, y: 24 } as const;

export function planChart(block: ChartBlock, over: Over): Result<BlockPlan, PlanFailure> {
	switch (block.type) {
		case 'line':
		case 'area':
		case 'bar':
		case 'histogram':
			return isRowByRow(block) ? planRows(block, over) : planGroups(block, over);
		case 'scatter':
		case 'points':
			return over.domains.rowCount <= POINTS_MAX ? planRows(block, over) : planGrid(block, over, GRID);
		case 'heatmap':
			return planGrid(block, over, CELLS);
		case 'box':
			return planBoxes(block, over);
		case 'regions':
			return planGroups(block, over);
	}
}

function isRowByRow({ y, type }: ChartBlock): boolean {
	return type !== 'histogram' && y.length > 0 && y.every(({ kind }) => kind === 'column');
}

type Named = BlockPlan['keys'][number];

/** The columns that tell groups apart. */
function dimensions(
	block: ChartBlock,
	over: Over
): Result<{ dims: readonly Named[]; step: number | null }, PlanFailure> {
	const dims: Named[] = [];
	let step: number | null = null;
	if (block.x !== null) {
		const column = findColumn(block.x, over.columns, over.from);
		if (!column.ok) return column;
		const bins = binsOf(block, column.value, over.domains);
		step = bins?.step ?? null;
		dims.push({
			name: 'x',
			...dimensionSql(column.value, { grain: grainOf(block, column.value, over.domains), bins })
		});
	}
	for (const name of ['color', 'facet'] as const) {
		const given = block[name];
		if (given === null) continue;
		const column = findColumn(given, over.columns, over.from);
		if (!column.ok) return column;
		dims.push({ name, ...dimensionSql(column.value, { grain: null, bins: null }) });
	}
	return ok({ dims, step });
}

export function grainOf({ grain }: Pick<ChartBlock, 'grain'>, column: Column, { of }: Domains): Grain | null {
	if (kindOf(column) !== 'date') return null;
	if (grain !== null) return grain;
	const { low = null, high = null } = of.get(column.name) ?? {};
	return low === null || high === null ? 'day' : grainFor(high - low, TIME_POINTS);
}

/** A line over numbers, or bars of them, stand at the numbers themselves unless bins are asked for. */
export function binsOf(
	{ bins, type }: Pick<ChartBlock, 'bins' | 'type'>,
	column: Column,
	{ of }: Domains
): Bins | null {
	if (kindOf(column) !== 'number' || (bins === null && type !== 'histogram')) return null;
	const { low = null, high = null } = of.get(column.name) ?? {};
	return low === null || high === null ? null : niceBins(low, high, bins ?? CELLS.x, isWholeNumber(column));
}

function planGroups(block: ChartBlock, over: Over): Result<BlockPlan, PlanFailure> {
	const told = dimensions(block, over);
	if (!told.ok) return told;
	const { dims, step } = told.value;
	const measures = block.y.length > 0 ? block.y : [{ kind: 'aggregate', aggregate: 'count', column: null } as const];
	if (measures.some(({ kind }) => kind === 'column')) return err({ kind: 'mixed-measures' });
	const values: Named[] = [];
	for (const [at, measure] of measures.entries()) {
		const value = measureSql(measure, over.columns, over.from);
		if (!value.ok) return value;
		values.push({ name: measures.length === 1 ? 'y' : `y${at}`, ...value.value });
	}
	const all = [...dims, ...values];
	const selected = all.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`).join(', ');
	const grouped = (rows: string): string => `SELECT ${selected} FROM ${rows}${dims.length > 0 ? ' GROUP BY ALL' : ''}`;
	const x = dims.find(({ name }) => name === 'x');
	const first = values[0]?.name ?? 'y';
	const notNull = x && x.type !== 'text' ? ' WHERE "x" IS NOT NULL' : '';
	const hasCategories = block.type === 'bar' && x?.type === 'text';
	const rank = hasCategories
		? block.order === 'x'
			? 'ORDER BY "x"'
			: `ORDER BY ${quoteName('@sum')}${block.order === '-y' ? ' DESC' : ''} NULLS LAST, "x"`
		: null;
	const names = all.map(({ name }) => quoteName(name)).join(', ');
	const others = dims.filter(({ name }) => name !== 'x').map(({ name }) => `, ${quoteName(name)}`);
	const sql = (rows: string): string =>
		rank === null
			? `SELECT ${names}, CAST(count(*) OVER () AS DOUBLE) AS "@total" FROM (${grouped(rows)})${notNull} ORDER BY ${x ? '"x" NULLS LAST' : '1'}${others.join('')} LIMIT ${block.limit ?? MARKS_MAX}`
			: [
					`SELECT ${names}, "@total" FROM (SELECT *, CAST(max("@rank") OVER () AS DOUBLE) AS "@total" FROM (`,
					`SELECT *, dense_rank() OVER (${rank}) AS "@rank" FROM (`,
					`SELECT *, sum(${quoteName(first)}) OVER (PARTITION BY "x") AS "@sum" FROM (${grouped(rows)}))))`,
					` WHERE "@rank" <= ${block.limit ?? CATEGORIES} ORDER BY "@rank"${others.join('')} LIMIT ${MARKS_MAX}`
				].join('');
	const merged = measures.flatMap(
		(measure, at) => groupValue(values[at]?.name ?? 'y', measure, over.columns, over.from) ?? []
	);
	const by = block.order === 'x' ? 'key' : block.order === '-y' ? 'most' : 'least';
	const groups: Groups = {
		keys: dims,
		values: merged,
		whole: x && x.type !== 'text' ? ['x'] : [],
		rank: hasCategories ? { by, limit: block.limit ?? CATEGORIES } : null,
		limit: hasCategories ? MARKS_MAX : (block.limit ?? MARKS_MAX),
		total: 'groups'
	};
	return ok({
		sql,
		columns: all.map(({ name, type }) => ({ name, type })),
		series: measures.length > 1 ? measures.map(measureLabel) : null,
		keys: dims,
		xStep: step,
		yStep: null,
		groups: merged.length === measures.length ? groups : null
	});
}

/** Rows as they are; of a long line its shape: in each of many stretches the first, the last, the lowest and the highest. */
function planRows(block: ChartBlock, over: Over): Result<BlockPlan, PlanFailure> {
	const named: Named[] = [];
	const asked: readonly (readonly [string, string | null])[] = [
		['x', block.x],
		...block.y.map(
			(measure, at) =>
				[block.y.length === 1 ? 'y' : `y${at}`, measure.kind === 'column' ? measure.column : null] as const
		),
		['color', block.color],
		['facet', block.facet]
	];
	for (const [name, given] of asked) {
		if (given === null) continue;
		const column = findColumn(given, over.columns, over.from);
		if (!column.ok) return column;
		const isGroup = name === 'color' || name === 'facet';
		named.push({
			name,
			...(isGroup ? dimensionSql(column.value, { grain: null, bins: null }) : valueSql(column.value))
		});
	}
	if (block.size?.kind === 'column') {
		const size = measureSql(block.size, over.columns, over.from);
		if (!size.ok) return size;
		named.push({ name: 'size', ...size.value });
	}
	const selected = named.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`).join(', ');
	const names = named.map(({ name }) => quoteName(name)).join(', ');
	const limit = block.limit ?? (block.type === 'bar' ? CATEGORIES : POINTS_MAX);
	const order =
		block.type === 'bar'
			? block.order === 'x'
				? ''
				: ` ORDER BY "y"${block.order === '-y' ? ' DESC' : ''} NULLS LAST`
			: block.type === 'line' || block.type === 'area'
				? ' ORDER BY "x"'
				: '';
	const x = named.find(({ name }) => name === 'x');
	const isShape =
		(block.type === 'line' || block.type === 'area') &&
		block.limit === null &&
		over.domains.rowCount > POINTS_MAX &&
		x !== undefined &&
		x.type !== 'text' &&
		named.length === 2;
	const rowsOf = (rows: string): string => `SELECT ${selected} FROM ${rows}`;
	return ok({
		sql: (rows) =>
			isShape
				? shapeSql(rowsOf(rows))
				: `SELECT ${names}, CAST(count(*) OVER () AS DOUBLE) AS "@total" FROM (${rowsOf(rows)})${order} LIMIT ${limit}`,
		columns: named.map(({ name, type }) => ({ name, type })),
		series: block.y.length > 1 ? block.y.map(measureLabel) : null,
		keys: named,
		xStep: null,
		yStep: null,
		groups: null
	});
}

/** Four points of each of 1,000 stretches, as M4 has it (Jugel et al. 2014): what a line of that width shows. */
function shapeSql(rows: string): string {
	const ends = '(SELECT min("x") AS low, max("x") AS high FROM points)';
	const part = 'least(floor(("x" - low) / nullif(high - low, 0) * 1000), 999)';
	return [
		`WITH points AS MATERIALIZED (${rows}), parts AS (`,
		`SELECT min("x") AS x0, arg_min("y", "x") AS y0, max("x") AS x1, arg_max("y", "x") AS y1, `,
		'arg_min("x", "y") AS x2, min("y") AS y2, arg_max("x", "y") AS x3, max("y") AS y3 ',
		`FROM points, ${ends} WHERE "x" IS NOT NULL AND "y" IS NOT NULL GROUP BY ${part}), `,
		'marks AS (SELECT x0 AS "x", y0 AS "y" FROM parts UNION SELECT x1, y1 FROM parts ',
		'UNION SELECT x2, y2 FROM parts UNION SELECT x3, y3 FROM parts) ',
		'SELECT "x", "y", CAST((SELECT count(*) FROM points) AS DOUBLE) AS "@total" FROM marks ORDER BY "x"'
	].join('');
}

/** Cells over two axes with how many rows they hold, or another measure of them. */
function planGrid(
	block: ChartBlock,
	over: Over,
	cells: { readonly x: number; readonly y: number }
): Result<BlockPlan, PlanFailure> {
	const measured = block.y[0];
	if (block.x === null || measured?.kind !== 'column') return err({ kind: 'mixed-measures' });
	const steps: Record<'x' | 'y', number | null> = { x: null, y: null };
	const dims: Named[] = [];
	for (const [axis, given] of [
		['x', block.x],
		['y', measured.column]
	] as const) {
		const column = findColumn(given, over.columns, over.from);
		if (!column.ok) return column;
		const kind = kindOf(column.value);
		const { low = null, high = null } = over.domains.of.get(given) ?? {};
		const bins =
			kind === 'number' && low !== null && high !== null
				? niceBins(low, high, axis === 'x' ? (block.bins ?? cells.x) : cells.y, isWholeNumber(column.value))
				: null;
		steps[axis] = bins?.step ?? null;
		dims.push({
			name: axis,
			...dimensionSql(column.value, { grain: grainOf(block, column.value, over.domains), bins })
		});
	}
	const size = block.size ?? ({ kind: 'aggregate', aggregate: 'count', column: null } as const);
	const measure =
		size.kind === 'column' ? ({ kind: 'aggregate', aggregate: 'avg', column: size.column } as const) : size;
	const value = measureSql(measure, over.columns, over.from);
	if (!value.ok) return value;
	const merged = groupValue('size', measure, over.columns, over.from);
	const all: readonly Named[] = [...dims, { name: 'size', ...value.value }];
	const selected = all.map(({ name, sql }) => `${sql} AS ${quoteName(name)}`).join(', ');
	return ok({
		sql: (rows) =>
			`SELECT *, CAST(sum("@rows") OVER () AS DOUBLE) AS "@total" FROM (SELECT ${selected}, count(*) AS "@rows" FROM ${rows} GROUP BY ALL) WHERE "x" IS NOT NULL AND "y" IS NOT NULL ORDER BY "x", "y" LIMIT ${MARKS_MAX}`,
		columns: all.map(({ name, type }) => ({ name, type })),
		series: null,
		keys: dims,
		xStep: steps.x,
		yStep: steps.y,
		groups: merged && {
			keys: dims,
			values: [merged],
			whole: ['x', 'y'],
			rank: null,
			limit: MARKS_MAX,
			total: 'rows'
		}
	});
}

/** Tukey's: whiskers end at the last value within 1.5 times the box; what lies outside is counted. */
function planBoxes(block: ChartBlock, over: Over): Result<BlockPlan, PlanFailure> {
	const measured = block.y[0];
	if (measured?.kind !== 'column') return err({ kind: 'mixed-measures' });
	const found = findColumn(measured.column, over.columns, over.from);
	if (!found.ok) return found;
	if (kindOf(found.value) !== 'number')
		return err({ kind: 'not-numbers', column: found.value.name, type: found.value.type });
	const dims = dimensions({ ...block, color: null }, over);
	if (!dims.ok) return dims;
	const keys = dims.value.dims;
	const told = keys.map(({ name, sql }) => `${sql} AS ${quoteName(name)}, `).join('');
	const names = keys.map(({ name }) => `${quoteName(name)}, `).join('');
	const group = keys.length > 0 ? ` GROUP BY ${keys.map(({ name }) => quoteName(name)).join(', ')}` : '';
	const same = keys.map(({ name }) => ` AND v.${quoteName(name)} IS NOT DISTINCT FROM b.${quoteName(name)}`).join('');
	const own = keys.map(({ name }) => `b.${quoteName(name)}, `).join('');
	return ok({
		sql: (rows) =>
			[
				`WITH v AS MATERIALIZED (SELECT ${told}${valueSql(found.value).sql} AS "y" FROM ${rows}), `,
				`b AS (SELECT ${names}quantile_cont("y", 0.25) AS "q1", quantile_cont("y", 0.5) AS "median", quantile_cont("y", 0.75) AS "q3" FROM v WHERE isfinite("y")${group}) `,
				`SELECT ${own}min(v."y") FILTER (v."y" >= b.q1 - 1.5 * (b.q3 - b.q1)) AS "low", b."q1", b."median", b."q3", `,
				`max(v."y") FILTER (v."y" <= b.q3 + 1.5 * (b.q3 - b.q1)) AS "high", `,
				`CAST(count(*) FILTER (v."y" < b.q1 - 1.5 * (b.q3 - b.q1)) AS DOUBLE) AS "below", `,
				`CAST(count(*) FILTER (v."y" > b.q3 + 1.5 * (b.q3 - b.q1)) AS DOUBLE) AS "above", CAST(count(*) OVER () AS DOUBLE) AS "@total" `,
				`FROM b JOIN v ON isfinite(v."y")${same} GROUP BY ${own}b."q1", b."median", b."q3" ORDER BY ${keys.length > 0 ? '1' : 'b."median"'} LIMIT ${block.limit ?? CATEGORIES}`
			].join(''),
		columns: [
			...keys.map(({ name, type }) => ({ name, type })),
			...['low', 'q1', 'median', 'q3', 'high', 'below', 'above'].map((name) => ({ name, type: 'number' as const }))
		],
		series: null,
		keys,
		xStep: dims.value.step,
		yStep: null,
		groups: null
	});
}
