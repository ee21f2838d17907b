// A user function that takes long, in a browser that is killed in the middle of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { kill, openBrowser } from './kill.ts';
import { test, type WithWeir } from './workspace.ts';

/** Six batches, each some tenths of a second of work. */
const ROWS = 6 * 32_768;

const step = (into: string): string => `name: ${into}
steps:
  - id: slow
    kind: transform
    input: numbers
    function:
      code: |
        export default ({ x }) => { let y = x; for (let i = 0; i < 40; i++) y = (y * 31 + 7) % 1000003; return y + Math.random(); }
      outputs: { y: DOUBLE }
    into: ${into}
`;

test('a function whose browser is killed goes on behind what it gave, and ends with the bytes of an undisturbed run', async ({
	baseURL
}) => {
	test.setTimeout(180_000);
	const profile = mkdtempSync(join(tmpdir(), 'weir-function-'));
	const url = baseURL ?? '';
	try {
		const first = await openBrowser(profile, url, [], watchCalls);
		await first.page.evaluate(saveNumbers, ROWS);
		// Not awaited: the browser dies in the middle of it.
		const working = first.page.evaluate(run, ['cut', step('cut')] as const).catch(() => 'killed');
		// Asked often: a fast machine is through with all batches in a second.
		await expect.poll(() => first.page.evaluate(keptRows), { timeout: 60_000, intervals: [20] }).toBeGreaterThan(0);
		await kill(first.child);
		expect(await working).toBe('killed');
		await first.browser.close().catch(() => undefined);

		const { child, browser, page } = await openBrowser(profile, url, [], watchCalls);
		const cut = await page.evaluate(run, ['cut', null] as const);
		const called = await page.evaluate(calledRows);
		const whole = await page.evaluate(run, ['whole', step('whole')] as const);
		const left = await page.evaluate(keptRows);
		await kill(child);
		await browser.close().catch(() => undefined);

		if (typeof cut === 'string' || typeof whole === 'string') throw new Error(JSON.stringify([cut, whole]));
		expect([cut.state, whole.state]).toEqual(['succeeded', 'succeeded']);
		expect(cut.contentHash).toBe(whole.contentHash);
		const [, kept] = /Goes on behind row (\d+)/.exec(cut.log) ?? [];
		console.log(`killed behind ${kept ?? 'no'} kept rows of ${ROWS}`);
		expect(Number(kept)).toBeGreaterThan(0);
		const expected = Array.from({ length: ROWS / 32_768 }, (_batch, at) => at * 32_768).filter(
			(row) => row >= Number(kept)
		);
		expect(called).toEqual(expected);
		expect(left).toBe(0);
	} finally {
		rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
});

/** Notes the first row of every batch that a function is called for, as it is posted to the thread that calls it. */
async function watchCalls(page: Page): Promise<void> {
	await page.addInitScript(() => {
		const called: number[] = [];
		Reflect.set(globalThis, 'calledRows', called);
		const post = Reflect.get(Worker.prototype, 'postMessage') as (...given: unknown[]) => void;
		Worker.prototype.postMessage = function (this: Worker, ...given: unknown[]) {
			const [message] = given as [{ path?: string[]; argumentList?: { value: unknown }[] }];
			const row = message.argumentList?.[2]?.value;
			if (message.path?.[0] === 'call' && typeof row === 'number') called.push(row);
			post.apply(this, given);
		};
	});
}

function calledRows(): readonly number[] {
	return Reflect.get(globalThis, 'calledRows') as readonly number[];
}

async function saveNumbers(rows: number): Promise<void> {
	const { weir } = globalThis as never as WithWeir;
	const saved = await weir.save('numbers', `SELECT range::DOUBLE AS x FROM range(${rows})`);
	if (!saved.ok) throw new Error(JSON.stringify(saved.error));
}

type Ran = { readonly state: string; readonly contentHash: string | undefined; readonly log: string };

/** In the page: runs a pipeline, or waits for the run that the page goes on with by itself. */
async function run([name, text]: readonly [string, string | null]): Promise<Ran | string> {
	const { weir } = globalThis as never as WithWeir;
	if (text !== null) {
		const saved = await weir.savePipeline(text);
		const ran = saved.ok ? await weir.runPipeline(name) : saved;
		if (!ran.ok) return JSON.stringify(ran.error);
	}
	for (;;) {
		const runs = await weir.runs({ pipeline: name });
		const one = runs.ok ? runs.value[0] : undefined;
		if (!one) return 'there is no run';
		if (one.state === 'running') {
			await new Promise((resolve) => setTimeout(resolve, 100));
			continue;
		}
		const told = await weir.run(one.id);
		const attempt = told.ok ? told.value.attempts.at(-1) : undefined;
		const log = (attempt?.log ?? []).map((line) => line.text).join('\n');
		return { state: one.state, contentHash: attempt?.outcome?.table?.contentHash, log };
	}
}

/** In the page: rows that running steps have kept pieces of. */
async function keptRows(): Promise<number> {
	const open = indexedDB.open('weir');
	const db = await new Promise<IDBDatabase>((resolve, reject) => {
		open.onsuccess = () => resolve(open.result);
		open.onerror = () => reject(open.error ?? new Error('it cannot be opened'));
	});
	const all = db.transaction('pieces').objectStore('pieces').getAll();
	await new Promise((resolve) => (all.onsuccess = resolve));
	db.close();
	const pieces = all.result as readonly { readonly startRow: number; readonly endRow: number }[];
	return pieces.reduce((sum, { startRow, endRow }) => sum + endRow - startRow, 0);
}
