// The quality of one dataset as a person meets it: statistics, drift from a baseline, metrics over versions, unusual rows.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { expectRows, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ viewport: { width: 1280, height: 800 } });
test.setTimeout(180_000);

async function run(page: Page, sql: string, name: string): Promise<void> {
	const failed = await page.evaluate(
		async ({ sql: text, name: dataset }) => {
			const { weir } = globalThis as never as WithWeir;
			const saved = await weir.save(dataset, text, { replace: true });
			return saved.ok ? null : JSON.stringify(saved.error);
		},
		{ sql, name }
	);
	expect(failed).toBeNull();
}

test('films drift where their ratings were changed, a baseline is pinned and taken back, and unusual ones are opened', async ({
	page
}) => {
	await openWorkspace(page, '/check?dataset=movies');
	await expect(page.getByRole('heading', { name: 'There is no dataset movies.' })).toBeVisible();
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const opened = await weir.openSample('movies');
		if (!opened.ok) throw new Error(opened.error.kind);
	});
	const rating = page.getByRole('row', { name: /^IMDB Rating DOUBLE/ });
	await patient(rating).toContainText('6.28', { timeout: 60_000 });
	await page.getByRole('button', { name: 'Major Genre', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'Most frequent' })).toBeVisible();
	await expectClean(page, 'the statistics of a version');

	await page.getByRole('tab', { name: 'Drift' }).click();
	await expect(page.getByRole('heading', { name: 'movies has one version only.' })).toBeVisible();
	await expectClean(page, 'one version only');
	await page.getByRole('button', { name: 'Pin v1 as the baseline' }).click();
	await expect(page.getByText('v1 is pinned as the baseline.')).toBeVisible();
	const changed = `SELECT * REPLACE (least(10, "IMDB Rating" + 1.5) AS "IMDB Rating") FROM movies@v1`;
	await run(page, changed, 'movies');
	await run(page, `${changed} WHERE "Major Genre" <> 'Drama' OR "Major Genre" IS NULL`, 'movies');
	const drifted = page.getByRole('list', { name: 'Columns, what changed most first' }).getByRole('listitem').first();
	await patient(drifted).toContainText('IMDB Rating', { timeout: 60_000 });
	await expect(drifted).toContainText('drifted');
	await expect(page.getByRole('status').filter({ hasText: 'v1, the baseline → v3' })).toBeVisible();
	await expect(page.getByRole('img', { name: /^Histogram of IMDB Rating after/ })).toBeVisible();
	await expectClean(page, 'drift from the baseline');
	await page.getByText('When a column counts as drifted').click();
	for (const [label, threshold] of Object.entries({
		PSI: '9',
		'Kolmogorov–Smirnov': '',
		'Jensen–Shannon': '0.8',
		Wasserstein: '9',
		'Cramér’s V': '0.9',
		Nulls: '0.9'
	}))
		await page.getByLabel(`${label}, at least`).fill(threshold);
	await expectClean(page, 'the thresholds of drift');
	await page.getByRole('button', { name: 'Set for movies' }).click();
	await patient(page.getByRole('status').filter({ hasText: 'v1, the baseline → v3' })).toContainText('none of 16');
	await page
		.getByText('Drift thresholds of movies are set')
		.locator('..')
		.locator('..')
		.getByRole('button', { name: 'Undo' })
		.click();
	await patient(drifted).toContainText('drifted');
	await page.getByRole('button', { name: 'Unpin the baseline v1' }).click();
	await patient(page.getByRole('status').filter({ hasText: 'v2 → v3' })).toBeVisible();
	await page
		.getByText('movies has no baseline now')
		.locator('..')
		.locator('..')
		.getByRole('button', { name: 'Undo' })
		.click();
	await patient(page.getByRole('status').filter({ hasText: 'v1, the baseline → v3' })).toBeVisible();

	await page.getByRole('tab', { name: 'Unusual rows' }).click();
	await page.getByRole('button', { name: 'Find unusual rows' }).click();
	await patient(page.getByRole('heading', { name: /^100 rows of 2,/ })).toBeVisible({ timeout: 60_000 });
	await expectClean(page, 'unusual rows');
	await page.getByRole('button', { name: 'Show them in the grid' }).click();
	await expectRows(page, 100);
});

test('the version whose rows jumped is outside its band, by mouse, by keyboard and in words', async ({ page }) => {
	await openWorkspace(page);
	for (let day = 1; day <= 10; day++) {
		const count = day === 10 ? 2000 : 1000 + (day % 3);
		await run(page, `SELECT range AS id, (range * 37 + ${day}) % 100 AS price FROM range(${count})`, 'orders');
	}
	await page.getByRole('button', { name: 'Actions for orders' }).click();
	await page.getByRole('menuitem', { name: 'Quality' }).click();
	await page.getByRole('tab', { name: 'Metrics' }).click();
	const chart = page.getByRole('slider', { name: 'Rows by version' });
	await patient(chart).toHaveAttribute('aria-valuetext', /^v10: 2,000, expected .*, outside its band$/);
	await expectClean(page, 'a metric with an anomaly');
	await chart.focus();
	await page.keyboard.press('ArrowLeft');
	await expect(chart).toHaveAttribute('aria-valuetext', /^v9: 1,000, expected/);
	await page.getByRole('button', { name: 'v10', exact: true }).click();
	await expect(chart).toHaveAttribute('aria-valuenow', '10');
	await page.getByRole('combobox', { name: /^Of/ }).selectOption('price');
	await patient(page.getByRole('slider', { name: 'Mean of price by version' })).toBeVisible({ timeout: 60_000 });
	await page.getByRole('button', { name: 'What drifted' }).click();
	await patient(page.getByRole('status').filter({ hasText: 'v9 → v10' })).toBeVisible({ timeout: 60_000 });
	await page.setViewportSize({ width: 390, height: 844 });
	await expectClean(page, 'drift on a narrow screen');
	await page.getByRole('main').getByRole('link', { name: 'Quality' }).click();
	const outside = page.getByRole('region', { name: 'Metrics outside their band now' });
	await patient(outside.getByRole('link', { name: 'orders Rows' })).toBeVisible();
	await expectClean(page, 'what is outside its band');
	await outside.getByRole('link', { name: 'orders Rows' }).click();
	await expect(chart).toBeVisible();
});
