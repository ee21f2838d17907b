// A dashboard whose readers can filter it: the sharer says so, a reader marks a part of a chart in a file, without a network, and the rest follows.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@playwright/test';
import { fromBase64Url } from '#core/base64url.ts';
import { decodeBundle } from '#core/share/bundle-bytes.ts';
import { openFilter, wholeBlocks } from '#core/share/shared-filter.ts';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ actionTimeout: 20_000 });

const folder = mkdtempSync(join(tmpdir(), 'weir-share-filter-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const REPORT = [
	'---\ntitle: Trades\nlayout: dashboard\n---',
	'```metric\nfrom: trades\nvalue: count()\nlabel: Trades\n```',
	'```metric\nfrom: trades\nvalue: avg(price)\nlabel: Mean price\n```',
	'```chart\ntype: histogram\nfrom: trades\nx: price\nbins: 10\ntitle: Prices\n```',
	'```chart\ntype: bar\nfrom: trades\nx: city\ny: sum(price)\ntitle: Cities\n```',
	'```table\nfrom: trades\nlimit: 5\ntitle: Newest\n```'
].join('\n\n');

test('a reader filters a file by what they mark in a chart, by keyboard, and sees what is not filtered', async ({
	page,
	browser
}) => {
	await openWorkspace(page);
	await page.evaluate(async (text) => {
		const { weir } = globalThis as never as WithWeir;
		const rows = Array.from({ length: 100 }, (_, at) => `${at},${['Oslo', 'Bergen', 'Tromsø'][at % 3]},secret${at}`);
		const file = new File([`price,city,who\n${rows.join('\n')}\n`], 'trades.csv');
		const ingested = await weir.ingest(file, { name: 'trades' });
		const saved = await weir.saveDocument('report', 'trades board', text);
		if (!ingested.ok || !saved.ok) throw new Error('not kept');
	}, REPORT);
	await page.goto('/reports?report=trades%20board');
	await patient(page.getByRole('figure', { name: 'Cities' })).toBeVisible();
	await page.getByRole('button', { name: 'Share…' }).click();
	await page.getByRole('checkbox', { name: 'Readers can filter by what they mark in a chart' }).check();
	await expect(page.getByText(/Then it holds more than is shown/)).toBeVisible();
	await expectClean(page, 'a share that can be filtered');
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download as HTML' }).click();
	const path = join(folder, 'trades.html');
	await (await downloading).saveAs(path);

	const bytes = fromBase64Url(/id="bundle">([\w-]+)</.exec(readFileSync(path, 'utf8'))?.[1] ?? '');
	const bundle = bytes && decodeBundle(bytes);
	if (!bundle?.ok) throw new Error('no bundle');
	const { filters = [], blocks } = bundle.value;
	expect(filters.map(({ at }) => at)).toEqual([2, 3]);
	// Added up whole, it says what is shown.
	for (const filter of filters) expect(wholeBlocks(openFilter(filter), blocks)).toEqual(blocks);
	// The table shows five rows: no other row is in it.
	expect(JSON.stringify(bundle.value).match(/secret\d+/g)).toHaveLength(5);

	const context = await browser.newContext();
	await context.setOffline(true);
	const reader = await context.newPage();
	await reader.goto(pathToFileURL(path).href);
	const metric = (name: string) => reader.locator('dl', { hasText: name }).locator('.value');
	await patient(metric('Trades')).toHaveText('100');
	await expect(metric('Mean price')).toHaveText('49.5');
	const chart = reader.getByRole('slider', { name: 'Prices' });
	await chart.focus();
	await reader.keyboard.press('Home');
	await reader.keyboard.press('Shift+ArrowRight');
	await reader.keyboard.press('Shift+ArrowRight');
	const status = reader.getByRole('status');
	await expect(status).toContainText('Filtered by what is marked in Prices.');
	await expect(metric('Trades')).toHaveText(/^[1-4]\d$/);
	await expect(metric('Mean price')).not.toHaveText('49.5');
	await expect(reader.getByText('Of all rows: what is marked does not filter it.')).toHaveCount(1);
	await expectClean(reader, 'a filtered file');
	await status.getByRole('button', { name: 'Show everything' }).click();
	await expect(metric('Trades')).toHaveText('100');
	await reader.getByRole('slider', { name: 'Cities' }).focus();
	await reader.keyboard.press('Home');
	await reader.keyboard.press('Shift+Home');
	await expect(status).toContainText('Filtered by what is marked in Cities.');
	await expect(metric('Trades')).toHaveText(/^3[34]$/);
	await context.close();
});
