// Gates of pipelines: what a suite is against goes no further, and rows that are good go on alone.
import 'fake-indexeddb/auto';
import { beforeAll, expect, test } from 'vitest';
import type { Result } from '#core/result.ts';
import { createConsole } from '#lib/flows/console.ts';
import { SharedEngine } from '../rebuild-graphs.ts';
import { testEffects } from './effects.ts';

const shared = new SharedEngine();
beforeAll(() => shared.start(), 60_000);

function value<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const ORDERS =
	"SELECT * FROM (VALUES (1, 'Köln', 5), (2, NULL, 7), (3, '東京', -1), (3, 'Rom', 2)) AS t(id, city, amount)";
const SUITE = [
	'checks:',
	'  - expect_column_values_to_not_be_null: { column: city }',
	'  - expect_column_values_to_be_between: { column: amount, min_value: 0 }',
	'    name: no debts',
	'  - expect_column_values_to_be_unique: { column: id }',
	'    severity: warn'
].join('\n');

async function run(gate: string, suite = SUITE) {
	const engine = await shared.start();
	const effects = testEffects({ engine: engine.api });
	shared.effects = effects;
	const weir = createConsole(effects);
	value(await weir.save('orders', ORDERS));
	value(await weir.saveSuite('sound', suite));
	value(
		await weir.savePipeline(
			`name: p\nsteps:\n  - { id: gate, kind: check, suite: sound, dataset: orders, ${gate} }\n  - { id: after, kind: join, needs: [gate] }\n`
		)
	);
	const ran = value(await weir.runPipeline('p'));
	const log = value(await weir.runLog(ran.id, { step: 'gate' })).map(({ text }) => text);
	return { weir, ran, log, effects };
}

test('a gate that blocks fails its step, tells each check, and keeps the verdict', async () => {
	const { weir, ran, log } = await run('gate: block');
	expect(ran.state).toBe('failed');
	expect(log).toContain('no debts does not hold: 1 rows');
	expect(log).toContain('id: to be unique does not hold: 2 rows');
	expect(value(await weir.verdicts('orders'))).toMatchObject([{ suite: 'sound', outcome: 'fail' }]);
});

test('a gate that warns lets everything go on', async () => {
	const { ran } = await run('gate: warn');
	expect(ran.state).toBe('succeeded');
	expect(ran.steps).toEqual({ gate: 'succeeded', after: 'succeeded' });
});

test('a quarantine keeps bad rows back with what they are against, and good ones go on as they are', async () => {
	const { weir, ran } = await run('gate: quarantine, into: good');
	expect(ran.state).toBe('succeeded');
	const engine = await shared.start();
	const [good] = value(await weir.datasets()).filter(({ name }) => name === 'good');
	expect(good).toMatchObject({ rowCount: 2, rejectCount: 2 });
	expect(good?.columns.map(({ name }) => name)).toEqual(['id', 'city', 'amount']);
	expect(engine.rows(`SELECT id FROM (${rowsOf(value(await weir.versions('good')), engine)}) ORDER BY amount`)).toEqual(
		[{ id: 3 }, { id: 1 }]
	);
});

test('what no row is at fault for closes a quarantine too', async () => {
	const { weir, ran } = await run(
		'gate: quarantine, into: good',
		'checks:\n  - expect_column_mean_to_be_between: { column: amount, min_value: 9 }\n'
	);
	expect(ran.state).toBe('failed');
	expect(value(await weir.datasets()).map(({ name }) => name)).toEqual(['orders']);
});

test('a suite that holds lets every row go on', async () => {
	const { weir, ran } = await run(
		'gate: quarantine, into: good',
		'checks:\n  - expect_column_to_exist: { column: id }\n'
	);
	expect(ran.state).toBe('succeeded');
	expect(value(await weir.datasets())).toMatchObject([
		{ name: 'good', rowCount: 4, rejectCount: 0 },
		{ name: 'orders' }
	]);
});

type Stated = { readonly statistics: readonly { readonly min: string | null }[] };

/** Of the newest version, from the engine that wrote it. */
function rowsOf(versions: readonly Stated[], engine: Awaited<ReturnType<SharedEngine['start']>>): string {
	return `SELECT * FROM ${engine.tableOf(versions.at(-1)?.statistics ?? [])}`;
}
