// A dashboard whose readers can filter it: the sharer says so, a reader marks and chooses in a file, without a network, and the rest follows.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@playwright/test';
import { fromBase64Url } from '#core/base64url.ts';
import { decodeBundle } from '#core/share/bundle-bytes.ts';
import { openFilters, wholeBlocks } from '#core/share/filtered-blocks.ts';
import { expectClean } from './clean.ts';
import { follow, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ actionTimeout: 20_000 });

const folder = mkdtempSync(join(tmpdir(), 'weir-share-filter-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const REPORT = [
	'---\ntitle: Trades\nlayout: dashboard\n---',
	'```input town\ntype: select\nfrom: trades\ncolumn: city\nlabel: Town\n```',
	'```input day\ntype: date\nfrom: trades\ncolumn: day\nlabel: Day\n```',
	'```input who\ntype: search\nfrom: trades\ncolumn: who\nlabel: Who\n```',
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
		const rows = Array.from(
			{ length: 300 },
			(_, at) => `${at % 100},${['Oslo', 'Bergen', 'Tromsø'][at % 3]},secret${at},2024-01-${10 + (at % 10)}`
		);
		const file = new File([`price,city,who,day\n${rows.join('\n')}\n`], 'trades.csv');
		const ingested = await weir.ingest(file, { name: 'trades' });
		const saved = await weir.saveDocument('report', 'trades board', text);
		if (!ingested.ok || !saved.ok) throw new Error('not kept');
	}, REPORT);
	await follow(page, '/reports?report=trades%20board');
	await patient(page.getByRole('figure', { name: 'Cities' })).toBeVisible();
	await page.getByRole('button', { name: 'Share…' }).click();
	await page.getByRole('checkbox', { name: /^Readers can filter/ }).check();
	await expect(page.getByText(/Then it holds more than is shown/)).toBeVisible();
	await expectClean(page, 'a share that can be filtered');
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download as HTML' }).click();
	const path = join(folder, 'trades.html');
	await (await downloading).saveAs(path);

	const bytes = fromBase64Url(/id="bundle">([\w-]+)</.exec(readFileSync(path, 'utf8'))?.[1] ?? '');
	const bundle = bytes && decodeBundle(bytes);
	if (!bundle?.ok) throw new Error('no bundle');
	const { filters, blocks } = bundle.value;
	if (!filters) throw new Error('no filters');
	// Names of 300 are too many to choose from.
	expect(filters.sources.map(({ at }) => at)).toEqual([0, 1, 5, 6]);
	// Added up whole, it says what is shown.
	expect(wholeBlocks(openFilters(filters), blocks)).toEqual(blocks);
	// The table shows five rows: no other row is in it.
	expect(JSON.stringify(bundle.value).match(/secret\d+/g)).toHaveLength(5);

	const context = await browser.newContext();
	await context.setOffline(true);
	const reader = await context.newPage();
	await reader.goto(pathToFileURL(path).href);
	const metric = (name: string) => reader.locator('dl', { hasText: name }).locator('.value');
	await patient(metric('Trades')).toHaveText('300');
	await expect(metric('Mean price')).toHaveText('49.5');
	const chart = reader.getByRole('slider', { name: 'Prices' });
	await chart.focus();
	await reader.keyboard.press('Home');
	await reader.keyboard.press('Shift+ArrowRight');
	await reader.keyboard.press('Shift+ArrowRight');
	const status = reader.getByRole('status');
	await expect(status).toContainText('Filtered by Prices.');
	await expect(metric('Trades')).toHaveText(/^[1-9]\d$/);
	await expect(metric('Mean price')).not.toHaveText('49.5');
	await expect(reader.getByText('As it was shared: what is marked does not filter it.')).toHaveCount(1);
	await expect(reader.getByText('As it was chosen by whoever shared this')).toHaveCount(1);
	await expect(reader.getByLabel('Who')).toBeDisabled();
	await expectClean(reader, 'a filtered file');
	await status.getByRole('button', { name: 'Show everything' }).click();
	await expect(metric('Trades')).toHaveText('300');
	await reader.getByRole('slider', { name: 'Cities' }).focus();
	await reader.keyboard.press('Home');
	await reader.keyboard.press('Shift+Home');
	await expect(status).toContainText('Filtered by Cities.');
	await expect(metric('Trades')).toHaveText('100');

	// What is chosen holds beside what is marked.
	await reader.getByLabel('Day, from').fill('2024-01-11');
	await reader.getByLabel('Day, to').fill('2024-01-12');
	await reader.getByLabel('Day, to').press('Tab');
	await expect(status).toContainText('Filtered by Cities and Day.');
	await expect(metric('Trades')).toHaveText('20');
	await chart.focus();
	await reader.keyboard.press('Home');
	await reader.keyboard.press('Shift+End');
	await expect(status).toContainText(/what was marked in\s+Cities was taken away/);
	await status.getByRole('button', { name: 'Show everything' }).click();
	await expect(metric('Trades')).toHaveText('300');
	await expect(reader.getByLabel('Day, from')).toHaveValue('');
	await reader.getByLabel('Town').selectOption('Oslo');
	await expect(metric('Trades')).toHaveText('100');
	await expect(reader.getByRole('slider', { name: 'Cities' })).toBeVisible();
	await expectClean(reader, 'a file that something is chosen in');
	await context.close();
});
