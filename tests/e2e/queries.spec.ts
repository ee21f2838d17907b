// Named queries on the built page: the ready one, asked twice, mended by form and text; a script that pages and streams; and nothing that axe finds.
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test('a person asks the ready query, changes it, and what is kept goes with a new version', async ({
	scripted: page
}) => {
	test.setTimeout(180_000);
	await openWorkspace(page);
	await page.keyboard.press('Control+k');
	await page.keyboard.type('named queries');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('heading', { name: /^A question that is asked/ })).toBeVisible();
	await expectClean(page, 'no queries');
	await page.getByRole('button', { name: /^Open a ready one/ }).click();
	const answer = page.getByRole('region', { name: 'Answer' });
	await patient(answer.getByText('193 rows × 4')).toBeVisible();
	await page.getByRole('button', { name: 'Ask', exact: true }).click();
	await patient(answer.getByText(/^Kept from/)).toBeVisible();
	await expectClean(page, 'an answer');

	await page.getByRole('textbox', { name: /^warmer_than/ }).fill('99');
	await page.getByRole('textbox', { name: /^warmer_than/ }).press('Enter');
	await patient(page.getByRole('alert')).toContainText('warmer_than cannot be “99”');
	await page.getByRole('textbox', { name: /^warmer_than/ }).fill('30');
	await page.getByRole('checkbox', { name: 'drizzle' }).uncheck();
	await page.getByRole('button', { name: 'Ask', exact: true }).click();
	await patient(answer.getByText(/^\d\d rows × 4$/)).toBeVisible();

	await page.getByRole('tab', { name: 'Form' }).click();
	await expectClean(page, 'the form of a query');
	await page.getByRole('textbox', { name: 'What it answers' }).fill('Hot days');
	await page.getByRole('textbox', { name: 'What it answers' }).blur();
	await page.getByRole('tab', { name: 'YAML' }).click();
	await expect(page.getByRole('textbox', { name: /as YAML$/ })).toContainText('description: Hot days');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await patient(page.getByRole('status').getByText('v2')).toBeVisible();
	await page.getByRole('tab', { name: 'Publish' }).click();
	const publish = page.getByRole('region', { name: 'Publish warm days' });
	await patient(publish.getByText(/^Everybody can ask it of seattle_weather/)).toBeVisible();
	await patient(publish.getByText(/^Sync is off/)).toBeVisible();
	await expectClean(page, 'a query that could be published');
	await page.getByRole('tab', { name: 'Kept rows' }).click();
	await patient(page.getByRole('region', { name: 'Kept rows' })).toContainText('Kept results 2');
	await expectClean(page, 'what is kept');

	const told = await page.evaluate(async () => {
		const { weir } = window as unknown as WithWeir;
		const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
			if (!result.ok) throw new Error(JSON.stringify(result));
			return result.value;
		};
		const first = value(await weir.pageQuery('warm days', {}, { pageRows: 100 }));
		const cursor = first.next ?? '';
		const second = value(await weir.pageQuery('warm days', {}, { pageRows: 100, cursor }));
		let streamed = 0;
		for await (const { rows } of value(await weir.streamQuery('warm days', {}, { batchRows: 50 })))
			streamed += rows.length;
		value(await weir.sql("DELETE FROM seattle_weather WHERE weather = 'drizzle'"));
		const outdated = await weir.pageQuery('warm days', {}, { pageRows: 100, cursor });
		const fresh = value(await weir.askQuery('warm days'));
		const list = await weir.askQuery('warm days', { kinds: ["'; DROP TABLE x"] });
		return {
			pages: [first.rows.length, second.rows.length, second.next, first.isFromCache],
			streamed,
			outdated: outdated.ok || outdated.error.kind,
			fresh: [fresh.isFromCache, fresh.rowCount < 193],
			list: list.ok || list.error.kind
		};
	});
	expect(told).toEqual({
		pages: [100, 93, null, true],
		streamed: 193,
		outdated: 'page-outdated',
		fresh: [false, true],
		list: 'invalid-arguments'
	});
});
