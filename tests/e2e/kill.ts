// Kills Chromium with SIGKILL at random moments during imports and reopens the same profile: shared by the test and the campaign.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright, type Browser, type Page } from '@playwright/test';
import { chromium } from '../chromium.ts';
import { freePort } from '../weir-server.ts';

export type KillReport = {
	readonly rounds: number;
	/** Imports the page had acknowledged before a kill. */
	readonly acknowledged: number;
	/** Kills that came while an import was running. */
	readonly midImport: number;
	/** What broke, one line each; empty is the promise. */
	readonly problems: readonly string[];
};

/** Runs `rounds` of import, kill, reopen and check in one profile. `random` gives 0 ≤ x < 1. */
export async function killRounds(
	url: string,
	rounds: number,
	random: () => number,
	flags: readonly string[] = []
): Promise<KillReport> {
	const profile = mkdtempSync(join(tmpdir(), 'weir-kill-'));
	const acknowledged = new Map<string, number>();
	const problems: string[] = [];
	let midImport = 0;
	try {
		for (let round = 0; round < rounds; round++) {
			const { child, browser, page } = await openBrowser(profile, url, flags);
			problems.push(...(await check(page, acknowledged)).map((problem) => `round ${round}: ${problem}`));
			let running = false;
			await page.exposeBinding('weirAcknowledged', (_source, name: string, rowCount: number) => {
				acknowledged.set(name, rowCount);
			});
			await page.exposeBinding('weirImporting', (_source, is: boolean) => void (running = is));
			// Not awaited: the browser dies in the middle of it.
			const importing = page.evaluate(importForEver, round).catch(() => undefined);
			await new Promise((resolve) => setTimeout(resolve, 400 + random() * 5600));
			if (running) midImport++;
			await kill(child);
			await importing;
			await browser.close().catch(() => undefined);
		}
		const { child, browser, page } = await openBrowser(profile, url, flags);
		problems.push(...(await check(page, acknowledged)).map((problem) => `at the end: ${problem}`));
		await kill(child);
		await browser.close().catch(() => undefined);
	} finally {
		rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
	return { rounds, acknowledged: acknowledged.size, midImport, problems };
}

type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown };
type Weir = {
	ready: Promise<unknown>;
	ingest(source: Blob, options: { name: string }): Promise<Outcome<{ rowCount: number }>>;
	datasets(): Promise<Outcome<readonly { name: string; rowCount: number }[]>>;
	sql(text: string): Promise<Outcome<{ rows(): Promise<readonly Record<string, unknown>[]> }>>;
};

/** In the page: imports of random size, one after the other, each acknowledged once its promise has settled. */
async function importForEver(round: number): Promise<void> {
	const page = globalThis as never as {
		weir: Weir;
		weirAcknowledged(name: string, rowCount: number): Promise<void>;
		weirImporting(is: boolean): Promise<void>;
	};
	for (let index = 0; ; index++) {
		const rowCount = 1000 + ((index * 7919 + round * 104729) % 120_000);
		const lines = ['id,name,value'];
		for (let row = 0; row < rowCount; row++) lines.push(`${row},name ${row % 97},${row / 8}`);
		const name = `import_${round}_${index}`;
		await page.weirImporting(true);
		const outcome = await page.weir.ingest(new Blob([lines.join('\n')]), { name });
		await page.weirImporting(false);
		if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
		await page.weirAcknowledged(name, outcome.value.rowCount);
	}
}

/** Every dataset is whole, every acknowledged one is there, and no part is stored that nothing names. */
async function check(page: Page, acknowledged: ReadonlyMap<string, number>): Promise<string[]> {
	return page.evaluate(
		async (expected) => {
			const { weir } = globalThis as never as { weir: Weir };
			const problems: string[] = [];
			const listed = await weir.datasets();
			if (!listed.ok) return [`datasets: ${JSON.stringify(listed.error)}`];
			const rowCountByName = new Map(listed.value.map((dataset) => [dataset.name, dataset.rowCount]));
			for (const [name, rowCount] of expected)
				if (rowCountByName.get(name) !== rowCount)
					problems.push(`${name} was acknowledged with ${rowCount} rows, now ${rowCountByName.get(name)}`);
			for (const [name, rowCount] of rowCountByName) {
				const answer = await weir.sql(`select count(*) as n, count(id) as i, sum(value) as s from "${name}"`);
				if (!answer.ok) {
					problems.push(`${name}: ${JSON.stringify(answer.error)}`);
					continue;
				}
				const row = (await answer.value.rows())[0];
				if (Number(row?.['n']) !== rowCount || Number(row?.['s']) !== ((rowCount - 1) * rowCount) / 16)
					problems.push(
						`${name}: ${JSON.stringify(row, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`
					);
			}
			return problems;
		},
		[...acknowledged]
	);
}

async function openBrowser(
	profile: string,
	url: string,
	flags: readonly string[]
): Promise<{ child: ChildProcess; browser: Browser; page: Page }> {
	const port = await freePort();
	const child = spawn(
		chromium.executablePath ?? playwright.executablePath(),
		[...chromium.args, ...flags, `--user-data-dir=${profile}`, `--remote-debugging-port=${port}`, 'about:blank'],
		{ stdio: 'ignore', detached: true }
	);
	const browser = await connect(port);
	const page = await (browser.contexts()[0] ?? (await browser.newContext())).newPage();
	await page.goto(url);
	await page.waitForFunction(() => 'weir' in globalThis);
	await page.evaluate(() => (globalThis as never as { weir: Weir }).weir.ready);
	return { child, browser, page };
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
async function kill(child: ChildProcess): Promise<void> {
	if (child.pid === undefined || child.exitCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	process.kill(-child.pid, 'SIGKILL');
	await ended;
}

/** Mulberry32: a seeded random source, so that a failure can be run again. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
