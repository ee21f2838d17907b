// Ways from rows to a chart, and choices that redraw one: cells of the grid open the chart chooser, and inputs of a dashboard filter it, on the built page.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

const ROWS =
	"SELECT range::INTEGER AS id, DATE '2026-01-01' + (range % 30)::INTEGER AS day, (range % 40)::INTEGER AS price, ['Bern', 'Basel'][1 + range % 2] AS city FROM range(2000)";

async function save(page: Page): Promise<void> {
	await page.evaluate(async (rows) => {
		const { weir } = globalThis as unknown as WithWeir;
		await weir.save('sales', rows);
	}, ROWS);
}

test('selected cells of the grid become a chart by keyboard, by a button and by the menu of a column', async ({
	scripted: page
}) => {
	test.setTimeout(240_000);
	await openWorkspace(page);
	await save(page);
	await page
		.getByRole('button', { name: /^sales/ })
		.first()
		.click();
	const grid = page.getByRole('grid', { name: 'Rows of sales' });
	await patient(grid.getByRole('gridcell').first()).toBeVisible();
	await grid.focus();
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('Shift+ArrowRight');
	await page.keyboard.press('Shift+ArrowDown');
	await page.keyboard.press('Alt+c');
	const dialog = page.getByRole('dialog', { name: 'Choose a chart' });
	await patient(dialog.getByRole('checkbox', { name: /^price/ })).toBeChecked();
	await expect(dialog.getByRole('checkbox', { name: /^day/ })).toBeChecked();
	await expect(dialog.getByRole('checkbox', { name: /^city/ })).not.toBeChecked();
	await patient(dialog.getByRole('figure').first()).toBeVisible();
	await expectClean(page, 'charts of selected cells');
	await page.keyboard.press('Escape');
	await expect(dialog).toHaveCount(0);

	await page.getByRole('columnheader', { name: /^city/ }).click({ button: 'right' });
	await page.getByRole('menuitem', { name: 'Chart this column…' }).click();
	await patient(dialog.getByRole('checkbox', { name: /^city/ })).toBeChecked();
	await expect(dialog.getByRole('checkbox', { name: /^day/ })).not.toBeChecked();
	await page.keyboard.press('Escape');

	await page.keyboard.press('Alt+n');
	await page.getByRole('textbox', { name: /SQL/ }).click();
	await page.keyboard.type('SELECT city, price FROM sales WHERE price > 20;');
	await page.keyboard.press('Control+Enter');
	await patient(page.getByRole('grid').getByRole('gridcell').first()).toBeVisible();
	await page.getByRole('button', { name: 'Chart', exact: true }).click();
	await patient(dialog.getByRole('figure').first()).toBeVisible();
	await dialog
		.getByRole('button', { name: /^Take this one/ })
		.first()
		.click();
	await patient(page).toHaveURL(/\/reports\?report=result(%20|\+)charts/);
	await patient(page.getByRole('region', { name: 'The report' }).getByRole('figure')).toBeVisible();
	const text = await page.evaluate(async () => {
		const { weir } = globalThis as unknown as WithWeir;
		const found = await weir.document('report', 'result charts');
		return found.ok ? found.value.text : found;
	});
	expect(text).toMatch(/```sql result\nSELECT city, price FROM sales WHERE price > 20\n```[^]*```chart\n/);
});

test('what is chosen in an input is answered as the engine answers it, and after the first time without it', async ({
	scripted: page
}) => {
	test.setTimeout(240_000);
	await openWorkspace(page);
	await save(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as unknown as WithWeir;
		const input = (name: string, type: string, column: string): string =>
			`\`\`\`input ${name}\ntype: ${type}\nfrom: sales\ncolumn: ${column}\nlabel: ${name}\n\`\`\`\n`;
		await weir.saveDocument(
			'report',
			'choices',
			[
				'---\nlayout: dashboard\n---\n',
				input('Where', 'select', 'city'),
				input('Much', 'range', 'price'),
				input('When', 'date', 'day'),
				input('Town', 'search', 'city'),
				'```metric\nfrom: sales\nvalue: count()\n```\n',
				'```chart\ntype: bar\nfrom: sales\nx: city\ntitle: By city\n```\n'
			].join('\n')
		);
	});
	await page.getByRole('link', { name: 'Reports' }).click();
	await page.getByRole('button', { name: /^choices/ }).click();
	const rows = page.getByRole('definition').first();
	await patient(rows).toHaveText('2,000');
	const from = page.getByRole('spinbutton', { name: 'Much, from' });
	await from.fill('20');
	await from.press('Tab');
	await patient(rows).toHaveText('1,000');
	await patient(page.getByRole('progressbar')).toHaveCount(0);
	await from.fill('30');
	await from.press('Tab');
	await patient(rows).toHaveText('500');
	await from.fill('');
	await from.press('Tab');
	await patient(rows).toHaveText('2,000');

	await page.getByLabel('Where').selectOption('Bern');
	await patient(rows).toHaveText('1,000');
	await page.getByLabel('When, from').fill('2026-01-30');
	await page.getByLabel('When, from').press('Tab');
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as unknown as WithWeir;
		const inputs = { Where: 'Bern', When: { from: '2026-01-30', to: null } };
		const rendered = await weir.renderReport('choices', { inputs });
		const metric = rendered.ok ? rendered.value.blocks.find(({ block }) => block.kind === 'metric') : null;
		return metric && 'shown' in metric && metric.shown.ok ? metric.shown.table.columns[0]?.values[0] : rendered;
	});
	await patient(rows).toHaveText(JSON.stringify(told));
	await page.getByLabel('When, from').fill('');
	await page.getByLabel('When, from').press('Tab');
	await page.getByLabel('Where').selectOption('');
	await patient(rows).toHaveText('2,000');
	const town = page.getByLabel('Town');
	await town.pressSequentially('bA');
	await patient(rows).toHaveText('1,000');
	await town.pressSequentially('x');
	await patient(rows).toHaveText('0');
	await town.fill('');
	await patient(rows).toHaveText('2,000');
	await expectClean(page, 'a dashboard whose inputs were used');
});
