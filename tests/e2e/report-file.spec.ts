// A report as one HTML file: a person downloads it and opens it from disk, without a network, and it asks for nothing, whatever it holds.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, type BrowserContext, type Page } from '@playwright/test';
import type { Bundle } from '#core/share/bundle.ts';
import { encodeBundle } from '#core/share/bundle-bytes.ts';
import { minimiseEdition } from '#core/share/minimise-edition.ts';
import { writeReportFile, type ReportFileParts } from '#core/share/report-file.ts';
import { chart, hashes, madeEdition, shownOf, tableOf } from '../unit/made-edition.ts';
import { expectClean } from './clean.ts';
import { hostileBundle, payload } from './hostile-bundle.ts';
import { openWorkspace, patient, test } from './workspace.ts';

test.use({ actionTimeout: 20_000 });

const folder = mkdtempSync(join(tmpdir(), 'weir-report-file-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A page on which a network is not there, and what it asked for all the same. */
async function offline(context: BrowserContext): Promise<{ readonly page: Page; readonly told: readonly string[] }> {
	await context.setOffline(true);
	const page = await context.newPage();
	const told: string[] = [];
	page.on('request', (request) => {
		if (!/^(file|data|blob):/.test(request.url())) told.push(request.url());
	});
	page.on('pageerror', (error) => told.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error') told.push(message.text());
	});
	page.on('dialog', (dialog) => {
		told.push(dialog.message());
		void dialog.dismiss();
	});
	return { page, told };
}

test('a person downloads a report as a file and reads it from disk, by mouse and keyboard, light and dark', async ({
	page,
	browser
}) => {
	await openWorkspace(page);
	await page.getByRole('link', { name: 'Reports' }).click();
	await page.getByRole('button', { name: /^Open a ready one/ }).click();
	await patient(page.getByText('560 rows; the mean of price is 100.73.')).toBeVisible();
	await page.getByRole('button', { name: 'Share…' }).click();
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download as HTML' }).click();
	const download = await downloading;
	expect(download.suggestedFilename()).toMatch(/\.html$/);
	const path = join(folder, download.suggestedFilename());
	await download.saveAs(path);
	const status = page.getByRole('dialog').getByRole('status');
	await patient(status).toContainText('is among your downloads');
	const fingerprint = await status.locator('code').innerText();
	await expectClean(page, 'a report was downloaded');

	const context = await browser.newContext({ colorScheme: 'dark' });
	const { page: reader, told } = await offline(context);
	await reader.goto(pathToFileURL(path).href);
	await patient(reader.getByText('560 rows; the mean of price is 100.73.')).toBeVisible();
	await expect(reader.locator('html')).toHaveAttribute('data-theme', 'dark');
	const chart = reader.getByRole('slider', { name: 'Mean of price' });
	await chart.focus();
	await reader.keyboard.press('ArrowRight');
	await expect(chart).toHaveAttribute('aria-valuetext', /\d/);
	await chart.hover();
	await reader.getByRole('figure', { name: 'Mean of price' }).getByText('Rows and summary').click();
	await expect(reader.getByRole('region', { name: 'Rows of the chart' }).first()).toBeVisible();
	await reader.getByText('Where the numbers come from').click();
	await expect(reader.getByText(fingerprint)).toBeVisible();
	await expectClean(reader, 'a report file');
	await expect(reader.locator('html')).toHaveAttribute('data-theme', 'light');
	await reader.getByRole('button', { name: 'Switch between light and dark' }).click();
	await expect(reader.locator('html')).toHaveAttribute('data-theme', 'dark');
	await reader.setViewportSize({ width: 390, height: 844 });
	await expect.poll(() => reader.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
	expect(told).toEqual([]);
	await context.close();
});

/** As the site was built with them. */
function builtParts(): ReportFileParts {
	const assets = join(import.meta.dirname, '../../build/_app/immutable/assets');
	const name = readdirSync(assets).find((one) => /^report-file\..*\.json$/.test(one)) ?? '';
	return JSON.parse(readFileSync(join(assets, name), 'utf8')) as ReportFileParts;
}

function fileOf(bundle: Bundle, name: string, change = (text: string): string => text): string {
	const path = join(folder, name);
	const text = writeReportFile(builtParts(), { title: bundle.title ?? '', bundle: encodeBundle(bundle) });
	writeFileSync(path, change(text));
	return pathToFileURL(path).href;
}

test('a file whose every text is an attack is text: nothing leaves, no script runs, and it stays where it is', async ({
	browser
}) => {
	const context = await browser.newContext();
	const { page, told } = await offline(context);
	const href = fileOf(hostileBundle(), 'hostile.html');
	await page.goto(href);
	await patient(page.getByText(payload[0] ?? '', { exact: false }).first()).toBeVisible();
	await page.getByText('Where the numbers come from').click();
	await page.waitForTimeout(500);
	expect(page.url()).toBe(href);
	expect(told).toEqual([]);
	expect(await page.locator('main :is(script, iframe, object, embed, form, base, video, img)').count()).toBe(0);
	expect(await page.locator('script').count()).toBe(2);
	await context.close();
});

test('a file whose policy is all that is left lets no other script run and asks for nothing', async ({ page }) => {
	const hits: string[] = [];
	const sink = createServer((request, response) => {
		hits.push(request.url ?? '');
		response.end();
	});
	await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
	const { port } = sink.address() as AddressInfo;
	const url = `http://127.0.0.1:${port}`;
	const planted = [
		`<script>document.title = 'planted'; fetch('${url}/1')</script>`,
		`<img src="${url}/2" onerror="document.title = 'planted'"><iframe src="${url}/3"></iframe>`,
		`<style>body { background: url(${url}/4) }</style><link rel="stylesheet" href="${url}/5">`,
		`<form action="${url}/6"></form></body>`
	].join('\n');
	await page.goto(fileOf(hostileBundle(), 'planted.html', (text) => text.replace(/<\/body>(?!.*<\/body>)/s, planted)));
	await patient(page.getByRole('button', { name: 'Print…' })).toBeVisible();
	await page.evaluate(() => document.querySelector('form')?.submit());
	await page.waitForTimeout(500);
	expect(await page.title()).not.toBe('planted');
	expect(hits).toEqual([]);
	sink.close();
});

test('a file that was cut says so, and shows nothing of it', async ({ browser }) => {
	const context = await browser.newContext();
	const { page } = await offline(context);
	await page.goto(fileOf(hostileBundle(), 'cut.html', (text) => text.replace(/(id="bundle">[\w-]{200})[\w-]*/, '$1')));
	await patient(page.getByRole('alert')).toContainText('This is no report that can be shown');
	await context.close();
});

test('a printed report is light and whole: no controls, all rows of its tables, charts as wide as the paper, a foot', async ({
	browser
}) => {
	const rows = Array.from({ length: 320 }, (_, at) => at);
	const shown = shownOf(tableOf({ name: 'number', type: 'number', values: rows }), []);
	const table = { kind: 'table' as const, from: '', columns: null, order: [], limit: 1000, title: 'All of them' };
	const edition = {
		...madeEdition,
		title: "Rivers' week",
		blocks: [...madeEdition.blocks, { block: { ...table, span: 12 as const, place: chart.place }, shown }]
	};
	const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 390, height: 844 } });
	const { page, told } = await offline(context);
	await page.goto(
		fileOf(
			minimiseEdition(edition, () => hashes),
			'printed.html'
		)
	);
	await patient(page.getByRole('figure', { name: 'Readings a day' })).toBeVisible();
	const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
	expect(pdf.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length).toBeGreaterThan(5);
	await page.emulateMedia({ media: 'print' });
	await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
	await expect(page.getByRole('table').last().getByRole('row')).toHaveCount(321);
	await expect(page.getByRole('banner')).toBeHidden();
	const seen = await page.evaluate(() => ({
		ground: getComputedStyle(document.body).backgroundColor,
		foot: document.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join(' '),
		drawn: document.querySelector('figure svg.weir-plot')?.getAttribute('width')
	}));
	expect(seen).toMatchObject({ ground: 'rgb(255, 255, 255)', drawn: '688' });
	expect(seen.foot).toContain('week');
	expect(seen.foot).toContain('counter(page)');
	await page.evaluate(() => dispatchEvent(new Event('afterprint')));
	await page.emulateMedia({ media: 'screen' });
	await expect(page.getByRole('table').last().getByRole('row')).toHaveCount(201);
	expect(told).toEqual([]);
	await context.close();
});
