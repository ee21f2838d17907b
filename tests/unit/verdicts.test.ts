// Verdicts: evaluated by DuckDB itself through window.weir, kept with their version, and gone with it.
import 'fake-indexeddb/auto';
import { beforeAll, expect, test } from 'vitest';
import type { Result } from '#core/result.ts';
import { decodeRows } from '#core/sql/arrow-rows.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { createConsole } from '#lib/flows/console.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { SharedEngine } from '../rebuild-graphs.ts';
import { testEffects, type TestEffects } from './effects.ts';

const shared = new SharedEngine();
beforeAll(() => shared.start(), 60_000);

function value<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const suite = [
	'dataset: orders',
	'checks:',
	'  - expect_column_values_to_not_be_null: { column: city }',
	'  - expect_column_values_to_be_unique: { column: id }',
	'    severity: warn',
	'  - expect_column_values_to_match_regex: { column: city, regex: "(" }',
	'  - expect_table_row_count_to_be_between: { min_value: 1 }'
].join('\n');

const ORDERS = "SELECT * FROM (VALUES (1, 'Köln'), (2, NULL), (2, '東京')) AS t(id, city)";

async function workspace(): Promise<TestEffects> {
	const engine = await shared.start();
	const effects = testEffects({ engine: engine.api });
	shared.effects = effects;
	value(await createConsole(effects).save('orders', ORDERS));
	return effects;
}

test('a verdict tells each outcome with its numbers, and SQL of all rows against it that can be run', async () => {
	const effects = await workspace();
	const weir = createConsole(effects);
	value(await weir.saveSuite('sound', suite));
	const verdict = value(await weir.check('orders', 'sound'));
	expect(verdict).toMatchObject({ suite: 'sound', dataset: 'orders', number: 1, outcome: 'fail', rowCount: 3 });
	expect(verdict.counts).toEqual({ pass: 1, warn: 1, fail: 1, error: 1 });
	const [missing, unique, pattern] = verdict.checks;
	expect(missing).toMatchObject({ outcome: 'fail', unexpectedCount: 1, sample: [{ values: { city: null } }] });
	expect(unique).toMatchObject({ outcome: 'warn', unexpectedCount: 2, result: { unexpected_percent: (2 / 3) * 100 } });
	expect(pattern).toMatchObject({ outcome: 'error', problem: { code: 'engine' } });
	const rows = value(await weir.sql(unique?.rowsSql ?? ''));
	expect(decodeRows(await rows.arrow()).map(({ id }) => id)).toEqual([2, 2]);
});

test('a suite is refused with line and column, and a saved one is evaluated as its newest text says', async () => {
	const effects = await workspace();
	const weir = createConsole(effects);
	expect(await weir.saveSuite('sound', 'checks:\n  - expect_nothing: {}\n')).toMatchObject({
		error: { kind: 'invalid-suite', problems: [{ line: 2, column: 5, code: 'unknown-expectation' }] }
	});
	expect(await weir.check('orders', 'sound')).toMatchObject({ error: { kind: 'unknown-document' } });
	value(await weir.saveSuite('sound', 'checks:\n  - expect_column_to_exist: { column: none }\n'));
	value(await weir.saveSuite('sound', 'checks:\n  - expect_column_to_exist: { column: id }\n'));
	expect(value(await weir.check('orders@v1', 'sound'))).toMatchObject({ outcome: 'pass', scanCount: 0 });
	expect(value(await weir.suites())).toMatchObject([{ name: 'sound', versionCount: 2, suite: { checks: [{}] } }]);
});

test('one verdict of each suite is kept for a version, a text of its own leaves none', async () => {
	const effects = await workspace();
	const weir = createConsole(effects);
	value(await weir.saveSuite('one', suite));
	value(await weir.saveSuite('other', 'checks:\n  - expect_column_to_exist: { column: id }\n'));
	for (const name of ['one', 'other', 'one']) value(await weir.check('orders', name));
	value(await weir.check('orders', suite));
	const kept = value(await weir.verdicts('orders'));
	expect(kept.map(({ suite: name }) => name)).toEqual(['one', 'other']);
	value(await weir.rename('orders', 'sales'));
	const [renamed] = value(await weir.verdicts('sales'));
	expect(value(await weir.sql(renamed?.checks[0]?.rowsSql ?? '')).rowCount).toBeDefined();
});

test('verdicts go with their version, and keep the text of their suite until then', async () => {
	const effects = await workspace();
	const weir = createConsole(effects);
	value(await weir.saveSuite('sound', suite));
	value(await weir.check('orders', 'sound'));
	value(await weir.removeDocument('suite', 'sound'));
	await effects.db.operations.clear();
	value(await weir.collect());
	expect(await effects.db.documentVersions.count()).toBe(1);
	value(await weir.remove('orders'));
	await effects.db.operations.clear();
	value(await weir.collect());
	expect([await effects.db.verdicts.count(), await effects.db.documentVersions.count()]).toEqual([0, 0]);
});

test('a backup holds verdicts, and a restore gives them to the versions as they are called there', async () => {
	const effects = await workspace();
	const weir = createConsole(effects);
	value(await weir.saveSuite('sound', suite));
	const before = value(await weir.check('orders', 'sound'));
	const { file } = value(await backUp({}, effects));
	for (const isEmpty of [true, false]) {
		const other = testEffects();
		// Beside others everything has a new name.
		if (!isEmpty) value(await createConsole(other).saveSuite('mine', suite));
		value(await restoreBackup({ file }, other));
		const there = createConsole(other);
		const [after] = value(await there.verdicts('orders'));
		const [dataset] = value(await there.datasets());
		expect(after).toMatchObject({ outcome: before.outcome, counts: before.counts, version: dataset?.version });
		const texts = await other.db.documentVersions.toArray();
		expect(texts.map(({ id }) => id)).toContain(after?.suiteVersion);
	}
});

test('a check that is cancelled is no verdict, and a key that the table lacks is told before anything runs', async () => {
	const effects = await workspace();
	const weir = createConsole(effects);
	value(await weir.saveSuite('sound', suite));
	const ended = new AbortController();
	ended.abort();
	expect(await weir.check('orders', 'sound', { signal: ended.signal })).toMatchObject({ error: { kind: 'cancelled' } });
	expect(value(await weir.jobs())[0]).toMatchObject({ label: 'Check orders: sound', state: 'cancelled' });
	expect(value(await weir.verdicts('orders'))).toEqual([]);
	expect(await weir.check('orders', `key: [nobody]\n${suite}`)).toMatchObject({
		error: { kind: 'unknown-column', column: 'nobody' }
	});
});

test('rows against a check are named by the suite, by the key of the version, or by their number', async () => {
	const effects = await workspace();
	const weir = createConsole(effects);
	const keys = async (text: string, name = 'orders') => {
		const [check] = value(await weir.check(name, text)).checks;
		return check?.sample.map(({ key }) => key);
	};
	const text = 'checks:\n  - expect_column_values_to_not_be_null: { column: city }\n';
	expect(await keys(text)).toEqual([{ row: 1 }]);
	expect(await keys(`key: [id]\n${text}`)).toEqual([{ id: 2 }]);
	const keyed = "SELECT * FROM (VALUES (7, 'Rom'), (8, NULL)) AS t(id, city)";
	value(await weir.save('keyed', keyed, { key: ['id'] }));
	expect(await keys(text, 'keyed')).toEqual([{ id: 8 }]);
});
