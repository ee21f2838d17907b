// No rule of WCAG 2.2 A and AA, nor axe's best practices, is broken in any state a person meets, in light and in dark.
import { expect, type Page } from '@playwright/test';
import { sqliteBytes } from '../made-sqlite.ts';
import { expectClean } from './clean.ts';
import { expectRows, follow, patient, runQuery, test, type WithWeir } from './workspace.ts';

async function withSales(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const text = 'id;product;price\n1;apples;1,50\n2;bread;20,25\n3;broken;1;too;many\n4;;10,00\n5;figs;2,00\n';
		const ingested = await weir.ingest(new Blob([text]), { name: 'sales' });
		if (!ingested.ok) throw new Error(ingested.error.kind);
	});
	await patient(page.getByRole('button', { name: 'Actions for sales' })).toBeVisible();
}

test.use({ viewport: { width: 1280, height: 800 } });
test.setTimeout(180_000);
test.use({ actionTimeout: 20_000 });

test('the workspace, its dialogs, and its failures', async ({ scripted: page }) => {
	await patient(page.getByRole('heading', { level: 1 })).toBeVisible();
	await expectClean(page, 'empty');
	await withSales(page);
	await page.getByRole('button', { name: /^sales/ }).click();
	await expectRows(page, 4);

	await runQuery(page, 'select * from sales order by price');
	await expectRows(page, 4);
	await expectClean(page, 'a query with its result');
	await page.getByRole('button', { name: 'Export', exact: true }).click();
	await expect(page.getByRole('dialog', { name: /^Export/ })).toBeVisible();
	await expectClean(page, 'export');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Save as dataset' }).click();
	await expect(page.getByRole('dialog', { name: /^Save/ })).toBeVisible();
	await expectClean(page, 'save');
	await page.keyboard.press('Escape');

	await page.getByRole('button', { name: /^sales/ }).click();
	await patient(page.getByRole('heading', { name: 'sales', level: 1 })).toBeVisible();
	await expectRows(page, 4);
	await expectClean(page, 'a dataset');
	await page.getByRole('button', { name: 'History of sales' }).click();
	await expect(page.getByRole('listbox', { name: /^Versions of sales/ })).toBeVisible();
	await expectClean(page, 'the history of a dataset');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Menu of price' }).click();
	await expect(page.getByRole('menu', { name: 'Column price' })).toBeVisible();
	await expectClean(page, "a column's menu");
	await page.keyboard.press('Escape');

	await runQuery(page, 'select nope from sales');
	await patient(page.getByRole('alert')).toBeVisible();
	await expectClean(page, 'a failed query');

	await page.keyboard.press('Control+k');
	await expect(page.getByRole('dialog', { name: 'Search or run a command' })).toBeVisible();
	await expectClean(page, 'palette');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Settings and storage' }).click();
	await expect(page.getByRole('dialog', { name: 'Settings and storage' })).toBeVisible();
	await expectClean(page, 'settings');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: / used$/ }).click();
	const storage = page.getByRole('dialog', { name: 'Storage' });
	await patient(storage.getByRole('row', { name: /sales/ })).toBeVisible();
	await storage.getByRole('button', { name: 'Old versions…' }).click();
	await expectClean(page, 'storage');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Keyboard shortcuts and help' }).click();
	await expect(page.getByRole('dialog', { name: /shortcuts/i })).toBeVisible();
	await expectClean(page, 'shortcuts');
	await page.keyboard.press('Escape');

	const text = 'id;name\n1;Ada\n2;Grace\n3;Mary;one too many\n4;Joan\n5;Jean\n6;Fran\n7;Kay\n8;Betty\n';
	await page
		.getByLabel('Files to import')
		.setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
	await patient(page.getByRole('region', { name: 'Preview of the rows' })).toBeVisible();
	await expectClean(page, 'import');
	await page.keyboard.press('Escape');
	const cut = Buffer.from(sqliteBytes('CREATE TABLE t (a)').slice(0, 4096));
	await page.getByLabel('Files to import').setInputFiles({ name: 'shop.db', mimeType: '', buffer: cut });
	const failed = page.getByRole('dialog', { name: 'Import shop.db' });
	await patient(failed.getByText('shop.db could not be read as SQLite')).toBeVisible();
	await expect(failed.getByLabel('Format')).toHaveValue('sqlite');
	await expectClean(page, 'an import of what cannot be read');
});

test('a narrow screen with the catalogue open', async ({ scripted: page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await expectClean(page, 'empty and narrow');
	await page.getByRole('button', { name: 'Catalogue', exact: true }).click();
	await expect(page.getByRole('navigation', { name: 'Catalogue' })).toBeVisible();
	await expectClean(page, 'the open catalogue');
	await follow(page, '/pipelines');
	await expectClean(page, 'no pipelines, narrow');
	await page.getByRole('button', { name: 'Pages', exact: true }).press('Enter');
	await expect(page.getByRole('menuitem', { name: 'Sources' })).toBeFocused();
	await expectClean(page, 'the menu of pages');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('heading', { name: 'Sources', level: 1 })).toBeVisible();
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('the pages about the console and the HTTP API', async ({ scripted: page }) => {
	await follow(page, '/console');
	await patient(page.getByRole('heading', { level: 1 })).toBeVisible();
	await expectClean(page, 'console');
	await follow(page, '/http-api');
	await patient(page.getByRole('heading', { name: 'The HTTP API' })).toBeVisible();
	await expectClean(page, 'HTTP API');
});
