// What a person sees of a model before it is there: a foreign file, a search while it goes on, and a training that goes on.
import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { follow, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(180_000);

test('a file from elsewhere says what it takes before it is imported, and one that is no model why it cannot be', async ({
	page
}) => {
	await openWorkspace(page, '/models');
	const input = page.getByLabel('ONNX file to import');
	const buffer = await readFile(new URL('../vectors/onnx/foreign/columns.onnx', import.meta.url));
	await input.setInputFiles({ name: 'size class.onnx', mimeType: '', buffer });
	const dialog = page.getByRole('dialog', { name: 'Import size class.onnx' });
	await patient(dialog.getByRole('region', { name: 'Columns it takes' })).toContainText('city');
	await expect(dialog).toContainText('Mended as it was read: the ZipMap behind output_probability was taken out.');
	await expectClean(page, 'a foreign model before it is imported');
	await dialog.getByRole('button', { name: 'Import', exact: true }).click();
	await patient(page.getByRole('button', { name: 'Open size class' })).toBeVisible();
	await page.keyboard.press('Escape');
	await input.setInputFiles({ name: 'notes.onnx', mimeType: '', buffer: Buffer.from('no model') });
	const refused = page.getByRole('dialog', { name: 'Import notes.onnx' });
	await expect(refused).toContainText('This is no whole ONNX model');
	await expect(refused.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
});

test('a search says how far it is and stops with the best so far; one of its trials goes on with more trees', async ({
	page
}) => {
	await openWorkspace(page, '/models');
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const x = '(range * 7919 % 1000) / 1000.0';
		await weir.save('waves', `SELECT ${x} AS x, range % 7 AS day, sin(9 * ${x}) + range % 7 AS y FROM range(60000)`);
	});
	await follow(page, '/models?train=waves');
	await page.getByLabel('Predicts').selectOption('y');
	await page.getByLabel('Trees, at most').fill('60');
	await page.getByLabel('Try others too').selectOption('random');
	await page.getByLabel('Trials').fill('200');
	await page.getByRole('button', { name: 'Train', exact: true }).click();
	await patient(page.getByRole('link', { name: 'Trial 2' })).toBeVisible({ timeout: 60_000 });
	await expect(page.getByText(/^\d+ of 200 trials done\.$/)).toBeVisible();
	await expectClean(page, 'a search while it goes on');
	await page.getByRole('button', { name: 'Stop and keep' }).click();
	await patient(page.getByRole('progressbar', { name: /^Progress of the / })).toHaveCount(0, { timeout: 60_000 });
	await expect(page.getByText('cancelled')).toHaveCount(0);
	await page.getByRole('link', { name: 'Trial 1', exact: true }).click();
	await page.getByRole('button', { name: /^Actions for / }).click();
	await page.getByRole('menuitem', { name: 'Go on with more trees…' }).click();
	const dialog = page.getByRole('dialog', { name: /^Go on from / });
	await expect(dialog).toContainText(/60 of 60 are grown|It ended by itself after \d+ trees of at most 60/);
	await expectClean(page, 'more trees');
});
