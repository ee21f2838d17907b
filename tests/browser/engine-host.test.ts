import { afterAll, expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import { createEngineHost, type EngineState } from '#lib/threads/engine-host.ts';
import { trustedScriptUrl } from '#lib/threads/trusted.ts';
import type { RunInput } from '#workers/engine/api.ts';

/** Every worker the page starts, so that a test can end one behind the host's back. */
const started: Worker[] = [];
const OriginalWorker = globalThis.Worker;
globalThis.Worker = class extends OriginalWorker {
	constructor(url: string | URL, options?: WorkerOptions) {
		super(url, options);
		started.push(this);
	}
};

const host = createEngineHost();
const { api } = host;
afterAll(() => {
	host.end();
	globalThis.Worker = OriginalWorker;
});

const text = (id: string, sql: string): RunInput => ({ id: resultId(id), sql, params: [], relations: [] });
const answers = () => api.run(text('answer', 'SELECT 42 AS x'), () => undefined);

test('a worker that dies settles every pending call, and the next query works', async () => {
	expect(await answers()).toMatchObject({ ok: true });
	await api.register('kept.csv', new Blob(['a\n1\n2\n']));
	const states: EngineState[] = [];
	const stop = host.watch((state) => states.push(state));
	const running = api.run(text('slow', 'SELECT i FROM range(500000000) t(i) ORDER BY hash(i)'), () => undefined);
	const described = api.describe(text('other', 'SELECT 1'));
	await described;
	started.at(-1)?.terminate();
	expect(await running).toMatchObject({ ok: false, error: { kind: 'engine-crashed' } });
	expect(await answers()).toMatchObject({ ok: true });
	expect(states).toEqual(['restarting', 'ready']);
	stop();
	expect(await api.run(text('kept', "SELECT * FROM 'kept.csv'"), () => undefined)).toMatchObject({
		ok: true,
		value: { rowCount: 2 }
	});
	expect(await api.window(resultId('slow'), 0, 1)).toEqual({ ok: false, error: { kind: 'unknown-result' } });
});

test('a run that cannot be interrupted is cancelled with its worker', async () => {
	const id = resultId('deaf');
	const running = api.run(
		text(id, 'SELECT count(*) FROM range(2000000) a, range(1000000) b WHERE a.range * b.range = 7'),
		() => undefined
	);
	await new Promise((resolve) => setTimeout(resolve, 300));
	await api.cancel(id);
	expect(await running).toEqual({ ok: false, error: { kind: 'cancelled' } });
	expect(await answers()).toMatchObject({ ok: true });
});

test('an ended host answers too', async () => {
	const other = createEngineHost();
	const running = other.api.run(text('any', 'SELECT 1'), () => undefined);
	other.end();
	expect(await running).toMatchObject({ ok: false, error: { kind: 'engine-crashed' } });
	expect(await other.api.open()).toMatchObject({ ok: false, error: { kind: 'engine-crashed' } });
	await other.api.release(resultId('any'));
	expect(other.state()).toBe('failed');
});

test('a script of another origin is refused', () => {
	expect(new URL(trustedScriptUrl('/engine.js')).href).toBe(`${location.origin}/engine.js`);
	expect(() => trustedScriptUrl('https://example.com/x.js')).toThrow(TypeError);
	expect(() => trustedScriptUrl('data:text/javascript,1')).toThrow(TypeError);
});
