// What charts, metrics and tables ask, run by DuckDB itself.
import { expect, test } from 'vitest';
import { brushFilters, filterSql } from '#core/report/row-filter.ts';
import { domainColumns, domainSql, readDomains } from '#core/report/domain.ts';
import { readTable } from '#core/report/edition-table.ts';
import type { CellValue } from '#core/report/edition.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { planChart } from '#core/report/plan-chart.ts';
import { planTable, planValues } from '#core/report/plan-rows.ts';
import { relationSql } from '#core/report/relation-sql.ts';
import type { Block, ChartBlock } from '#core/report/report.ts';
import { resultId } from '#core/ids.ts';
import { nodeEngine } from '../../node-engine.ts';

const engine = await nodeEngine(() => Promise.reject(new Error('no stored version is read')));
const id = resultId('r');
const asked = (sql: string) => ({ id, sql, params: [], relations: [] });
await engine.api.answer?.(
	asked(`CREATE TABLE sales AS SELECT i AS id, (i % 7) * 1.5 AS price, ['Oslo', 'Bergen', 'Å"; --'][1 + i % 3] AS city,
	TIMESTAMP '2024-01-01' + INTERVAL (i) HOUR AS at, CASE WHEN i % 10 = 0 THEN NULL ELSE i % 5 END AS stars FROM range(10000) t(i)`)
);

function blocksOf(text: string): readonly Block[] {
	const parsed = parseReport(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value.blocks;
}
function chartOf(...lines: readonly string[]): ChartBlock {
	const [block] = blocksOf(`\`\`\`chart\nfrom: sales\n${lines.join('\n')}\n\`\`\`\n`);
	if (block?.kind !== 'chart') throw new Error('no chart');
	return block;
}

async function over(blocks: readonly Block[], from = 'sales') {
	const columns = await engine.api.describe?.(asked(`SELECT * FROM ${from}`));
	if (!columns?.ok) throw new Error('not described');
	const wanted = domainColumns(blocks, from);
	const [row = {}] = engine.rows(`SELECT ${domainSql(wanted, columns.value, from)} FROM ${from}`);
	return { columns: columns.value, from, domains: readDomains(row, wanted) };
}

async function drawn(block: ChartBlock, rows = 'sales') {
	const plan = planChart(block, await over([block]));
	if (!plan.ok) return { failure: plan.error, of: () => [], totalRows: 0, rowCount: 0, names: [] };
	const answered = await engine.api.answer?.(asked(plan.value.sql(rows)));
	if (!answered?.ok) throw new Error(JSON.stringify(answered));
	const { table, totalRows } = readTable(answered.value, plan.value);
	const of = (name: string): readonly CellValue[] => table.columns.find((one) => one.name === name)?.values ?? [];
	return { failure: null, of, totalRows, rowCount: table.rowCount, names: table.columns.map(({ name }) => name) };
}
const sum = (values: readonly CellValue[]): number => values.reduce<number>((all, value) => all + Number(value), 0);

test('bars are groups, at most so many, the longest first where that is asked', async () => {
	const bars = await drawn(chartOf('type: bar', 'x: city', 'y: count()', 'order: -y', 'limit: 2'));
	expect(bars.of('x')).toEqual(['Oslo', 'Bergen']);
	expect(bars.of('y')).toEqual([3334, 3333]);
	expect(bars.totalRows).toBe(3);
});

test('a line over time steps as fine as fits, and several measures are series', async () => {
	const line = await drawn(chartOf('type: line', 'x: at', 'y: [avg(price), max(price)]'));
	// 10,000 hours are 417 days: more than fit, so weeks.
	expect(line.rowCount).toBe(2 * 60);
	expect(new Set(line.of('series'))).toEqual(new Set(['Mean of price', 'Highest price']));
	const days = await drawn(chartOf('type: line', 'x: at', 'y: count()', 'grain: day'));
	expect(days.rowCount).toBe(417);
	expect(sum(days.of('y'))).toBe(10_000);
});

test('bins have round edges, cover everything, and stay where they are under a filter', async () => {
	const whole = await drawn(chartOf('type: histogram', 'x: id', 'bins: 10'));
	expect(whole.of('x')).toEqual([0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000]);
	expect(whole.of('x2')[0]).toBe(1000);
	expect(sum(whole.of('y'))).toBe(10_000);
	const part = await drawn(chartOf('type: histogram', 'x: id', 'bins: 10'), '(SELECT * FROM sales WHERE id < 1500)');
	expect([part.of('x'), part.of('y')]).toEqual([
		[0, 1000],
		[1000, 500]
	]);
	const one = await drawn(chartOf('type: histogram', 'x: id'), '(SELECT * FROM sales WHERE id = 7)');
	expect(sum(one.of('y'))).toBe(1);
});

test('few points are drawn as they are, many as cells that hold all of them', async () => {
	const many = await drawn(chartOf('type: scatter', 'x: id', 'y: price'));
	expect(many.names).toEqual(['x', 'y', 'size', 'x2', 'y2']);
	expect(sum(many.of('size'))).toBe(10_000);
	const few = chartOf('type: scatter', 'x: id', 'y: price', 'color: city');
	const plan = planChart(few, { ...(await over([few])), domains: { rowCount: 100, of: new Map() } });
	expect(plan.ok && plan.value.columns.map(({ name }) => name)).toEqual(['x', 'y', 'color']);
});

test('a long line keeps its shape: its ends, its highest and its lowest', async () => {
	const shape = await drawn(chartOf('type: line', 'x: id', 'y: price'));
	expect(shape.rowCount).toBeLessThanOrEqual(4000);
	expect(shape.totalRows).toBe(10_000);
	expect([shape.of('x')[0], shape.of('x').at(-1)]).toEqual([0, 9999]);
	expect([Math.min(...shape.of('y').map(Number)), Math.max(...shape.of('y').map(Number))]).toEqual([0, 9]);
});

test('a box is the quartiles, and whiskers end at values that are there', async () => {
	const boxes = await drawn(chartOf('type: box', 'x: city', 'y: stars'));
	expect(boxes.names).toEqual(['x', 'low', 'q1', 'median', 'q3', 'high', 'below', 'above']);
	expect(boxes.rowCount).toBe(3);
	expect([boxes.of('low')[0], boxes.of('median')[0], boxes.of('high')[0]]).toEqual([0, 2, 4]);
	expect(sum(boxes.of('below')) + sum(boxes.of('above'))).toBe(0);
});

test('cells of a heat map hold every row that has both', async () => {
	const cells = await drawn(chartOf('type: heatmap', 'x: city', 'y: stars'));
	expect(sum(cells.of('size'))).toBe(9000);
});

test('a column that is not there, or holds no numbers, is told', async () => {
	expect((await drawn(chartOf('type: bar', 'x: citi', 'y: count()'))).failure).toMatchObject({
		kind: 'no-such-column',
		nearest: 'city'
	});
	expect((await drawn(chartOf('type: bar', 'x: city', 'y: avg(city)'))).failure).toMatchObject({ kind: 'not-numbers' });
	expect((await drawn(chartOf('type: bar', 'x: city', 'y: [avg(id), price]'))).failure).toMatchObject({
		kind: 'mixed-measures'
	});
});

test('what is marked in a chart is a predicate over its rows, whatever its values are', async () => {
	const { columns } = await over([]);
	const count = (where: string): unknown =>
		engine.rows(`SELECT CAST(count(*) AS INTEGER) AS n FROM sales WHERE ${where}`)[0]?.['n'];
	const bar = chartOf('type: bar', 'x: city', 'y: count()');
	const city = brushFilters(bar, { x: { kind: 'values', values: ['Å"; --'] }, y: null });
	expect(count(filterSql(city, columns))).toBe(3333);
	const time = brushFilters(chartOf('type: line', 'x: at', 'y: count()'), {
		x: { kind: 'range', from: Date.UTC(2024, 0, 2), to: Date.UTC(2024, 0, 3) },
		y: null
	});
	expect(count(filterSql(time, columns))).toBe(25);
	const cell = brushFilters(chartOf('type: heatmap', 'x: id', 'y: stars'), {
		x: { kind: 'range', from: 0, to: 99 },
		y: { kind: 'range', from: 2, to: 2 }
	});
	expect(count(filterSql(cell, columns))).toBe(20);
	expect(count(filterSql([{ by: 'b', column: 'CITY', kind: 'contains', text: 'OSL' }], columns))).toBe(3334);
	const day = { by: 'b', column: 'at', kind: 'span', from: '2024-01-02', to: '2024-01-02' } as const;
	expect(count(filterSql([day], columns))).toBe(24);
});

test('queries stand before the rows they give, with inputs in them as literals', () => {
	const report = {
		blocks: blocksOf(
			[
				'```sql base\nSELECT * FROM sales WHERE city = $city -- the city\n```\n',
				'```sql daily\nSELECT count(*) AS n FROM base\n```\n',
				'```sql loop\nSELECT * FROM loop2\n```\n\n```sql loop2\nSELECT * FROM loop\n```\n',
				'```sql lost\nSELECT $nothing\n```\n',
				'```input city\ntype: text\n```\n'
			].join('\n')
		)
	};
	const daily = relationSql('daily', report, new Map([['city', `Å"; --`]]));
	if (!daily.ok) throw new Error(JSON.stringify(daily.error));
	expect(engine.rows(`${daily.value.before}SELECT CAST(n AS INTEGER) AS n FROM ${daily.value.name}`)).toEqual([
		{ n: 3333 }
	]);
	expect(daily.value.before.slice(daily.value.queryStart)).toMatch(/^SELECT count/);
	expect(relationSql('loop', report, new Map())).toMatchObject({ error: { kind: 'query-cycle' } });
	expect(relationSql('lost', report, new Map())).toMatchObject({ error: { kind: 'unknown-input', name: 'nothing' } });
	expect(relationSql('sales@v2', report, new Map())).toMatchObject({ value: { before: '', name: 'sales@v2' } });
});

test('tables and metrics are rows and one row', async () => {
	const blocks = blocksOf('```table\nfrom: sales\ncolumns: [id, city]\norder: -id\nlimit: 3\n```\n');
	const [block] = blocks;
	const all = await over(blocks);
	const plan = block?.kind === 'table' ? planTable(block, all) : null;
	if (!plan?.ok) throw new Error('no plan');
	const answered = await engine.api.answer?.(asked(plan.value.sql('sales')));
	if (!answered?.ok) throw new Error(JSON.stringify(answered));
	const { table, totalRows } = readTable(answered.value, plan.value);
	expect([table.columns[0]?.values, totalRows]).toEqual([[9999, 9998, 9997], 10_000]);
	const values = planValues(
		[
			{ name: 'value', measure: { kind: 'aggregate', aggregate: 'distinct', column: 'city' } },
			{ name: 'compare', measure: { kind: 'aggregate', aggregate: 'count', column: 'stars' } }
		],
		all
	);
	if (!values.ok) throw new Error('no values');
	const row = await engine.api.answer?.(asked(values.value.sql('sales')));
	expect(row?.ok ? readTable(row.value, values.value).table.columns.map((one) => one.values[0]) : null).toEqual([
		3, 9000
	]);
});

test('a time that is missing is in no stretch of time', async () => {
	const rows = `(SELECT CASE WHEN id % 10 = 0 THEN NULL ELSE "at" END AS "at" FROM sales WHERE id < 100)`;
	const drawnRows = await drawn(chartOf('type: line', 'x: at', 'y: count()', 'grain: day'), rows);
	expect(drawnRows.of('x').every((value) => typeof value === 'number')).toBe(true);
	expect(sum(drawnRows.of('y'))).toBe(90);
});

test('names that are marked are numbers as numbers are, and a missing one is a row without a value', () => {
	const columns = [
		{ name: 'price', type: 'DOUBLE' },
		{ name: 'city', type: 'VARCHAR' }
	];
	const count = (column: string, values: readonly (string | number | null)[]): unknown => {
		const where = filterSql([{ by: 'x', kind: 'among', column, values }], columns);
		return engine.rows(`SELECT CAST(count(*) AS DOUBLE) AS n FROM sales WHERE ${where}`)[0]?.['n'];
	};
	expect(count('price', [0, 1.5])).toBe(2858);
	expect(count('city', ['Oslo', null])).toBe(3334);
	expect(count('price', [])).toBe(0);
});
