// What Weir can do: every example opens in a click, where it is looked at.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { follow, patient, test } from './workspace.ts';

/** By its title: what is seen when it has opened. */
const seen: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
	'Connect an API, page by page': (page) => patient(page.getByText('1,461 rows from 4 pages')).toBeVisible(),
	'Bring a messy table in': (page) => patient(page.getByRole('tab', { name: 'movies' })).toBeVisible(),
	'A moving average for each company': (page) =>
		patient(page.getByRole('columnheader', { name: /^moving_average/ })).toBeVisible(),
	'Branch on quality, fan out, try again': (page) => patient(page.getByText('rain_by_year').first()).toBeVisible(),
	'A question asked again, with other values': (page) =>
		patient(page.getByRole('columnheader', { name: /^temp_max/ })).toBeVisible(),
	'Where a number comes from': (page) => patient(page.getByRole('button', { name: 'Open rain_by_year' })).toBeVisible(),
	'What changed between two versions': (page) =>
		patient(page.getByRole('dialog', { name: 'Compare versions' })).toContainText('1,461 changed'),
	'Learn which bird strikes do damage': (page) =>
		patient(page.getByLabel('Name of the model')).toHaveValue('bird damage'),
	'A report of a metric, in two sections': (page) =>
		patient(page.getByText(/^1,461 days: the warmest reached 35.6 °C/)).toBeVisible(),
	'Be told when the data stops being right': (page) => patient(page.getByText('1 of 3 columns drifted')).toBeVisible(),
	'Fail, try again, go on from there': (page) =>
		patient(page.getByRole('button', { name: /^prices failed · attempt 3 / })).toBeVisible()
};

test('every example opens in a click, where it is looked at', async ({ scripted: page }) => {
	test.setTimeout(180_000);
	await follow(page, '/examples');
	const opening = page.getByRole('list').getByRole('button', { name: /^Open / });
	// The one of three million rows is opened by hand: its rows are those of other tests.
	await expect(opening).toHaveCount(Object.keys(seen).length + 1);
	await expectClean(page, 'what Weir can do');
	for (const [title, isSeen] of Object.entries(seen)) {
		await follow(page, '/examples');
		await page.getByRole('button', { name: `Open ${title}`, exact: true }).click();
		await page.waitForURL(({ pathname }) => pathname !== '/examples');
		await isSeen(page);
		// What it opened over the page goes.
		await page.keyboard.press('Escape');
	}
});
