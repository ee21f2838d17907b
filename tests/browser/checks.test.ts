// Checks over the engine of a page: what needs its extensions, functions in their workers, and the scans of a large suite.
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeSuite } from '#core/check/write-suite.ts';
import type { Result } from '#core/result.ts';
import { quoteName, quoteValue } from '#core/sql/quote.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import type { GoldenTable } from '../check-world.ts';
import json from '../golden/checks/expect_column_values_to_be_json_parseable.yaml?raw';
import tables from '../golden/checks/tables.yaml?raw';

type Case = {
	readonly name: string;
	readonly table: string;
	readonly kwargs: Readonly<Record<string, unknown>>;
	readonly expect: { readonly outcome: string; readonly against?: readonly unknown[] };
};
type GoldenFile = { readonly tables: Readonly<Record<string, GoldenTable>>; readonly cases: readonly Case[] };

const golden = parse(json) as GoldenFile;
const shared = parse(tables) as GoldenFile['tables'];

await new WorkspaceDb().delete();
const { console: weir } = compose();
afterAll(async () => {
	for (const { name } of valueOf(await weir.datasets())) await weir.remove(name);
});

function valueOf<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

async function make(name: string, { columns, rows }: GoldenTable): Promise<void> {
	const typed = Object.entries(columns);
	const cell = (value: GoldenTable['rows'][number][number], type = ''): string =>
		`CAST(${quoteValue(value)} AS ${type})`;
	const empty = `SELECT ${typed.map(([column, type]) => `CAST(NULL AS ${type}) AS ${quoteName(column)}`).join(', ')} WHERE false`;
	const filled = rows.map((row) => `SELECT ${row.map((value, at) => cell(value, typed[at]?.[1])).join(', ')}`);
	valueOf(await weir.save(name, [empty, ...filled].join(' UNION ALL '), { replace: true }));
}

async function idsAgainst(sql: string | null): Promise<readonly unknown[]> {
	if (sql === null) return [];
	const answer = valueOf(await weir.sql(`SELECT id FROM (${sql}) ORDER BY id`));
	const rows = await answer.rows();
	await answer.release();
	return rows.map(({ id }) => id);
}

test('JSON is told from what is none, as in the golden cases', async () => {
	const all = { ...shared, ...golden.tables };
	for (const name of new Set(golden.cases.map(({ table }) => table))) {
		const table = all[name];
		if (table) await make(name, table);
	}
	for (const { name, table, kwargs, expect: wanted } of golden.cases) {
		const checks = [{ expectation: 'expect_column_values_to_be_json_parseable', kwargs }];
		const text = writeSuite({ description: null, dataset: null, key: ['id'], checks });
		const [check] = valueOf(await weir.check(table, text)).checks;
		expect(check?.outcome, name).toBe(wanted.outcome);
		if (wanted.against) expect(await idsAgainst(check?.rowsSql ?? null), name).toEqual(wanted.against);
	}
});

test('a function of a check answers for each row, and a moment with a zone is compared as one', async () => {
	valueOf(
		await weir.save(
			'visits',
			"SELECT range AS id, 'name ' || range AS name, CAST(timestamp '2026-01-01' + INTERVAL (range) HOUR AS TIMESTAMPTZ) AS at FROM range(1000)"
		)
	);
	const suite = [
		'key: [id]',
		'checks:',
		"  - expect_rows_to_satisfy_function: { code: 'export default ({ name }) => name.length < 8', columns: [name], mostly: 0.01 }",
		"  - expect_column_values_to_be_between: { column: at, min_value: '2026-01-01T02:00:00Z' }",
		'  - expect_column_max_to_be_recent: { column: at, max_age: 1d }'
	].join('\n');
	const verdict = valueOf(await weir.check('visits', suite));
	const [named, late] = verdict.checks;
	expect(named).toMatchObject({ outcome: 'pass', unexpectedCount: 900 });
	expect((await idsAgainst(named?.rowsSql ?? null))[0]).toBe(100);
	expect(late).toMatchObject({ outcome: 'fail', unexpectedCount: 2, sample: [{ key: { id: 0 } }, { key: { id: 1 } }] });
	expect(valueOf(await weir.sql('FROM visits')).rowCount).toBe(1000);
});

test('a quarantine keeps back what functions are against, besides what other checks are', async () => {
	valueOf(
		await weir.save(
			'cities',
			"SELECT * FROM (VALUES (1, 'Köln', 5), (2, NULL, 7), (3, '東京', -1), (3, 'Rom', 2)) AS t(id, city, amount)"
		)
	);
	const suite = [
		'checks:',
		"  - expect_rows_to_satisfy_function: { code: 'export default ({ amount }) => amount < 6', columns: [amount] }",
		'    name: small',
		"  - expect_rows_to_satisfy_function: { code: 'export default ({ id }) => id !== 1', columns: [id] }",
		'    name: not the first',
		'  - expect_column_values_to_be_between: { column: amount, min_value: 0 }',
		'    name: no debts'
	];
	valueOf(await weir.saveSuite('sound cities', suite.join('\n')));
	const gate = '{ id: gate, kind: check, suite: sound cities, dataset: cities, gate: quarantine, into: good }';
	valueOf(await weir.savePipeline(`name: gated\nsteps:\n  - ${gate}\n`));
	expect(valueOf(await weir.runPipeline('gated')).state).toBe('succeeded');
	const answer = valueOf(await weir.sql('FROM good'));
	expect(await answer.rows()).toEqual([{ id: 3, city: 'Rom', amount: 2 }]);
	await answer.release();
	expect(valueOf(await weir.rejects('good')).map(({ line, column, reason }) => [line, column, reason])).toEqual([
		[1, 'id', 'not the first'],
		[2, 'amount', 'small'],
		[3, 'amount', 'no debts']
	]);
});

test('thirty checks of 300,000 rows are two texts for the engine while they hold', async () => {
	const columns = Array.from({ length: 10 }, (_value, at) => `range * ${at + 1} AS c${at}`);
	valueOf(await weir.save('wide', `SELECT ${columns.join(', ')} FROM range(300000)`));
	const checks = columns.flatMap((_column, at) => [
		{ expectation: 'expect_column_values_to_not_be_null', kwargs: { column: `c${at}` } },
		{ expectation: 'expect_column_values_to_be_between', kwargs: { column: `c${at}`, min_value: 0 } },
		{ expectation: 'expect_column_values_to_be_unique', kwargs: { column: `c${at}` } }
	]);
	const verdict = valueOf(
		await weir.check('wide', writeSuite({ description: null, dataset: null, key: null, checks }))
	);
	expect(verdict).toMatchObject({ outcome: 'pass', scanCount: 2, counts: { pass: 30 } });
	console.log(`30 checks of 300,000 rows: ${Math.round(verdict.elapsedMs)} ms`);
});

test('a suggested suite holds for what it was suggested from', async () => {
	const text = valueOf(await weir.suggestSuite('wide'));
	const verdict = valueOf(await weir.check('wide', text));
	expect(verdict.checks.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
	expect(verdict.checks.length).toBeGreaterThan(20);
});
