// `npm run bench:profile`: where the time of each query over a loaded table goes in Weir's page, by what its threads ran.
// Arguments: --rows 1000000 (one size), --times 20 (how often each query is asked). Prints a table.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { startWeir } from '../weir-server.ts';
import { cache, giveFiles, inPage, installPeers } from './pages.ts';
import { eventQueries } from './queries.ts';
import { attachWorkers, type Thread } from './threads.ts';

type Frame = { readonly functionName: string; readonly url: string };
type Profile = {
	readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
	readonly samples: readonly number[];
	/** Of each sample, µs since the one before. */
	readonly timeDeltas: readonly number[];
};

const argument = (name: string, usual: number): number => {
	const at = process.argv.indexOf(name);
	return at < 0 ? usual : Number(process.argv[at + 1]);
};
const rowCount = argument('--rows', 1_000_000);
const times = argument('--times', 20);

installPeers();
const { generate } = await import('./native.ts');
const csv = join(cache, `events-${rowCount}.csv`);
if (!existsSync(csv)) await generate(cache, rowCount);
const weir = await startWeir();
try {
	await inPage(weir.url, measure);
} finally {
	await weir.stop();
}

async function measure(page: Page): Promise<void> {
	const session = await page.context().newCDPSession(page);
	const workers = await attachWorkers(session);
	await page.waitForFunction(() => 'weir' in globalThis);
	await giveFiles(page, { events: csv, users: join(cache, 'users.csv') });
	await page.evaluate(async () => {
		const g = globalThis as never as Record<string, unknown> & {
			weir: Record<'ingest' | 'load', (...input: unknown[]) => Promise<{ ok: boolean }>> & { ready: Promise<unknown> };
		};
		await g.weir.ready;
		for (const name of ['events', 'users'])
			for (const answer of [await g.weir.ingest(g[`bench_${name}`], { name }), await g.weir.load(name)])
				if (!answer.ok) throw new Error(JSON.stringify(answer));
	});
	const main: Thread = { name: 'page', send: (method, params) => session.send(method as never, params as never) };
	console.log(`${rowCount.toLocaleString('en')} rows, each query ${times} times; ms a query\n`);
	console.log(
		'| query | whole | in WebAssembly | JavaScript of the engine’s thread | of other threads | the engine’s thread idle |'
	);
	console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
	for (const { id, sql } of [...eventQueries, { id: 'nothing', sql: 'select 1' }]) {
		await ask(page, sql, 2);
		const threads = [main, ...workers.values()];
		for (const { send } of threads) {
			await send('Profiler.enable');
			await send('Profiler.setSamplingInterval', { interval: 250 });
			await send('Profiler.start');
		}
		const whole = await ask(page, sql, times);
		const profiles: Profile[] = [];
		for (const { send } of threads) profiles.push(((await send('Profiler.stop')) as { profile: Profile }).profile);
		const spent = profiles.map(timeOf);
		const engine = spent.reduce((best, one) => (one.wasm > best.wasm ? one : best));
		const others = spent.filter((one) => one !== engine).reduce((sum, one) => sum + one.script + one.wasm, 0);
		const idle = whole * times - engine.wasm - engine.script;
		const cells = [whole, ...[engine.wasm, engine.script, others, idle].map((ms) => ms / times)];
		console.log(`| ${id} | ${cells.map((ms) => ms.toFixed(1)).join(' | ')} |`);
	}
}

/** Milliseconds of one asking, the mean of all. */
async function ask(page: Page, sql: string, count: number): Promise<number> {
	return page.evaluate(
		async ({ sql, count }) => {
			const { weir } = globalThis as never as {
				weir: {
					sql(
						text: string
					): Promise<{ ok: true; value: { arrow(): Promise<unknown>; release?(): unknown } } | { ok: false }>;
				};
			};
			const start = performance.now();
			for (let round = 0; round < count; round++) {
				const answer = await weir.sql(sql);
				if (!answer.ok) throw new Error(JSON.stringify(answer));
				await answer.value.arrow();
				await answer.value.release?.();
			}
			return (performance.now() - start) / count;
		},
		{ sql, count }
	);
}

/** Milliseconds in WebAssembly and in JavaScript, garbage collection included. */
function timeOf({ nodes, samples, timeDeltas }: Profile): { wasm: number; script: number } {
	const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
	const spent = { wasm: 0, script: 0 };
	for (const [at, id] of samples.entries()) {
		const frame = frames.get(id);
		const ms = (timeDeltas[at] ?? 0) / 1000;
		if (
			!frame ||
			frame.functionName === '(idle)' ||
			frame.functionName === '(program)' ||
			frame.functionName === '(root)'
		)
			continue;
		if (frame.url.startsWith('wasm')) spent.wasm += ms;
		else spent.script += ms;
	}
	return spent;
}
