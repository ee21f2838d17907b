// Editions of a report: a step of a pipeline publishes one, a person is told of it, reads it, finds it among the others and lets it go.
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { follow, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ actionTimeout: 20_000 });

test('a pipeline publishes a report, and a person sets it up, reads the edition and removes it', async ({ page }) => {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const file = new File(['city,price\nOslo,10\nBergen,30\nOslo,20\n'], 'sales.csv');
		const ingested = await weir.ingest(file, { name: 'sales' });
		const report = await weir.saveDocument(
			'report',
			'weekly sales',
			'# The week\n\n```chart\ntype: bar\nfrom: sales\nx: city\ny: sum(price)\ntitle: Sales by city\n```\n'
		);
		const pipeline = await weir.savePipeline(
			'name: letters\nsteps:\n  - { id: weekly, kind: report, report: weekly }\n'
		);
		if (!ingested.ok || !report.ok || !pipeline.ok) throw new Error('not kept');
	});
	await follow(page, '/pipelines?pipeline=letters');
	await patient(page.getByRole('button', { name: /^weekly report/ })).toBeVisible();
	await page.getByRole('button', { name: /^weekly report/ }).click();
	const panel = page.getByRole('region', { name: 'Step weekly' });
	await panel.getByLabel(/^Report/).fill('weekly sales');
	await panel.getByLabel('Editions that are kept').fill('2');
	await panel.getByLabel('Who is told').fill('[page]');
	await panel.getByLabel('Who is told').blur();
	await expectClean(page, 'a step that publishes');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	const ran = page.getByRole('group', { name: 'Steps of this run of letters' });
	await patient(ran.getByRole('button', { name: /^weekly succeeded/ })).toBeVisible();
	await ran.getByRole('button', { name: /^weekly succeeded/ }).click();
	await page.getByRole('link', { name: 'an edition of weekly sales' }).click();
	const edition = page.getByRole('region', { name: 'An edition of weekly sales' });
	await patient(edition.getByRole('figure', { name: 'Sales by city' })).toBeVisible();
	await expect(edition.getByText(/^Made with data from sales v1/)).toBeVisible();
	await expectClean(page, 'an edition');

	await edition.getByRole('link', { name: 'weekly sales' }).click();
	await patient(page.getByRole('region', { name: 'The report' })).toBeVisible();
	await page.getByRole('button', { name: 'Editions…' }).click();
	const dialog = page.getByRole('dialog', { name: 'Editions of weekly sales' });
	await patient(dialog.getByRole('listitem')).toHaveCount(1);
	await expect(dialog.getByRole('listitem')).toContainText('sales v1 · letters, weekly');
	await expectClean(page, 'the editions of a report');
	await dialog.getByRole('button', { name: /^Remove the edition of/ }).click();
	await patient(dialog.getByText('There is none yet.')).toBeVisible();
});
