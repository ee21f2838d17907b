// Kills Chromium with SIGKILL at random moments while it commits and reopens the same profile: shared by the test and the campaign.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright, type Browser, type Page } from '@playwright/test';
import type { WeirConsole } from '#lib/flows/console-types.ts';
import { chromium } from '../chromium.ts';
import { freePort } from '../../tools/toolchain.mjs';
import type { WithWeir } from './workspace.ts';

export type KillReport = {
	readonly rounds: number;
	/** Imports and other commits that the page had acknowledged before a kill. */
	readonly imports: number;
	readonly changes: number;
	/** Times that old versions were let go and packs written again. */
	readonly prunes: number;
	/** Kills that came while one was running. */
	readonly midImport: number;
	readonly midChange: number;
	readonly midPrune: number;
	/** What broke, one line each; empty is the promise. */
	readonly problems: readonly string[];
};

/** What the page said was stored. */
type Acknowledged = {
	/** Row counts of imported datasets by name. */
	readonly imports: Map<string, number>;
	/** Of the dataset that is changed, by version: row count and sum. */
	readonly versions: Map<string, { readonly rowCount: number; readonly sum: number }>;
	prunes: number;
	/** The greatest number of a version of that dataset. */
	number: number;
};

/** Versions looked at after a kill: the newest, since each look costs a query. */
const LOOKED_AT = 6;
/** Of those, as many are not let go by any prune: it keeps the newest eight, and a change makes two at most. */
const KEPT = 3;

export type KillPlan = {
	readonly rounds: number;
	/** Gives 0 ≤ x < 1. */
	readonly random: () => number;
	/** How long a browser works at most after half a second. */
	readonly spanMs: number;
	readonly flags?: readonly string[];
};

/** Runs `rounds` of work, kill, reopen and check in one profile. */
export async function killRounds(url: string, { rounds, random, spanMs, flags = [] }: KillPlan): Promise<KillReport> {
	const profile = mkdtempSync(join(tmpdir(), 'weir-kill-'));
	const acknowledged: Acknowledged = { imports: new Map(), versions: new Map(), prunes: 0, number: 0 };
	const problems: string[] = [];
	const mid = { import: 0, change: 0, prune: 0 };
	let firstImport: () => void = () => undefined;
	const imported = new Promise<void>((resolve) => (firstImport = resolve));
	try {
		for (let round = 0; round < rounds; round++) {
			const { child, browser, page } = await openBrowser(profile, url, flags);
			problems.push(...(await check(page, acknowledged)).map((problem) => `round ${round}: ${problem}`));
			let running: Running = null;
			await page.exposeBinding('weirImported', (_source, name: string, rowCount: number) => {
				acknowledged.imports.set(name, rowCount);
				firstImport();
			});
			await page.exposeBinding('weirChanged', (_source, version: string, rowCount: number, sum: number) => {
				acknowledged.versions.set(version, { rowCount, sum });
			});
			await page.exposeBinding('weirPruned', (_source, number: number) => {
				acknowledged.prunes++;
				acknowledged.number = Math.max(acknowledged.number, number);
			});
			await page.exposeBinding('weirRunning', (_source, what: Running) => void (running = what));
			// Not awaited: the browser dies in the middle of it.
			const working = page.evaluate(commitForEver, round).then(
				() => undefined,
				(error: unknown) => {
					if (String(error).includes('refused:')) problems.push(`round ${round}: ${String(error)}`);
				}
			);
			// However slow the machine: with nothing acknowledged, nothing could be lost.
			await Promise.race([imported, working]);
			await new Promise((resolve) => setTimeout(resolve, 500 + random() * spanMs));
			if (running !== null) mid[running as Exclude<Running, null>]++;
			await kill(child);
			await working;
			await browser.close().catch(() => undefined);
		}
		const { child, browser, page } = await openBrowser(profile, url, flags);
		problems.push(...(await check(page, acknowledged)).map((problem) => `at the end: ${problem}`));
		await kill(child);
		await browser.close().catch(() => undefined);
	} finally {
		rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
	const { imports, versions, prunes } = acknowledged;
	return {
		rounds,
		imports: imports.size,
		changes: versions.size,
		prunes,
		midImport: mid.import,
		midChange: mid.change,
		midPrune: mid.prune,
		problems
	};
}

type Running = 'import' | 'change' | 'prune' | null;

type KilledPage = {
	weir: WeirConsole;
	weirImported(name: string, rowCount: number): Promise<void>;
	weirChanged(version: string, rowCount: number, sum: number): Promise<void>;
	weirPruned(number: number): Promise<void>;
	weirRunning(what: Running): Promise<void>;
};

/** In the page: imports and changes of random size, one after the other, each acknowledged once its promise has settled. */
async function commitForEver(round: number): Promise<void> {
	const page = globalThis as never as KilledPage;
	const { weir } = page;
	const must = <T>(answer: { ok: true; value: T } | { ok: false; error: unknown }): T => {
		if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
		return answer.value;
	};
	const datasets = must(await weir.datasets());
	if (!datasets.some(({ name }) => name === 'ledger')) {
		await page.weirRunning('change');
		must(await weir.save('ledger', 'select range as id, 0 as amount from range(60000)', { key: ['id'] }));
	}
	const refs = must(await weir.refs('ledger'));
	if (refs.branch !== 'main') must(await weir.switchBranch('ledger', 'main'));
	must(await weir.setRetention({ rule: { keepVersions: 8, keepDays: 0 }, undoSteps: 4 }));
	for (let index = 0; ; index++) {
		if ((index + round) % 5 === 4) {
			await page.weirRunning('prune');
			if ((index + round) % 2 === 0) must(await weir.prune('ledger', { keep: 8 }));
			else must(await weir.tidy());
			await page.weirPruned(must(await weir.versions('ledger')).at(-1)?.number ?? 0);
			continue;
		}
		if ((index + round) % 2 === 0) {
			const rowCount = 1000 + ((index * 7919 + round * 104729) % 60_000);
			const lines = ['id,name,value'];
			for (let row = 0; row < rowCount; row++) lines.push(`${row},name ${row % 97},${row / 8}`);
			const name = `import_${round}_${index}`;
			await page.weirRunning('import');
			const { rowCount: imported } = must(await weir.ingest(new Blob([lines.join('\n')]), { name }));
			await page.weirImported(name, imported);
			continue;
		}
		await page.weirRunning('change');
		const amount = 1 + index + round * 100;
		const change = (row: number) => ({ row, cells: { amount } });
		const changes: (() => Promise<{ version: string }>)[] = [
			async () =>
				must(
					await weir.edit('ledger', {
						change: [change(5), change(40_000)],
						add: [{ cells: { id: 60_000 + round * 1000 + index, amount } }]
					})
				),
			async () =>
				must(await weir.save('ledger', 'select id, amount + (id = 7)::int as amount from ledger', { replace: true })),
			async () => {
				// What a killed tab had staged, and other commits have outrun.
				must(await weir.discard('ledger'));
				must(await weir.stage('ledger', { change: [change(9)], remove: [11] }));
				return must(await weir.commit('ledger'));
			},
			async () => {
				const side = `side-${round}-${index}`;
				must(await weir.branch('ledger', side));
				must(await weir.edit('ledger', { change: [change(20_000)] }));
				must(await weir.switchBranch('ledger', 'main'));
				must(await weir.edit('ledger', { change: [change(50_000)] }));
				const merged = must(await weir.merge('ledger', side));
				must(await weir.removeBranch('ledger', side));
				return merged;
			}
		];
		const { version } = (await changes[((index + round) >> 1) % changes.length]?.()) ?? { version: '' };
		const answer = must(await weir.sql('select count(*)::double as n, sum(amount)::double as s from ledger'));
		const [row] = await answer.rows();
		await answer.release();
		await page.weirChanged(version, Number(row?.['n']), Number(row?.['s']));
		await page.weirRunning(null);
	}
}

/** Every dataset is whole, every acknowledged one is there, and everything stored has the hash that it is named by. */
async function check(page: Page, { imports, versions, number }: Acknowledged): Promise<string[]> {
	return page.evaluate(
		async ({ imported, changed, kept, newest }) => {
			const { weir } = globalThis as never as KilledPage;
			const problems: string[] = [];
			const look = async (
				sql: string,
				what: string,
				expected: readonly number[],
				mayBeCollected = false
			): Promise<void> => {
				const answer = await weir.sql(sql);
				if (!answer.ok && answer.error.kind === 'version-collected' && mayBeCollected) return;
				if (!answer.ok) return void problems.push(`${what}: ${JSON.stringify(answer.error)}`);
				const [row] = await answer.value.rows();
				const found = Object.values(row ?? {}).map(Number);
				if (found.join() !== expected.join()) problems.push(`${what}: ${found.join()} instead of ${expected.join()}`);
			};
			const listed = await weir.datasets();
			if (!listed.ok) return [`datasets: ${JSON.stringify(listed.error)}`];
			const rowCountByName = new Map(listed.value.map((dataset) => [dataset.name, dataset.rowCount]));
			for (const [name, rowCount] of imported)
				if (rowCountByName.get(name) !== rowCount)
					problems.push(`${name} was acknowledged with ${rowCount} rows, now ${rowCountByName.get(name)}`);
			for (const [name, rowCount] of rowCountByName)
				if (name !== 'ledger')
					await look(`select count(*), sum(value)::double from "${name}"`, name, [
						rowCount,
						((rowCount - 1) * rowCount) / 16
					]);
			for (const [at, [id, { rowCount, sum }]] of changed.entries())
				await look(
					`select count(*), sum(amount)::double from "ledger@${id}"`,
					`version ${id}`,
					[rowCount, sum],
					at < changed.length - kept
				);
			const numbered = newest > 0 ? await weir.versions('ledger') : null;
			if (numbered?.ok && (numbered.value.at(-1)?.number ?? 0) < newest)
				problems.push(`the newest version was v${newest}, now v${numbered.value.at(-1)?.number}`);
			const verified = await weir.verify();
			if (!verified.ok) problems.push(`verify: ${JSON.stringify(verified.error)}`);
			else problems.push(...verified.value.damages.map((damage) => `damaged: ${JSON.stringify(damage)}`));
			return problems;
		},
		{ imported: [...imports], changed: [...versions].slice(-LOOKED_AT), kept: KEPT, newest: number }
	);
}

/** `prepare` is given the page before it has loaded anything. */
export async function openBrowser(
	profile: string,
	url: string,
	flags: readonly string[],
	prepare: (page: Page) => Promise<void> = () => Promise.resolve()
): Promise<{ child: ChildProcess; browser: Browser; page: Page }> {
	const port = await freePort();
	const child = spawn(
		chromium.executablePath ?? playwright.executablePath(),
		[...chromium.args, ...flags, `--user-data-dir=${profile}`, `--remote-debugging-port=${port}`, 'about:blank'],
		{ stdio: 'ignore', detached: true }
	);
	const browser = await connect(port);
	const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage();
	await page.addInitScript(withoutServiceWorker);
	await prepare(page);
	await page.goto(url);
	await page.waitForFunction(() => 'weir' in globalThis);
	await page.evaluate(() => (globalThis as never as WithWeir).weir.ready);
	return { child, browser, page };
}

/** In a page that loads nothing yet: it keeps no copy of the site, which would be downloaded for every profile and is not what is killed. */
function withoutServiceWorker(): void {
	Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
}

async function connect(port: number): Promise<Browser> {
	let last: unknown;
	for (let attempt = 0; attempt < 100; attempt++) {
		try {
			return await playwright.connectOverCDP(`http://127.0.0.1:${port}`);
		} catch (error) {
			last = error;
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
	}
	throw new Error(`Chromium did not answer: ${String(last)}`);
}

/** The whole process group, at once: browser, renderers, storage. */
export async function kill(child: ChildProcess): Promise<void> {
	if (child.pid === undefined || child.exitCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	process.kill(-child.pid, 'SIGKILL');
	await ended;
}
