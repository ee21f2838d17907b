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
	await patient(page.getByRole('status').filter({ hasText: 'v2' })).toBeVisible();

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
