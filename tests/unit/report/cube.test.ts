// What is added up from a cube of a block against the block's own SQL with the same filters, run by DuckDB.
import { expect, test } from 'vitest';
import { brushFilters, filterSql, type RowFilter } from '#core/report/row-filter.ts';
import { cellsOf, chartGrid, type ChartGrid, cutsOf, everyCell, snapSpan } from '#core/report/cube-grid.ts';
import { answerCube, cubeSql, readCube } from '#core/report/cube.ts';
import type { AxisSpan, ChartSpan } from '#core/report/chart-span.ts';
import { domainColumns, domainSql, readDomains } from '#core/report/domain.ts';
import type { EditionColumn } from '#core/report/edition.ts';
import { readTable } from '#core/report/edition-table.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { planChart, type BlockPlan } from '#core/report/plan-chart.ts';
import { planInput, planValues } from '#core/report/plan-rows.ts';
import type { Block, ChartBlock } from '#core/report/report.ts';
import { resultId } from '#core/ids.ts';
import { nodeEngine } from '../../node-engine.ts';
import { seeded } from '../../seeded.ts';

const engine = await nodeEngine(() => Promise.reject(new Error('no stored version is read')));
const asked = (sql: string) => ({ id: resultId('r'), sql, params: [], relations: [] });

/** Sums of whole numbers and quarters are exact in any order. */
function tripsSql(random: () => number): string {
	const rows = 200 + Math.floor(random() * 1200);
	const salt = Math.floor(random() * 1e6);
	const share = (at: number): string => `((hash(i * 31 + ${at} + ${salt}) % 10000) / 10000.0)`;
	const some = (at: number, sql: string): string => `CASE WHEN ${share(at)} < 0.08 THEN NULL ELSE ${sql} END`;
	return `CREATE OR REPLACE TABLE trips AS SELECT
		${some(1, `round(${share(2)} * 400 - 100) / 4`)} AS fare,
		${some(3, `CAST(floor(${share(4)} * ${share(5)} * 90) AS INTEGER)`)} AS minutes,
		${some(6, `['Oslo', 'Bergen', 'Å"; --', 'Bodø', ''][1 + CAST(floor(${share(7)} * 5) AS INTEGER)]`)} AS city,
		${some(8, `TIMESTAMP '1969-06-01' + to_microseconds(CAST(floor(${share(9)} * 86400000000 * 500) AS BIGINT))`)} AS at,
		${some(10, `DATE '2024-01-30' + CAST(floor(${share(11)} * 40) AS INTEGER)`)} AS day,
		${some(12, `['NaN', 'Infinity', '1', '2.25'][1 + CAST(floor(${share(13)} * 4) AS INTEGER)]::DOUBLE`)} AS odd,
		${share(14)} < 0.3 AS paid
		FROM range(${rows}) t(i)`;
}

const ACTIVE: readonly string[] = [
	'type: histogram\nx: fare\nbrush: x',
	'type: histogram\nx: minutes\nbins: 12\nbrush: x',
	'type: line\nx: at\ny: count()\nbrush: x',
	'type: bar\nx: day\ngrain: week\nbrush: x',
	'type: bar\nx: city\nbrush: x',
	'type: bar\nx: paid\nbrush: x',
	'type: heatmap\nx: fare\ny: minutes\nbrush: xy',
	'type: heatmap\nx: at\ny: fare\nbrush: y'
];

const PASSIVE: readonly string[] = [
	'```chart\ntype: histogram\nfrom: trips\nx: minutes\ncolor: city\n```',
	'```chart\ntype: bar\nfrom: trips\nx: city\ny: [sum(fare), avg(minutes), count(fare)]\norder: -y\nlimit: 3\n```',
	'```chart\ntype: bar\nfrom: trips\nx: city\ny: avg(fare)\ncolor: paid\norder: y\n```',
	'```chart\ntype: line\nfrom: trips\nx: at\ny: [max(fare), min(minutes)]\ngrain: month\n```',
	'```chart\ntype: bar\nfrom: trips\nx: minutes\ny: max(odd)\nfacet: city\n```',
	'```chart\ntype: heatmap\nfrom: trips\nx: minutes\ny: city\nsize: avg(fare)\n```',
	'```chart\ntype: heatmap\nfrom: trips\nx: day\ny: fare\n```',
	'```metric\nfrom: trips\nvalue: avg(fare)\ncompare: min(odd)\n```',
	'```metric\nfrom: trips\nvalue: count()\ncompare: max(day)\n```',
	'```input town\ntype: select\nfrom: trips\ncolumn: city\n```'
];

function blockOf(text: string): Block {
	const parsed = parseReport(`${text}\n`);
	const block = parsed.ok ? parsed.value.blocks[0] : undefined;
	if (!block) throw new Error(JSON.stringify(parsed));
	return block;
}

async function over(blocks: readonly Block[]) {
	const columns = await engine.api.describe?.(asked('SELECT * FROM trips'));
	if (!columns?.ok) throw new Error('not described');
	const wanted = domainColumns(blocks, 'trips');
	const [row = {}] = engine.rows(`SELECT ${domainSql(wanted, columns.value, 'trips')} FROM trips`);
	return { columns: columns.value, from: 'trips', domains: readDomains(row, wanted) };
}
type Over = Awaited<ReturnType<typeof over>>;

function planOf(block: Block, rows: Over): BlockPlan {
	const plan =
		block.kind === 'chart'
			? planChart(block, rows)
			: block.kind === 'input'
				? planInput(block, rows)
				: block.kind === 'metric'
					? planValues(
							[
								{ name: 'value', measure: block.value },
								{ name: 'compare', measure: block.compare ?? block.value }
							],
							rows
						)
					: null;
	if (!plan?.ok || !('sql' in plan.value)) throw new Error(JSON.stringify(plan));
	return plan.value;
}

async function rowsOf(sql: string): Promise<Uint8Array> {
	const answered = await engine.api.answer?.(asked(sql));
	if (!answered?.ok) throw new Error(`${JSON.stringify(answered)} ${sql}`);
	return answered.value;
}
const where = (predicate: string): string => `(SELECT * FROM trips WHERE ${predicate})`;

function markedIn(grid: ChartGrid, random: () => number): ChartSpan {
	const axis = (own: ChartGrid['x']): AxisSpan | null => {
		if (!own) return null;
		if (own.kind === 'names') {
			const values = own.names.filter(() => random() < 0.5);
			return { kind: 'values', values };
		}
		const [one = 0, other = 0] = [random(), random()].map((at) => (own.first + at * own.count) * 2 ** own.exponent);
		return { kind: 'range', from: Math.min(one, other), to: Math.max(one, other) };
	};
	return snapSpan({ x: axis(grid.x), y: axis(grid.y) }, grid);
}

/** As they would be compared by eye: averages to 12 digits. */
function told(columns: readonly EditionColumn[]) {
	return columns.map(({ name, type, values }) => ({
		name,
		type,
		values: values.map((value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value))
	}));
}

const others: readonly (readonly RowFilter[])[] = [
	[],
	[{ by: 'input', kind: 'among', column: 'city', values: ['Oslo', '', null] }],
	[{ by: 'chart 9', kind: 'span', column: 'odd', from: 1, to: 2 }]
];

test('a cube gives what the block itself would ask, for random rows, filters, spans and aggregates', async () => {
	for (let seed = 1; seed <= 3; seed++) {
		const random = seeded(seed);
		await rowsOf(tripsSql(random));
		for (const head of ACTIVE) {
			const active = blockOf(`\`\`\`chart\nfrom: trips\n${head}\n\`\`\``) as ChartBlock;
			const passive = PASSIVE.map(blockOf);
			const rows = await over([active, ...passive]);
			const names = engine.rows('SELECT DISTINCT CAST(city AS VARCHAR) AS c, CAST(paid AS VARCHAR) AS p FROM trips');
			const drawn = active.x === 'city' ? names.map(({ c }) => c as string | null) : ['true', 'false'];
			const cellsMax = 16 + Math.floor(random() * 2000);
			const grid = chartGrid(active, { ...rows, names: [...new Set(drawn)], cellsMax });
			if (!grid) throw new Error(`no grid for ${head}`);
			const standing = others[Math.floor(random() * others.length)] ?? [];
			const base = filterSql(standing, rows.columns);
			for (const [at, block] of passive.entries()) {
				if (random() < 0.5) continue;
				const plan = planOf(block, rows);
				if (!plan.groups) throw new Error(`no groups in ${PASSIVE[at]}`);
				const { groups } = plan;
				const cube = readCube(await rowsOf(cubeSql(groups, cutsOf([grid]), where(base))), { ...plan, groups }, grid);
				const spans = [null, markedIn(grid, random), markedIn(grid, random)];
				for (const span of spans) {
					const cells = span ? cellsOf(span, grid) : everyCell(grid);
					if (!cells) throw new Error(`${JSON.stringify(span)} is not on the grid`);
					const predicate = filterSql([...standing, ...(span ? brushFilters(active, span) : [])], rows.columns);
					const direct = readTable(await rowsOf(plan.sql(where(predicate))), plan);
					const added = answerCube(cube, cells);
					const promise = `seed ${seed}, ${head}, ${PASSIVE[at]}, ${predicate}`;
					expect(told(added.table.columns), promise).toEqual(told(direct.table.columns));
					expect(added.totalRows, promise).toBe(direct.totalRows);
				}
			}
		}
	}
}, 300_000);

test('a median has no cube, and a span that is not on the grid none either', async () => {
	await rowsOf(tripsSql(seeded(7)));
	const active = blockOf('```chart\nfrom: trips\ntype: histogram\nx: fare\nbrush: x\n```') as ChartBlock;
	const median = blockOf('```chart\nfrom: trips\ntype: bar\nx: city\ny: median(fare)\n```');
	const rows = await over([active, median]);
	expect(planOf(median, rows).groups).toBeNull();
	const grid = chartGrid(active, { ...rows, names: [], cellsMax: 64 });
	if (!grid) throw new Error('no grid');
	expect(cellsOf({ x: { kind: 'range', from: 0.1, to: 0.7 }, y: null }, grid)).toBeNull();
	expect(cellsOf(snapSpan({ x: { kind: 'range', from: 0.1, to: 0.7 }, y: null }, grid), grid)).toHaveLength(1);
});
