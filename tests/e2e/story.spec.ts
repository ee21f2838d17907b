// The whole path in the page: a messy file in, a question, an answer kept and taken away, and all of it again offline.
import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import {
	chooseAction,
	expectRow,
	expectRows,
	importFile,
	openWorkspace,
	patient,
	row,
	runQuery,
	test,
	untilControlled,
	untilReady,
	type WithWeir
} from './workspace.ts';

test.use({ viewport: { width: 1280, height: 800 }, actionTimeout: 20_000 });

/** BOM, preamble, semicolons, decimal commas, a formula, and a row with two cells too many. */
const messy = [
	'\uFEFFSales of the quarter',
	'Made by Ledger 3',
	'',
	'id;product;price;day',
	'1;Äpfel;1,50;2024-01-02',
	'2;=SUM(A1:A9);20,25;2024-01-03',
	'3;"Brot; dunkel";4,75;2024-01-04',
	'4;broken;1,00;2024-01-05;too;many',
	'5;Käse;10,00;2024-01-06',
	''
].join('\r\n');

/** Lets go of a file over the page, as a person does. */
async function drop(page: Page, name: string, text: string): Promise<void> {
	await page.evaluate(
		({ name, text }) => {
			const dataTransfer = new DataTransfer();
			dataTransfer.items.add(new File([text], name));
			for (const type of ['dragenter', 'dragover', 'drop'])
				document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
		},
		{ name, text }
	);
}

const dataset = (page: Page, name: string) =>
	page.getByRole('navigation', { name: 'Catalogue' }).getByRole('button', { name: `Actions for ${name}`, exact: true });

test('a messy file becomes an answer that is kept, taken away, undone, and there again offline', async ({
	virgin: page
}) => {
	test.setTimeout(240_000);
	const errors: string[] = [];
	let askedTitle = '';
	page.on('pageerror', (error) => errors.push(error.message));
	// Without the picker an export is a download, which a test can read.
	await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
	await openWorkspace(page);

	await test.step('the preview shows what was guessed, and follows a correction', async () => {
		await drop(page, 'sales.csv', messy);
		const dialog = page.getByRole('dialog', { name: 'Import sales.csv' });
		const preview = dialog.getByRole('region', { name: 'Preview of the rows' });
		await patient(preview).toBeVisible();
		await expect(dialog.getByLabel('Dataset name')).toHaveValue('sales');
		await expect(dialog.getByLabel('Delimiter')).toHaveValue(';');
		await expect(dialog.getByLabel('Decimal')).toHaveValue(',');
		await expect(dialog.getByLabel('Encoding')).toHaveValue('utf-8');
		await expect(dialog.getByLabel('Skip lines')).toHaveValue('3');
		await expect(dialog.getByLabel('First row is the header')).toBeChecked();
		await expect(dialog.getByLabel('Type of price')).toHaveValue('DOUBLE');
		await expect(dialog.getByLabel('Type of day')).toHaveValue('DATE');
		await expect(preview.locator('tbody tr').first().locator('td')).toHaveText(['1', 'Äpfel', '1,50', '2024-01-02']);
		await expect(preview.locator('tbody tr')).toHaveCount(4);
		await expect(dialog.getByRole('heading', { name: '1 row will not fit' })).toBeVisible();
		await expect(dialog.getByText('4;broken;1,00;2024-01-05;too;many')).toBeVisible();

		await dialog.getByLabel('Delimiter').selectOption(',');
		await patient(dialog.getByLabel('Type of product')).toBeHidden();
		await dialog.getByLabel('Delimiter').selectOption(';');
		await patient(dialog.getByLabel('Type of product')).toBeVisible();
		await dialog.getByLabel('Type of price').selectOption('DECIMAL(18,2)');
		await dialog.getByLabel('Name of product').fill('item');
		await dialog.getByLabel('Name of product').press('Tab');
		await patient(dialog.getByLabel('Type of item')).toBeVisible();
		await dialog.getByRole('button', { name: 'Import', exact: true }).click();
		await patient(dialog).toBeHidden();
	});

	await test.step('the rows are in the grid, and the one that did not fit beside them', async () => {
		const notes = page.getByRole('status', { name: 'Notes' });
		// Pointed at, it stays for as long as this takes.
		await notes.getByText('sales: 4 rows, 1 did not fit').hover();
		await expectRows(page, 4);
		await expectRow(page, 1, ['1', 'Äpfel', '1.50', '2024-01-02']);
		await expectRow(page, 3, ['3', 'Brot; dunkel', '4.75', '2024-01-04']);
		await notes.getByRole('button', { name: 'Show them' }).click();
		await expectRows(page, 1);
		await patient(row(page, 1)).toContainText('6 cells, 4 expected');
		await runQuery(page, 'select line, text from sales@rejects');
		await expectRows(page, 1);
		await expectRow(page, 1, ['8', '4;broken;1,00;2024-01-05;too;many']);
	});

	await test.step('a question is answered, and the answer kept as a dataset', async () => {
		await runQuery(page, "select item, price * 2 as twice from sales where day > '2024-01-02' order by price");
		await expectRows(page, 3);
		await expectRow(page, 1, ['Brot; dunkel', '9.50']);
		askedTitle = await page.getByRole('tab', { selected: true }).innerText();
		await page.getByRole('button', { name: 'Save as dataset' }).click();
		const dialog = page.getByRole('dialog', { name: 'Save the result as a dataset' });
		await dialog.getByLabel('Name').fill('doubled');
		await dialog.getByRole('button', { name: 'Save', exact: true }).click();
		await patient(dialog).toBeHidden();
		await expectRows(page, 3);
		await expect(page.getByRole('heading', { name: 'doubled', level: 1 })).toBeVisible();
		await expect(page.getByText('select item, price * 2 as twice')).toBeVisible();
	});

	await test.step('it leaves as a file that no spreadsheet runs', async () => {
		await page.getByRole('region', { name: 'Results' }).getByRole('button', { name: 'Export' }).click();
		const dialog = page.getByRole('dialog', { name: 'Export doubled' });
		await expect(dialog.getByRole('radio', { name: 'CSV', exact: false }).first()).toBeChecked();
		await expect(dialog.getByText('Saved as a download')).toBeVisible();
		const [download] = await Promise.all([
			page.waitForEvent('download', { timeout: 20_000 }),
			dialog.getByRole('button', { name: 'Export', exact: true }).click()
		]);
		expect(download.suggestedFilename()).toBe('doubled.csv');
		const text = await readFile(await download.path(), 'utf8');
		expect(text).toBe("item,twice\nBrot; dunkel,9.50\nKäse,20.00\n'=SUM(A1:A9),40.50\n");
	});

	await test.step('it is renamed, removed, and brought back', async () => {
		await chooseAction(page, 'doubled', 'Rename…');
		const dialog = page.getByRole('dialog', { name: 'Rename doubled' });
		await dialog.getByLabel('New name').fill('twice');
		await dialog.getByRole('button', { name: 'Rename', exact: true }).click();
		await patient(dataset(page, 'twice')).toBeVisible();
		await expect(dataset(page, 'doubled')).toBeHidden();
		await chooseAction(page, 'twice', 'Remove');
		await patient(dataset(page, 'twice')).toBeHidden();
		await page.getByRole('button', { name: 'Undo remove twice' }).click();
		await patient(dataset(page, 'twice')).toBeVisible();
	});

	const tabs = page.getByRole('tab');
	const titles = await tabs.allInnerTexts();
	await test.step('after a reload all of it is there', async () => {
		expect(titles.length).toBeGreaterThanOrEqual(3);
		await page.reload();
		await untilReady(page);
		await patient(dataset(page, 'sales')).toBeVisible();
		await patient(dataset(page, 'twice')).toBeVisible();
		await patient(tabs).toHaveText(titles);
		await tabs.filter({ hasText: askedTitle }).click();
		await patient(page.getByRole('textbox', { name: /^SQL of / })).toContainText('price * 2 as twice');
		await runQuery(page, 'select sum(twice) as sum from twice');
		await expectRow(page, 1, ['70.00']);
	});

	await test.step('without a network all of it works', async () => {
		await untilControlled(page);
		await page.context().setOffline(true);
		await page.reload();
		await untilReady(page);
		await patient(page.getByText('Offline', { exact: true })).toBeVisible();
		await patient(dataset(page, 'twice')).toBeVisible();
		await runQuery(page, 'select count(*) as n from sales');
		await expectRow(page, 1, ['4']);
		await runQuery(page, "select timezone('Europe/Berlin', timestamptz '2024-07-01 12:00:00+00') as there");
		await patient(row(page, 1).getByRole('gridcell')).toContainText('2024-07-01 14:00:00');

		const parquet = await page.evaluate(async () => {
			const exported = await (globalThis as never as WithWeir).weir.export('sales', 'parquet');
			if (!exported.ok) throw new Error(exported.error.kind);
			return [...new Uint8Array(await exported.value.arrayBuffer())];
		});
		await importFile(page, {
			name: 'again.parquet',
			mimeType: 'application/octet-stream',
			buffer: Buffer.from(parquet)
		});
		await patient(page.getByRole('heading', { name: 'again', level: 1 })).toBeVisible();
		await expectRows(page, 4);
		await expectRow(page, 2, ['2', '=SUM(A1:A9)', '20.25', '2024-01-03']);
		await importFile(page, {
			name: 'people.json',
			mimeType: 'application/json',
			buffer: Buffer.from('[{"name":"Ada","born":1815},{"name":"Grace","born":1906}]')
		});
		await patient(page.getByRole('heading', { name: 'people', level: 1 })).toBeVisible();
		await expectRows(page, 2);
		await expectRow(page, 2, ['Grace', '1906']);

		const examples = [
			['Connect an API, page by page', () => page.getByText('1,461 rows from 4 pages')],
			['A question asked again, with other values', () => page.getByRole('columnheader', { name: /^temp_max/ })]
		] as const;
		for (const [title, seen] of examples) {
			await page.goto('/examples');
			await page.getByRole('button', { name: `Open ${title}`, exact: true }).click();
			await patient(seen()).toBeVisible();
		}
	});
	expect(errors).toEqual([]);
});
