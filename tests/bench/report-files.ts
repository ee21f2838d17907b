// What a report weighs as one HTML file, alone and with what its readers filter by, and how soon each opens from disk, without a network.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright';

export type ReportFileTimes = {
	readonly canFilter: boolean;
	/** Whether inputs stand beside the charts. */
	readonly hasInputs: boolean;
	readonly makeMs: number;
	readonly sizeBytes: number;
	/** What is not the script and styles that every file has. */
	readonly bundleBytes: number;
	/** From opening to the last chart: the least of the rounds. */
	readonly openMs: number;
};

const ROUNDS = 5;

/** `page` has a workspace with both reports, of `chartCount` charts each; one has inputs besides. */
export async function measureReportFiles(
	page: Page,
	reports: { readonly plain: string; readonly withInputs: string },
	chartCount: number
): Promise<readonly ReportFileTimes[]> {
	const folder = mkdtempSync(join(tmpdir(), 'weir-report-files-'));
	const measured: ReportFileTimes[] = [];
	try {
		for (const [report, canFilter, hasInputs] of [
			[reports.plain, false, false],
			[reports.plain, true, false],
			[reports.withInputs, true, true]
		] as const) {
			const { makeMs, text } = await page.evaluate(makeFile, { report, canFilter });
			const path = join(folder, `${report} ${canFilter}.html`);
			writeFileSync(path, text);
			const bundleBytes = /id="bundle">([\w-]+)</.exec(text)?.[1]?.length ?? 0;
			const openMs = await openFile(page, path, chartCount);
			measured.push({ canFilter, hasInputs, makeMs, sizeBytes: Buffer.byteLength(text), bundleBytes, openMs });
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
	return measured;
}

type Told<T> = Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }>;
type Weir = {
	renderReport(text: string): Told<unknown>;
	exportReport(edition: unknown, options: { readonly canFilter: boolean }): Told<{ readonly file: Blob }>;
};

/** In the page. */
async function makeFile(given: {
	readonly report: string;
	readonly canFilter: boolean;
}): Promise<{ readonly makeMs: number; readonly text: string }> {
	const { weir } = globalThis as never as { readonly weir: Weir };
	const edition = await weir.renderReport(given.report);
	if (!edition.ok) throw new Error(JSON.stringify(edition.error));
	const begunMs = performance.now();
	const made = await weir.exportReport(edition.value, { canFilter: given.canFilter });
	if (!made.ok) throw new Error(JSON.stringify(made.error));
	return { makeMs: performance.now() - begunMs, text: await made.value.file.text() };
}

async function openFile(page: Page, path: string, chartCount: number): Promise<number> {
	const context = await page.context().browser()?.newContext();
	if (!context) throw new Error('no browser');
	await context.setOffline(true);
	const times: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const reader = await context.newPage();
		await reader.goto(pathToFileURL(path).href, { waitUntil: 'commit' });
		const drawn = await reader.waitForFunction(
			(count) => (document.querySelectorAll('figure svg.weir-plot').length >= count ? performance.now() : 0),
			chartCount,
			{ polling: 'raf' }
		);
		times.push(Number(await drawn.jsonValue()));
		await reader.close();
	}
	await context.close();
	return Math.min(...times);
}
