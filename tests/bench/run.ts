// `npm run bench`: Weir against native DuckDB, bare DuckDB-WASM and the JavaScript and SQL peers, in one run; prints ratios.
// Arguments: --rows 1000000,10000000 (sizes), --save (writes RESULTS.md). Long: 10 minutes and more for 10 million rows.
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright, type Page } from 'playwright';
import { chromium } from '../chromium.ts';
import { startWeir } from '../weir-server.ts';
import { bundlePeers, cache, giveFiles, inPage, installPeers, paths, root, serveBench } from './pages.ts';
import { eventQueries, flightQueries } from './queries.ts';
import { report, type Measured } from './report.ts';

const here = import.meta.dirname;
const flights = join(root, 'static/samples/flights-3m.parquet');
const argument = (name: string): string | undefined => {
	const at = process.argv.indexOf(name);
	return at < 0 ? undefined : process.argv[at + 1];
};
const sizes = (argument('--rows') ?? '1000000,10000000').split(',').map(Number);

mkdirSync(cache, { recursive: true });

installPeers();
const { generate, measureNative } = await import('./native.ts');
await bundlePeers();
const bareServer = await serveBench();
const weir = await startWeir();
const measured: Measured[] = [];
try {
	for (const rowCount of sizes) {
		const csv = join(cache, `events-${rowCount}.csv`);
		if (!existsSync(csv)) await generate(cache, rowCount);
		console.log(`\n${rowCount.toLocaleString('en')} events (${Math.round(statSync(csv).size / 1e6)} MB of CSV)`);
		const rounds = rowCount > 1_000_000 ? 2 : 4;
		const systems: Record<string, Record<string, number>> = {};
		const note = (name: string, timings: Record<string, number>): void => {
			systems[name] = timings;
			console.log(
				`  ${name}: ${Object.entries(timings)
					.map(([id, ms]) => `${id} ${Math.round(ms)}`)
					.join(', ')}`
			);
		};
		note('native', await measureNative(cache, rowCount, flights, rounds));
		note('bare', await inPage(bareServer.url, (page) => bareTimings(page, rowCount, rounds)));
		note('weir', await inPage(weir.url, (page) => weirTimings(page, rowCount, rounds)));
		if (rowCount <= 1_000_000)
			for (const peer of ['udsv', 'papaparse', 'arquero', 'sqljs', 'pglite'] as const)
				note(peer, await inPage(bareServer.url, (page) => peerTimings(page, peer, rowCount)));
		measured.push({ rowCount, systems });
	}
	const starts = await measureStarts();
	const text = report(measured, starts, {
		cpu: cpus()[0]?.model ?? 'unknown',
		cores: cpus().length,
		memoryGib: Math.round(totalmem() / 2 ** 30),
		node: process.version,
		date: new Date().toISOString().slice(0, 10)
	});
	console.log(`\n${text}`);
	if (process.argv.includes('--save')) writeFileSync(join(here, 'RESULTS.md'), text);
} finally {
	bareServer.server.close();
	weir.stop();
}

function filesOf(rowCount: number): Record<string, string> {
	return {
		events: join(cache, `events-${rowCount}.csv`),
		parquet: join(cache, `events-${rowCount}.parquet`),
		users: join(cache, 'users.csv'),
		flights
	};
}

async function bareTimings(page: Page, rowCount: number, rounds: number): Promise<Record<string, number>> {
	await giveFiles(page, filesOf(rowCount));
	return page.evaluate(
		(input) => {
			const g = globalThis as never as Record<string, File> & {
				weirBench: { bare(i: unknown): Promise<Record<string, number>> };
			};
			return g.weirBench.bare({
				...input,
				events: g['bench_events'],
				users: g['bench_users'],
				flights: g['bench_flights']
			});
		},
		{ paths: paths(bareServer.url), eventQueries, flightQueries, rounds }
	);
}

async function peerTimings(page: Page, peer: string, rowCount: number): Promise<Record<string, number>> {
	await giveFiles(page, filesOf(rowCount));
	return page.evaluate(
		async ({ peer, paths, eventQueries }) => {
			const g = globalThis as never as Record<string, File> & {
				weirBench: Record<string, (...a: unknown[]) => Promise<Record<string, number>>>;
			};
			const run = g.weirBench[peer];
			if (!run) throw new Error(`no peer ${peer}`);
			const [events, users] = [g['bench_events'], g['bench_users']];
			if (peer === 'sqljs') return run(paths, events, users, eventQueries);
			if (peer === 'pglite') return run(events, users, eventQueries);
			return run(events, users);
		},
		{ peer, paths: paths(bareServer.url), eventQueries }
	);
}

/** The same work through `window.weir`, commits to IndexedDB included. */
async function weirTimings(page: Page, rowCount: number, rounds: number): Promise<Record<string, number>> {
	await page.waitForFunction(() => 'weir' in globalThis);
	await giveFiles(page, filesOf(rowCount));
	return page.evaluate(
		async ({ eventQueries, flightQueries, rounds }) => {
			type Answer<T> = Promise<{ ok: true; value: T } | { ok: false; error: unknown }>;
			const g = globalThis as never as Record<string, File> & {
				weir: {
					ready: Promise<unknown>;
					ingest(source: unknown, options: { name: string }): Answer<unknown>;
					sql(text: string): Answer<{ arrow(): Promise<unknown>; release?(): unknown }>;
					load(name: string): Answer<unknown>;
					remove(name: string): Answer<unknown>;
					export(name: string, format: string): Answer<Blob>;
				};
			};
			const { weir } = g;
			const timings: Record<string, number> = {};
			const must = async <T>(answer: Answer<T>): Promise<T> => {
				const result = await answer;
				if (!result.ok) throw new Error(JSON.stringify(result.error));
				return result.value;
			};
			const best = async (id: string, count: number, task: () => Promise<unknown>): Promise<void> => {
				let fastest = Infinity;
				for (let round = 0; round < count; round++) {
					const start = performance.now();
					await task();
					fastest = Math.min(fastest, performance.now() - start);
				}
				timings[id] = fastest;
			};
			const ask = async (sql: string): Promise<void> => {
				const result = await must(weir.sql(sql));
				await result.arrow();
				await result.release?.();
			};
			await weir.ready;
			// Every system is timed with its engine open; Weir opens its reader five seconds after the page is usable, for two.
			const settle = (ms = 4000) => new Promise((resolve) => setTimeout(resolve, ms));
			await settle(10_000);
			await best('csv-ingest', 1, () => must(weir.ingest(g['bench_events'], { name: 'events' })));
			await settle();
			await best('parquet-ingest', 1, () => must(weir.ingest(g['bench_parquet'], { name: 'again' })));
			await must(weir.remove('again'));
			await must(weir.ingest(g['bench_users'], { name: 'users' }));
			await best('group-from-parquet', rounds, () =>
				ask('select category, count(*) as n from events group by category')
			);
			await must(weir.load('events'));
			await must(weir.load('users'));
			for (const query of eventQueries) await best(query.id, rounds, () => ask(query.sql));
			await best('export-csv', 1, () => must(weir.export('events', 'csv')));
			await best('export-parquet', 1, () => must(weir.export('events', 'parquet')));
			await best('result-1m', 2, () => ask('select * from events limit 1000000'));
			await must(weir.remove('events'));
			await settle();
			await best('flights-ingest', 1, () => must(weir.ingest(g['bench_flights'], { name: 'flights' })));
			await must(weir.load('flights'));
			for (const query of flightQueries) await best(query.id, rounds, () => ask(query.sql));
			return timings;
		},
		{ eventQueries, flightQueries, rounds }
	);
}

/** Cold: a new profile. Warm: the page again, its files kept by the browser. Both until the first answer. */
async function measureStarts(): Promise<Record<string, number>> {
	const starts: Record<string, number> = {};
	const browser = await playwright.launch(chromium);
	const keep = (id: string, value: number): void => {
		starts[id] = Math.min(starts[id] ?? Infinity, value);
	};
	const weirReady = async (page: Page): Promise<number> => {
		await page.waitForFunction(() => 'weir' in globalThis);
		return page.evaluate(async () => {
			await (globalThis as never as { weir: { ready: Promise<unknown> } }).weir.ready;
			return performance.now();
		});
	};
	for (let round = 0; round < 4; round++) {
		const bareContext = await browser.newContext();
		const bare = await bareContext.newPage();
		for (const kind of ['cold', 'warm', 'warm']) {
			await bare.goto(bareServer.url);
			await bare.waitForFunction(() => 'weirBench' in globalThis);
			const took = await bare.evaluate(
				(p) =>
					(globalThis as never as { weirBench: { bareStart(p: unknown): Promise<number> } }).weirBench.bareStart(p),
				paths(bareServer.url)
			);
			keep(`bare-${kind}`, took);
		}
		await bareContext.close();
		const context = await browser.newContext();
		const page = await context.newPage();
		await page.goto(weir.url);
		keep('weir-cold', await weirReady(page));
		await page.evaluate(() => navigator.serviceWorker.ready);
		await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 });
		for (let again = 0; again < 2; again++) {
			await page.reload();
			keep('weir-warm', await weirReady(page));
			keep(
				'weir-paint',
				await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity)
			);
		}
		await context.close();
	}
	await browser.close();
	return starts;
}
