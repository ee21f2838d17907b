// Reports on the built page: the ready one, its text beside it, a dashboard whose charts and inputs filter one another; and nothing that axe finds.
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test('a person opens the ready report, mends its text, makes a dashboard and filters it', async ({
	scripted: page
}) => {
	test.setTimeout(180_000);
	await openWorkspace(page);
	await page.getByRole('link', { name: 'Reports' }).click();
	await patient(page.getByRole('heading', { name: /^From a query to a page/ })).toBeVisible();
	await expectClean(page, 'no reports');
	await page.getByRole('button', { name: /^Open a ready one/ }).click();
	const shown = page.getByRole('region', { name: 'The report' });
	await patient(shown.getByText('560 rows; the mean of price is 100.73.')).toBeVisible();
	await expect(shown.getByText(/^From stocks v1/)).toBeVisible();
	await patient(shown.getByRole('figure', { name: 'Mean of price' })).toBeVisible();
	await expectClean(page, 'a report');

	await page.getByRole('tab', { name: 'Both' }).click();
	const text = page.getByRole('textbox', { name: /as Markdown$/ });
	await text.click();
	await page.keyboard.press('Control+End');
	await page.keyboard.type('\n```metric\nfrom: stocks\nvalue: mox(price)\n');
	const problem = page.getByRole('list', { name: 'Problems' }).getByRole('button');
	await patient(problem).toHaveText(/mox\(price\).* is no measure.*Line \d+, column 8/);
	await expectClean(page, 'a text with a problem');
	await problem.click();
	await page.keyboard.press('Shift+End');
	await page.keyboard.type('max(price)');
	await patient(shown.getByText('Highest price')).toBeVisible();
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await patient(page.getByRole('status').filter({ hasText: /^v2$/ })).toBeVisible();
	await page.getByRole('button', { name: 'Undo', exact: true }).click();
	await patient(page.getByRole('status').filter({ hasText: /^v1$/ })).toBeVisible();
	await patient(shown.getByText('Highest price')).toHaveCount(0);
	await page.getByRole('button', { name: 'Redo', exact: true }).click();
	await patient(page.getByRole('status').filter({ hasText: /^v2$/ })).toBeVisible();
	await page.getByRole('button', { name: 'History of the text' }).click();
	const history = page.getByRole('dialog', { name: /^History of/ });
	await expect(history.getByRole('button', { name: /^v\d/ })).toHaveText([/^v2/, /^v1/]);
	await expectClean(page, 'the history of a text');
	await history.getByRole('button', { name: /^v1/ }).click();
	await expect(history.getByText('max(price)')).toHaveCount(0);
	await history.getByRole('button', { name: 'Restore v1' }).click();
	await patient(page.getByRole('status').filter({ hasText: 'v3' })).toBeVisible();
	await patient(shown.getByText('Highest price')).toHaveCount(0);

	await page.getByRole('button', { name: 'New report' }).click();
	await page.getByRole('menuitem', { name: 'From a dataset…' }).click();
	await page.getByRole('button', { name: /^Dashboard/ }).click();
	const rows = page.getByRole('definition').first();
	await patient(rows).toHaveText('560');
	await page.getByText('All', { exact: true }).first().click();
	await page.getByRole('checkbox', { name: /^IBM/ }).check();
	await patient(rows).toHaveText('123');
	await expectClean(page, 'a dashboard');

	const rendered = await page.evaluate(async () => {
		const { weir } = globalThis as unknown as WithWeir;
		const made = await weir.renderReport('stocks dashboard', { inputs: { choice1: ['GOOG', 'IBM'] } });
		const bad = await weir.renderReport('# A\n\n```chart\ntype: bar\nfrom: stock\nx: a\n```\n');
		const broken = await weir.checkReport('```chart\ntype: bar\n```\n');
		return {
			metric: made.ok ? made.value.blocks.find(({ block }) => block.kind === 'metric') : made,
			sources: made.ok ? made.value.sources.map(({ name, number }) => `${name} v${number}`) : made,
			bad: bad.ok ? bad.value.blocks[1] : bad,
			broken
		};
	});
	expect(rendered.metric).toMatchObject({
		shown: { ok: true, table: { columns: [{ name: 'value', values: [191] }] } }
	});
	expect(rendered.sources).toEqual(['stocks v1']);
	expect(rendered.bad).toMatchObject({ shown: { ok: false, failure: { kind: 'unknown-rows', nearest: 'stocks' } } });
	expect(rendered.broken).toMatchObject({ ok: false, error: { kind: 'invalid-report' } });
});

test('a person asks where a number comes from, changes a report by clicking, takes a proposed chart, and sees what a refresh changed', async ({
	scripted: page
}) => {
	test.setTimeout(180_000);
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as unknown as WithWeir;
		const rows =
			"SELECT range::INTEGER AS id, DATE '2026-01-01' + (range % 30)::INTEGER AS day, (range % 40)::DOUBLE AS price, ['Bern', 'Basel'][1 + range % 2] AS city FROM range(200)";
		await weir.save('sales', rows);
		const text =
			'# Sold\n\n```metric\nfrom: sales\nvalue: count()\n```\n\n```chart\ntype: bar\nfrom: sales\nx: city\ntitle: By city # kept\n```\n\n```sql bad\nSELECT *\nFROM sale\n```\n\n```table\nfrom: bad\n```\n';
		await weir.saveDocument('report', 'sold', text);
	});
	await page.getByRole('link', { name: 'Reports' }).click();
	await page
		.getByRole('link', { name: /^sold/ })
		.or(page.getByRole('button', { name: /^sold/ }))
		.first()
		.click();
	const shown = page.getByRole('region', { name: 'The report' });
	await patient(shown.getByText('Query bad, line 2, column 6')).toBeVisible();
	await expect(shown.locator('mark')).toHaveText('sale');

	await shown.getByRole('button', { name: '200, explain this number' }).click();
	const dialog = page.getByRole('dialog', { name: 'Explain: Rows' });
	await patient(dialog.getByRole('heading', { name: 'Made of 200 rows' })).toBeVisible();
	await expect(dialog.getByRole('link', { name: 'sales v1' })).toBeVisible();
	await expectClean(page, 'a number that is explained');
	await page.keyboard.press('Escape');
	const chart = shown.getByRole('slider', { name: 'By city' });
	await chart.focus();
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('heading', { name: 'Made of 100 rows' })).toBeVisible();
	await page.keyboard.press('Escape');

	await page.getByRole('button', { name: 'Change', exact: true }).click();
	await shown.getByRole('button', { name: 'Change the chart By city' }).click();
	await page.getByRole('menuitem', { name: 'Edit…' }).click();
	const form = page.getByRole('region', { name: 'Change the block' });
	await form.getByLabel('Title', { exact: true }).fill('Where');
	await form.getByLabel('Title', { exact: true }).press('Enter');
	await patient(shown.getByRole('slider', { name: 'Where' })).toBeVisible();
	await form.getByLabel('Limit', { exact: true }).fill('0');
	await form.getByLabel('Limit', { exact: true }).press('Enter');
	await patient(form.getByRole('alert')).toBeVisible();
	await expectClean(page, 'the form of a block');
	await form.getByRole('button', { name: 'Close the form' }).click();
	await shown.getByRole('button', { name: 'Change the table' }).click();
	await page.getByRole('menuitem', { name: 'Remove' }).click();
	await expect(shown.getByText('Query bad, line 2, column 6')).toHaveCount(0);
	await page.getByRole('button', { name: 'Change', exact: true }).click();

	await page.getByRole('button', { name: 'Add a chart…' }).click();
	const chooser = page.getByRole('dialog', { name: 'Choose a chart' });
	await chooser.getByRole('checkbox', { name: /^price/ }).check();
	await chooser.getByRole('checkbox', { name: /^day/ }).check();
	const take = chooser.getByRole('button', { name: /^Take this one.*: price over time$/ });
	await patient(take).toBeVisible();
	await expectClean(page, 'charts to choose from');
	await take.click();
	await patient(shown.getByRole('slider', { name: 'price over time' })).toBeVisible();

	await page.evaluate(async () => {
		const { weir } = globalThis as unknown as WithWeir;
		await weir.save('sales', 'SELECT * FROM sales WHERE id < 150', { replace: true });
	});
	await page.getByRole('button', { name: 'Refresh', exact: true }).click();
	const told = page.getByRole('region', { name: 'What the refresh changed' });
	await patient(told.getByText('v1 (200 rows) → v2 (150 rows)')).toBeVisible();
	await expect(told.getByText('200 → 150 (−50)')).toBeVisible();
	// It is back once all is drawn, and fades in under the mouse.
	await patient(page.getByRole('button', { name: 'Refresh', exact: true })).toBeVisible();
	await expectClean(page, 'what a refresh changed');
	await told.getByRole('button', { name: 'Dismiss' }).click();
	await expect(told).toHaveCount(0);

	await page.getByRole('button', { name: 'New report' }).click();
	await page.getByRole('menuitem', { name: 'From a dataset…' }).click();
	await expectClean(page, 'templates');
	await page.getByRole('button', { name: /^What changed between two versions/ }).click();
	await patient(shown.getByText('Rows removed')).toBeVisible();
	await patient(shown.getByRole('button', { name: '50, explain this number', exact: true })).toBeVisible();
	await expectClean(page, 'a diff report');
});
