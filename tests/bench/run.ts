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
import { notesOf } from './notes.ts';
import { report, type Measured } from './report.ts';
import { bareSystem, query, weirSystem, type System, type Task } from './systems.ts';

const here = import.meta.dirname;
const flights = join(root, 'static/samples/flights-3m.parquet');
const argument = (name: string): string | undefined => {
	const at = process.argv.indexOf(name);
	return at < 0 ? undefined : process.argv[at + 1];
};
const sizes = (argument('--rows') ?? '1000000,10000000').split(',').map(Number);

mkdirSync(cache, { recursive: true });

installPeers();
const { generate, nativeSystem } = await import('./native.ts');
await bundlePeers();
const bareServer = await serveBench();
const weir = await startWeir();
const measured: Measured[] = [];
try {
	for (const rowCount of sizes) {
		const csv = join(cache, `events-${rowCount}.csv`);
		if (!existsSync(csv)) await generate(cache, rowCount);
		console.log(`\n${rowCount.toLocaleString('en')} events (${Math.round(statSync(csv).size / 1e6)} MB of CSV)`);
		const systems: Record<string, Record<string, number>> = {};
		const note = (name: string, timings: Record<string, number>): void => {
			systems[name] = timings;
			console.log(
				`  ${name}: ${Object.entries(timings)
					.map(([id, ms]) => `${id} ${Math.round(ms)}`)
					.join(', ')}`
			);
		};
		for (const [name, timings] of Object.entries(await sideBySide(rowCount))) note(name, timings);
		if (rowCount <= 1_000_000)
			for (const peer of ['udsv', 'papaparse', 'arquero', 'sqljs', 'pglite'] as const)
				note(peer, await inPage(bareServer.url, (page) => peerTimings(page, peer, rowCount)));
		measured.push({ rowCount, systems });
	}
	const starts = await measureStarts();
	const machine = {
		cpu: cpus()[0]?.model ?? 'unknown',
		cores: cpus().length,
		memoryGib: Math.round(totalmem() / 2 ** 30),
		node: process.version,
		date: new Date().toISOString().slice(0, 10)
	};
	const text = report(measured, starts, machine, notesOf('RESULTS.md'));
	console.log(`\n${text}`);
	if (process.argv.includes('--save')) writeFileSync(join(here, 'RESULTS.md'), text);
} finally {
	bareServer.server.close();
	await weir.stop();
}

function filesOf(rowCount: number): Record<string, string> {
	return {
		events: join(cache, `events-${rowCount}.csv`),
		parquet: join(cache, `events-${rowCount}.parquet`),
		users: join(cache, 'users.csv'),
		flights
	};
}

/** Round by round, one system after the other, so that all meet the machine in the same state; the least of the rounds. */
async function sideBySide(rowCount: number): Promise<Record<string, Record<string, number>>> {
	const isSmall = rowCount <= 1_000_000;
	const step = (id: string, rounds = 1) => ({ task: { kind: 'step', id } as const, rounds });
	const queryRounds = isSmall ? 12 : 4;
	const plan: readonly { readonly task: Task; readonly rounds: number }[] = [
		step('csv-load'),
		step('csv-ingest', isSmall ? 3 : 1),
		step('parquet-ingest', isSmall ? 3 : 1),
		step('group-from-parquet', queryRounds),
		step('load events'),
		...eventQueries.map((one) => ({ task: query(one), rounds: queryRounds })),
		step('export-csv', isSmall ? 2 : 1),
		step('export-parquet', isSmall ? 2 : 1),
		...(isSmall
			? [{ task: query({ id: 'result-1m', title: '', sql: 'select * from events limit 1000000' }), rounds: 4 }]
			: []),
		step('drop events'),
		step('flights-ingest', 2),
		step('load flights'),
		...flightQueries.map((one) => ({ task: query(one), rounds: queryRounds }))
	];
	const native = await nativeSystem(cache, rowCount, flights);
	try {
		return await inPage(bareServer.url, async (barePage) => {
			await giveFiles(barePage, filesOf(rowCount));
			const bare = await bareSystem(barePage, paths(bareServer.url));
			return inPage(weir.url, async (weirPage) => {
				await weirPage.waitForFunction(() => 'weir' in globalThis);
				await giveFiles(weirPage, filesOf(rowCount));
				return measure([native, bare, await weirSystem(weirPage)], plan);
			});
		});
	} finally {
		native.close();
	}
}

async function measure(
	systems: readonly System[],
	plan: readonly { readonly task: Task; readonly rounds: number }[]
): Promise<Record<string, Record<string, number>>> {
	const timings: Record<string, Record<string, number>> = {};
	for (const { task, rounds } of plan)
		for (let round = 0; round < rounds; round++)
			for (const { name, time } of systems) {
				const ms = await time(task);
				const known = (timings[name] ??= {});
				if (ms !== null && !/^(load|drop) /.test(task.id)) known[task.id] = Math.min(known[task.id] ?? Infinity, ms);
			}
	return timings;
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
