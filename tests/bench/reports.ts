// `npm run bench:reports`: how soon all charts of a dashboard follow a brush, against Mosaic's coordinator with the same rows and charts, and an input; and what a share of it weighs.
// Arguments: --rows 3000000,10000000 (sizes), --save (writes REPORTS.md). Long: some minutes for 10 million rows.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { startWeir } from '../weir-server.ts';
import { serveBundled } from './bundled-page.ts';
import { conditions, goalsMissed, loadBefore, type Goal } from './conditions.ts';
import { notesOf } from './notes.ts';
import { choicesText, measureChoices, type ChoiceTimes } from './report-choices.ts';
import { measureReportFiles, type ReportFileTimes } from './report-files.ts';
import { inPage, installPeers } from './pages.ts';

const at = process.argv.indexOf('--rows');
const sizes = (at < 0 ? '3000000,10000000' : (process.argv[at + 1] ?? '')).split(',').map(Number);
const STEPS = 40;
const CHARTS = 4;
const GOAL_MS = 100;

/** As flights are: most a little late and some very, short ways and long ones, more by day than at night. */
const tripsSql = (rows: number): string =>
	[
		'SELECT CAST(least(400, -20 - 45 * ln(1 - (hash(i) % 1000003) / 1000003.0)) AS INTEGER) AS delay,',
		'CAST(100 + 2400 * ((hash(i * 3 + 1) % 1000003) / 1000003.0) * ((hash(i * 5 + 2) % 1000003) / 1000003.0) AS INTEGER) AS distance,',
		'round(6 + 9 * ((hash(i * 7 + 3) % 1000003) / 1000003.0 + (hash(i * 11 + 4) % 1000003) / 1000003.0), 2) AS hour,',
		"DATE '2025-01-01' + CAST(hash(i * 13 + 5) % 365 AS INTEGER) AS day,",
		"['Aare', 'Birs', 'Doubs', 'Emme', 'Isar', 'Lahn', 'Main', 'Nahe', 'Oder', 'Ruhr', 'Saale', 'Weser'][1 + CAST(hash(i * 17 + 6) % 12 AS INTEGER)] AS line",
		`FROM range(${rows}) t(i)`
	].join(' ');

const chart = (...lines: readonly string[]): string => `\`\`\`chart\nfrom: trips\n${lines.join('\n')}\n\`\`\`\n`;
const charts = [
	...['delay', 'distance', 'hour'].map((x) => chart('type: histogram', `title: By ${x}`, `x: ${x}`, 'bins: 25')),
	chart('type: heatmap', 'title: Hour and delay', 'x: hour', 'y: delay', 'bins: 40')
].join('\n');
const dashboard = `---\ntitle: Trips\nlayout: dashboard\n---\n\n${charts}`;

type Brushed = { readonly readyMs: number; readonly stepsMs: readonly number[] };
type Shared = {
	readonly linkMs: number;
	readonly linkBytes: number;
	readonly rawBytes: number;
	readonly files: readonly ReportFileTimes[];
};
type Size = {
	readonly rows: number;
	readonly weir: Brushed;
	readonly mosaic: Brushed;
	readonly shared: Shared;
	readonly choices: readonly ChoiceTimes[];
};

const load = loadBefore();
installPeers();
const mosaicServer = await serveBundled('mosaic-page.ts');
const weir = await startWeir({ isBuilt: process.argv.includes('--built') });
const measured: Size[] = [];
try {
	for (const rows of sizes) {
		const own = await inPage(weir.url, (page) => inWeir(page, rows));
		const mosaic = await inPage(mosaicServer.url, (page) => inMosaic(page, rows));
		measured.push({ rows, weir: own.brushed, mosaic, shared: own.shared, choices: own.choices });
		// Sizes that come after may take longer than there is time for.
		const text = report(measured);
		console.log(text);
		if (process.argv.includes('--save')) writeFileSync(join(import.meta.dirname, 'REPORTS.md'), text);
	}
} finally {
	mosaicServer.server.close();
	await weir.stop();
}

type Own = { readonly brushed: Brushed; readonly shared: Shared; readonly choices: readonly ChoiceTimes[] };

async function inWeir(page: Page, rows: number): Promise<Own> {
	await page.setViewportSize({ width: 1440, height: 900 });
	await page.waitForFunction(() => 'weir' in globalThis);
	await page.evaluate(
		async ({ sql, text, choices }) => {
			const { weir } = globalThis as never as { weir: Record<string, (...a: unknown[]) => Promise<{ ok: boolean }>> };
			await weir['ready'];
			for (const [verb, ...given] of [
				['save', 'trips', sql],
				['saveDocument', 'report', 'trips', text],
				['saveDocument', 'report', 'choices', choices]
			]) {
				const done = await weir[verb ?? '']?.(...given);
				if (!done?.ok) throw new Error(JSON.stringify(done));
			}
		},
		{ sql: tripsSql(rows), text: dashboard, choices: choicesText(charts) }
	);
	await page.getByRole('link', { name: 'Reports' }).click();
	await page.getByRole('navigation', { name: 'Reports' }).getByRole('button', { name: 'trips', exact: true }).click();
	const figures = page.getByRole('region', { name: 'The report' }).getByRole('figure');
	await page.waitForFunction(() => document.querySelectorAll('figure svg.weir-plot, figure .host svg').length >= 4);
	for (let number = 0; number < 4; number++)
		await figures.nth(number).evaluate((figure, one) => (figure.dataset['chart'] = String(one)), number);
	const brushed = await brush(page, '.host svg');
	const shared = await share(page);
	return { brushed, shared, choices: await measureChoices(page) };
}

async function inMosaic(page: Page, rows: number): Promise<Brushed> {
	await page.setViewportSize({ width: 1440, height: 900 });
	await page.waitForFunction(() => 'bench' in globalThis);
	await page.evaluate(
		(sql) => (globalThis as never as { bench: { openMosaic(sql: string): Promise<void> } }).bench.openMosaic(sql),
		tripsSql(rows)
	);
	await page.waitForFunction(
		() => document.querySelectorAll('[data-chart] svg rect, [data-chart] svg g[aria-label=rect]').length >= 4
	);
	return brush(page, 'svg');
}

/** By a real mouse over the first chart: from the event in the page until the last of the others is drawn again. */
async function brush(page: Page, drawing: string): Promise<Brushed> {
	await page.evaluate(watchRedraws);
	const box = await page.locator(`[data-chart="0"] ${drawing}`).first().boundingBox();
	if (!box) throw new Error('no chart to brush');
	const y = box.y + box.height / 2;
	const x = (share: number): number => box.x + box.width * share;
	await page.waitForTimeout(2000);
	await page.mouse.move(x(0.2), y);
	await page.mouse.down();
	const readyMs = await timed(page, () => page.mouse.move(x(0.35), y));
	const stepsMs: number[] = [];
	for (let step = 0; step < STEPS; step++)
		stepsMs.push(await timed(page, () => page.mouse.move(x(0.35 + (0.5 * (step + 1)) / STEPS), y)));
	await page.mouse.up();
	return { readyMs, stepsMs };
}

async function timed(page: Page, move: () => Promise<void>): Promise<number> {
	await page.evaluate(() => (globalThis as never as { redraws: { begin(): void } }).redraws.begin());
	await move();
	await page.waitForFunction(
		() => (globalThis as never as { redraws: { tookMs(): number | null } }).redraws.tookMs() !== null,
		undefined,
		{ polling: 20, timeout: 180_000 }
	);
	const ms = await page.evaluate(() =>
		(globalThis as never as { redraws: { tookMs(): number | null } }).redraws.tookMs()
	);
	await page.waitForTimeout(60);
	return ms ?? Infinity;
}

/** Runs in the page: when each of the charts that follow changed for the first time since the mouse moved. */
function watchRedraws(): void {
	let movedMs = 0;
	const drawnMs = new Map<Element, number>();
	const others = [...document.querySelectorAll('[data-chart]:not([data-chart="0"])')];
	for (const chart of others)
		new MutationObserver(() => {
			if (movedMs > 0 && !drawnMs.has(chart)) drawnMs.set(chart, performance.now());
		}).observe(chart, { childList: true, subtree: true, attributes: true, attributeFilter: ['d', 'width', 'height'] });
	addEventListener(
		'pointermove',
		() => {
			if (movedMs === 0) movedMs = performance.now();
		},
		true
	);
	Object.assign(globalThis, {
		redraws: {
			begin: () => {
				movedMs = 0;
				drawnMs.clear();
			},
			tookMs: () => (drawnMs.size === others.length ? Math.max(...drawnMs.values()) - movedMs : null)
		}
	});
}

/** A link that carries the dashboard whole, opened in a page that has nothing of Weir yet but its server's files. */
async function share(page: Page): Promise<Shared> {
	const { link, rawBytes } = await page.evaluate(async () => {
		type Ok<T> = Promise<{ ok: true; value: T } | { ok: false; error: unknown }>;
		const { weir } = globalThis as never as {
			weir: {
				renderReport(name: string): Ok<unknown>;
				linkEdition(edition: unknown): Ok<{ link: string }>;
				export(name: string, format: string): Ok<Blob>;
			};
		};
		const must = async <T>(answer: Ok<T>): Promise<T> => {
			const result = await answer;
			if (!result.ok) throw new Error(JSON.stringify(result.error));
			return result.value;
		};
		const { link } = await must(weir.linkEdition(await must(weir.renderReport('trips'))));
		return { link, rawBytes: (await must(weir.export('trips', 'parquet'))).size };
	});
	const linkMs = await inPage('about:blank', async (reader) => {
		const beganMs = Date.now();
		await reader.goto(new URL(link, weir.url).href);
		await reader.waitForFunction(() => document.querySelector('figure .host svg') !== null);
		return Date.now() - beganMs;
	});
	const files = await measureReportFiles(page, { plain: 'trips', withInputs: 'choices' }, CHARTS);
	return { linkMs, linkBytes: link.length, rawBytes, files };
}

function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((one, other) => one - other);
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

function report(found: readonly Size[]): string {
	const lines = [
		'# Dashboards that follow a brush, and what a share of one weighs',
		'',
		'Three histograms of 25 bins and a heat map of 40 by 24 cells over the same rows; a real mouse marks a span in the first in',
		`${STEPS} steps. From its event in the page until the last of the other three is drawn again; the mouse waits for that before it`,
		'moves on. Mosaic 0.12.2 is the newest whose packages install; its rows are a table in memory, Weir’s are Parquet in IndexedDB.',
		'In parentheses Weir’s time divided by Mosaic’s: below 1 Weir is faster. The first step waits for what is aggregated beforehand.',
		'',
		'| rows | | Weir, ms | Mosaic, ms |',
		'| ---: | --- | ---: | ---: |'
	];
	const goals: Goal[] = [];
	for (const { rows, weir: own, mosaic } of found) {
		const line = (what: string, one: number, other: number): string =>
			`| ${rows.toLocaleString('en')} | ${what} | ${one.toFixed(0)} (${(one / other).toFixed(2)}) | ${other.toFixed(0)} |`;
		const [p50, p95] = [0.5, 0.95].map((share) => [quantile(own.stepsMs, share), quantile(mosaic.stepsMs, share)]);
		lines.push(line('first step', own.readyMs, mosaic.readyMs));
		lines.push(line('p50', p50?.[0] ?? NaN, p50?.[1] ?? NaN), line('p95', p95?.[0] ?? NaN, p95?.[1] ?? NaN));
		const name = `p95 of ${rows.toLocaleString('en')} rows`;
		goals.push({ what: name, got: p95?.[0] ?? NaN, goal: GOAL_MS, misses: 'above', unit: ' ms' });
		const ratio = (p95?.[0] ?? NaN) / (p95?.[1] ?? NaN);
		goals.push({ what: `${name}, against Mosaic`, got: ratio, goal: 1, misses: 'above', unit: '' });
	}
	lines.push('', '## Choices in inputs', '');
	lines.push(
		'The same charts with four inputs over the same rows, none of them in a query. The first choice of an input asks the engine, and then what it leaves is',
		'aggregated beforehand; from the event of each later one until the last of the four charts is drawn again.',
		'',
		'| rows | input | first, ms | p50, ms | p95, ms |',
		'| ---: | --- | ---: | ---: | ---: |'
	);
	for (const { rows, choices } of found)
		for (const { input, firstMs, stepsMs } of choices) {
			const [p50 = NaN, p95 = NaN] = [0.5, 0.95].map((share) => quantile(stepsMs, share));
			const cells = [firstMs, p50, p95].map((ms) => ms.toFixed(0));
			lines.push(`| ${[rows.toLocaleString('en'), input, ...cells].join(' | ')} |`);
			const what = `p95 of ${input} over ${rows.toLocaleString('en')} rows`;
			goals.push({ what, got: p95, goal: GOAL_MS, misses: 'above', unit: ' ms' });
		}
	lines.push('', '## A share of the dashboard', '');
	lines.push('A link that carries it whole, opened by a browser that was never here.', '');
	lines.push(
		'| rows | rows as Parquet, bytes | link, bytes | raw by link | first chart, ms |',
		'| ---: | ---: | ---: | ---: | ---: |'
	);
	for (const { rows, shared } of found) {
		const { rawBytes, linkBytes, linkMs } = shared;
		const bytes = (size: number): string => size.toLocaleString('en');
		lines.push(
			`| ${bytes(rows)} | ${bytes(rawBytes)} | ${bytes(linkBytes)} | ${Math.round(rawBytes / linkBytes)} | ${linkMs.toFixed(0)} |`
		);
	}
	lines.push('', '## As one HTML file', '');
	lines.push(
		'Opened from disk without a network, the least of five rounds, until its last chart. A file whose readers filter it holds groups besides.',
		'',
		'| rows | readers filter | made in, ms | file, bytes | of it the bundle | last chart, ms |',
		'| ---: | --- | ---: | ---: | ---: | ---: |'
	);
	for (const { rows, shared } of found)
		for (const { canFilter, hasInputs, makeMs, sizeBytes, bundleBytes, openMs } of shared.files) {
			const cells = [makeMs, sizeBytes, bundleBytes, openMs].map((one) => Math.round(one).toLocaleString('en'));
			lines.push(
				`| ${[rows.toLocaleString('en'), canFilter ? (hasInputs ? 'yes, by four inputs too' : 'yes') : 'no', ...cells].join(' | ')} |`
			);
		}
	return [...lines, '', goalsMissed(goals), '', conditions(load), '', ...notesOf('REPORTS.md')].join('\n');
}
