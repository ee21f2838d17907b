// Reports made by templates over the engine of a page: what the workspace knows of itself is in tables, and every block of every report has its rows.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Result } from '#core/result.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';

await new WorkspaceDb().delete();
const { console: weir } = compose();

function valueOf<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const rowsOf = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
	const answer = valueOf(await weir.sql(sql));
	const rows = await answer.rows();
	await answer.release();
	return rows;
};

const SUITE = [
	'dataset: visits',
	'checks:',
	'  - expect_column_values_to_not_be_null: { column: paid }',
	'  - expect_column_values_to_be_between: { column: age, min_value: 0, max_value: 99 }',
	'  - expect_table_row_count_to_be_between: { min_value: 1 }'
].join('\n');

beforeAll(async () => {
	const rows = (oldest: number, nulls: number) =>
		`SELECT range::INTEGER AS id, DATE '2026-01-01' + (range % 90)::INTEGER AS day, (20 + range % ${oldest})::INTEGER AS age,
			CASE WHEN range % ${nulls} = 0 THEN NULL ELSE (range % 50)::DOUBLE END AS paid, ['Bern', 'Basel'][1 + range % 2] AS city FROM range(1000)`;
	valueOf(await weir.save('visits', rows(60, 7)));
	valueOf(await weir.setKey('visits', ['id']));
	valueOf(await weir.check('visits', SUITE, { keep: true }));
	valueOf(await weir.save('visits', `SELECT *, 1 AS extra FROM (${rows(120, 3)}) WHERE id <> 5`, { replace: true }));
	valueOf(await weir.check('visits', SUITE, { keep: true }));
});
afterAll(async () => {
	for (const { name } of valueOf(await weir.datasets())) await weir.remove(name);
});

test('versions, their columns, verdicts and drift are tables', async () => {
	expect(
		await rowsOf(
			"SELECT number, rows::INTEGER AS n, is_newest FROM dataset_versions WHERE dataset = 'visits' ORDER BY 1 DESC LIMIT 1"
		)
	).toEqual([{ number: 3, n: 999, is_newest: true }]);
	expect(
		await rowsOf(
			"SELECT number, null_count::INTEGER AS n FROM dataset_columns WHERE column_name = 'paid' AND number <> 2 ORDER BY number"
		)
	).toEqual([
		{ number: 1, n: 143 },
		{ number: 3, n: 334 }
	]);
	expect(
		await rowsOf('SELECT number, outcome, count(*)::INTEGER AS n FROM check_results GROUP BY ALL ORDER BY ALL')
	).toEqual([
		{ number: 2, outcome: 'fail', n: 1 },
		{ number: 2, outcome: 'pass', n: 2 },
		{ number: 3, outcome: 'fail', n: 2 },
		{ number: 3, outcome: 'pass', n: 1 }
	]);
	const drifted = await rowsOf(
		"SELECT column_name, has_drifted FROM drift('visits@v1', 'visits') d WHERE d.has_drifted ORDER BY 1"
	);
	expect(drifted.map(({ column_name: name }) => name)).toEqual(['age', 'paid']);
});

test('what drift() is not given is told at its place', async () => {
	expect(await weir.sql("SELECT * FROM drift('visit@v1', 'visits')")).toMatchObject({
		ok: false,
		error: { kind: 'sql-error', position: 20, message: 'drift() knows no dataset "visit"' }
	});
	expect(await weir.sql("SELECT * FROM drift('visits@v9', 'visits')")).toMatchObject({
		ok: false,
		error: { kind: 'unknown-version', version: 'v9' }
	});
	expect(await weir.sql("SELECT * FROM drift('visits')")).toMatchObject({ ok: false, error: { kind: 'sql-error' } });
});

/** Of each block that shows rows, its kind and what it could not do. */
async function rendered(name: string) {
	const edition = valueOf(await weir.renderReport(name));
	const failures = edition.blocks.flatMap((one) => {
		const shown = 'shown' in one ? [one.shown] : 'values' in one ? one.values : [];
		return shown.flatMap((of) => (of.ok ? [] : [of.failure]));
	});
	return { edition, failures };
}

test('a quality report tells what failed, with its numbers, and a diff report what changed', async () => {
	const quality = await rendered(valueOf(await weir.makeReport('quality', 'visits')).name);
	expect(quality.failures).toEqual([]);
	const metrics = quality.edition.blocks.flatMap((one) =>
		one.block.kind === 'metric' && 'shown' in one && one.shown.ok
			? [[one.block.label, one.shown.table.columns[0]?.values[0]]]
			: []
	);
	expect(metrics).toEqual([
		['Rows', 999],
		['Checks passed', 1],
		['Checks failed', 2],
		['Warnings', 0]
	]);
	const failing = quality.edition.blocks.find(({ block }) => block.kind === 'table' && block.from === 'failing_rules');
	expect(failing).toMatchObject({ shown: { ok: true, table: { rowCount: 2 } } });
	const diff = await rendered(valueOf(await weir.makeReport('diff', 'visits', { against: 1 })).name);
	expect(diff.failures).toEqual([]);
	const told = diff.edition.blocks.flatMap((one) =>
		one.block.kind === 'metric' && 'shown' in one && one.shown.ok
			? [[one.block.label, ...one.shown.table.columns.map(({ values }) => values[0])]]
			: []
	);
	expect(told).toEqual([
		['Rows', 999, 1000],
		['Rows added', 0],
		['Rows removed', 1],
		['Rows changed', 999]
	]);
});

test('every template makes a report in which no block fails, of chosen columns and of an older version', async () => {
	for (const template of ['series', 'overview', 'dashboard', 'quality', 'diff']) {
		const options = { columns: ['day', 'age', 'city'], version: 2, against: 1 };
		const { name } = valueOf(await weir.makeReport(template, 'visits', options));
		expect((await rendered(name)).failures, template).toEqual([]);
	}
	expect(await weir.makeReport('quality', 'visits', { columns: ['agee'] })).toMatchObject({
		error: { kind: 'template-columns', nearest: 'age' }
	});
	expect(await weir.makeReport('diff', 'visits', { version: 1, against: 1 })).toMatchObject({
		error: { kind: 'template-version' }
	});
});

test('a template charts rows by columns whose values come again, and not by ids and names of single things', async () => {
	const people = `SELECT 'p-' || range AS code, 'Person ' || range AS name, 'always' AS state, ['red', 'blue', 'green'][1 + range % 3] AS team,
		'town ' || range // 4 AS town, (range * 7919 % 1000)::DOUBLE / 10 AS height FROM range(400)`;
	valueOf(await weir.save('people', people));
	for (const [template, expected] of [
		['overview', ['team', 'town']],
		['dashboard', ['team', 'town']]
	] as const) {
		const { edition, failures } = await rendered(valueOf(await weir.makeReport(template, 'people')).name);
		expect(failures).toEqual([]);
		const bars = edition.blocks.flatMap(({ block }) =>
			block.kind === 'chart' && block.type === 'bar' ? [block.x] : []
		);
		expect(bars, template).toEqual(expected);
	}
	const { edition } = await rendered(
		valueOf(await weir.makeReport('dashboard', 'people', { columns: ['code', 'height'] })).name
	);
	expect(edition.blocks.filter(({ block }) => block.kind === 'input')).toEqual([]);
});

test('the card of a model has its scores with intervals, what it looks at, and the version it learnt from', async () => {
	const run = valueOf(await weir.trainModel('SELECT age, paid, city FROM visits@v1', { target: 'age' }));
	valueOf(await weir.registerModel(run.id, 'ages'));
	const { name } = valueOf(await weir.makeReport('model', 'ages'));
	const { edition, failures } = await rendered(name);
	expect(failures).toEqual([]);
	const tableOf = (from: string) => {
		const found = edition.blocks.find(({ block }) => block.kind === 'table' && block.from === from);
		return found && 'shown' in found && found.shown.ok
			? Object.fromEntries(found.shown.table.columns.map((column) => [column.name, column.values]))
			: {};
	};
	expect(tableOf('scores')['metric']).toContain('r2');
	expect(tableOf('scores')['low']?.every((low) => typeof low === 'number')).toBe(true);
	expect(tableOf('learnt_from')).toMatchObject({ dataset: ['visits'], number: [1], rows: [1000] });
	expect(tableOf('features')['column_name']).toEqual(['paid', 'city']);
	expect(tableOf('parameters')['name']?.length).toBeGreaterThan(3);
});

const REPORT = [
	'```sql by_city\nSELECT city, avg(age) AS age FROM visits GROUP BY ALL\n```',
	'Mean {{ avg(visits.age) }}',
	'```chart\ntype: histogram\nfrom: visits\nx: age\nbins: 10\n```',
	'```chart\ntype: line\nfrom: visits\nx: day\ny: [avg(paid), count()]\ngrain: month\ncolor: city\n```',
	'```table\nfrom: by_city\n```',
	'```metric\nfrom: visits\nvalue: count(paid)\n```',
	'```chart\ntype: box\nfrom: visits\nx: city\ny: age\n```'
].join('\n\n');

test('each number leads to the rows it is made of, as many as it counts', async () => {
	const edition = valueOf(await weir.renderReport(REPORT));
	for (const [block, one] of edition.blocks.entries()) {
		if (!('shown' in one) || !one.shown.ok) continue;
		const { columns, rowCount } = one.shown.table;
		const isCount = block === 2 || block === 5;
		for (let row = 0; row < rowCount; row++) {
			const explained = valueOf(await weir.explainNumber(REPORT, { block, row }));
			const count = columns.find(({ name }) => name === (block === 5 ? 'value' : 'y'))?.values[row];
			if (isCount) expect(explained.totalRows, `block ${block}, row ${row}`).toBe(count);
			expect(explained.totalRows).toBeGreaterThan(0);
			const [all] = await rowsOf(`SELECT count(*)::INTEGER AS n FROM (${explained.rowsSql})`);
			expect(all).toEqual({ n: explained.totalRows });
		}
	}
	const mark = valueOf(await weir.explainNumber(REPORT, { block: 3, row: 0 }));
	expect(mark.sources).toMatchObject([{ name: 'visits', number: 3, origins: [], operation: 'sql' }]);
	const cell = valueOf(await weir.explainNumber(REPORT, { block: 4, row: 0, column: 'age' }));
	expect(cell).toMatchObject({ totalRows: 1, query: { name: 'by_city' } });
	expect(await weir.explainNumber(REPORT, { block: 4, row: 9 })).toMatchObject({ error: { kind: 'no-such-number' } });
	expect(await weir.explainNumber(REPORT, { block: 0, row: 0 })).toMatchObject({ error: { kind: 'no-such-number' } });
});

test('a number of an imported dataset leads to the hash of the file, through edits and queries', async () => {
	const file = new File(['id,price\n1,2.5\n2,4\n'], 'prices.csv', { type: 'text/csv' });
	valueOf(await weir.ingest(file, { name: 'prices' }));
	valueOf(await weir.save('dear', 'SELECT * FROM prices WHERE price > 3'));
	const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
	const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
	const explained = valueOf(await weir.explainNumber('{{ sum(dear.price) }}\n', { block: 0, row: 0 }));
	expect(explained).toMatchObject({ label: 'Sum of price', value: 4, totalRows: 1 });
	expect(explained.sources).toMatchObject([
		{ name: 'dear', origins: [{ dataset: 'prices', file: 'prices.csv', sha256 }] }
	]);
});

test('a refresh tells each number old and new, and which versions they are of', async () => {
	const first = valueOf(await weir.versions('visits'))[0]?.id ?? '';
	const { changes } = valueOf(await weir.refreshReport(REPORT, { visits: first }));
	expect(changes.sources).toMatchObject([{ name: 'visits', before: { number: 1 }, after: { number: 3 } }]);
	expect(changes.blocks).toContainEqual(
		expect.objectContaining({ block: 5, kind: 'number', before: 857, after: 665, difference: -192 })
	);
	expect(changes.blocks.filter(({ block }) => block === 2)).toMatchObject([{ kind: 'rows', of: 'chart' }]);
	const newest = valueOf(await weir.renderReport(REPORT)).sources[0]?.version ?? '';
	expect(valueOf(await weir.refreshReport(REPORT, { visits: newest })).changes).toEqual({ sources: [], blocks: [] });
});

test('charts are proposed for columns, and each of their blocks is a report that can be shown', async () => {
	const proposed = valueOf(await weir.proposeCharts('visits', { columns: ['day', 'age', 'city'] }));
	expect(proposed[0]).toMatchObject({ block: { type: 'line', x: 'day' } });
	const edition = valueOf(await weir.renderReport(proposed.map(({ text }) => text).join('\n')));
	expect(edition.blocks.map((one) => 'shown' in one && one.shown.ok)).toEqual(proposed.map(() => true));
	expect(await weir.proposeCharts('visits', { columns: ['dya'] })).toMatchObject({
		error: { kind: 'no-such-column', nearest: 'day' }
	});
});
