// Storage optimised from the page: measured, chosen, applied, taken back, and a narrowed column that widens by itself.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { chooseAction, openWorkspace, patient, test, untilReady, type WithWeir } from './workspace.ts';

test.setTimeout(180_000);

async function withOrders(page: Page): Promise<void> {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const sql = `SELECT i AS id, (hash(i) % 16000)::BIGINT * 2 AS qty, (hash(i * 3) % 100000) / 8 AS ratio,
			(hash(i * 5) % 100000)::DOUBLE AS total, 'city ' || hash(i) % 40 AS city FROM range(20000) t(i)`;
		const saved = await weir.save('orders', sql, { key: ['id'] });
		if (!saved.ok) throw new Error(saved.error.kind);
	});
	await patient(page.getByRole('button', { name: 'Actions for orders', exact: true })).toBeVisible();
}

const WIDE = ['id BIGINT', 'qty BIGINT', 'ratio DOUBLE', 'total DOUBLE', 'city VARCHAR'];

const typesOf = (page: Page) =>
	page.evaluate(async () => {
		const datasets = await (globalThis as never as WithWeir).weir.datasets();
		return datasets.ok ? (datasets.value[0]?.columns.map(({ name, type }) => `${name} ${type}`) ?? []) : [];
	});

test('what is chosen is measured, applied by the keyboard alone, and taken back', async ({ scripted: page }) => {
	await withOrders(page);
	await chooseAction(page, 'orders', 'Optimise storage…');
	const dialog = page.getByRole('dialog', { name: 'Optimise storage of orders' });
	const qty = dialog.getByRole('checkbox', { name: 'qty' });
	await patient(qty).toBeChecked();
	await patient(dialog.getByRole('status')).toContainText(/^All together saves .+ %$/);
	await expect(dialog.getByText('Measured on all 20,000 rows.')).toBeVisible();
	await expectClean(page, 'optimise storage');
	await page.setViewportSize({ width: 390, height: 844 });
	await expect(dialog.getByRole('button', { name: 'Apply' })).toBeInViewport();
	await page.setViewportSize({ width: 1280, height: 800 });

	await qty.focus();
	await page.keyboard.press('Space');
	await expect(qty).not.toBeChecked();
	for (const name of ['ratio', 'total']) await dialog.getByRole('checkbox', { name }).check();
	await dialog.getByRole('combobox', { name: 'Compression' }).selectOption({ label: await snappy(page) });
	await dialog.getByRole('combobox', { name: 'Sort by' }).selectOption('city');
	await patient(dialog.getByText(/^Rows are sorted now/)).toBeVisible();
	await patient(dialog.getByRole('status')).toContainText(/^All together/);
	await dialog.getByRole('button', { name: 'Apply' }).focus();
	await page.keyboard.press('Enter');
	await patient(dialog).toBeHidden();
	const types = ['id BIGINT', 'qty BIGINT', 'ratio FLOAT', 'total INTEGER', 'city VARCHAR'];
	await patient.poll(() => typesOf(page)).toEqual(types);
	await page.getByRole('button', { name: /^orders/ }).click();
	await patient(page.getByText(/^Snappy, .*sorted by city, 2 columns narrowed$/)).toBeVisible();
	await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
	await patient.poll(() => typesOf(page)).toEqual(WIDE);
});

async function snappy(page: Page): Promise<string> {
	const options = await page.getByRole('combobox', { name: 'Compression' }).getByRole('option').allTextContents();
	return options.find((label) => label.startsWith('Snappy')) ?? '';
}

test('a row that is appended widens the column it does not fit, also after a reload', async ({ page }) => {
	await withOrders(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const done = await weir.optimise('orders', { narrow: [{ name: 'qty', type: 'SMALLINT' }], codec: 'snappy' });
		if (!done.ok) throw new Error(done.error.kind);
	});
	expect(await typesOf(page)).toContain('qty SMALLINT');
	await page.reload();
	await untilReady(page);
	const sums = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const added = await weir.ingest(new Blob(['id,qty,ratio,city\n20000,70000,0.1,Ulm\n']), { into: 'orders' });
		if (!added.ok) throw new Error(JSON.stringify(added.error));
		const answer = await weir.sql('SELECT max(qty)::INTEGER AS qty, count(*)::INTEGER AS n FROM orders');
		return answer.ok ? [await answer.value.rows(), added.value.rejectCount] : [];
	});
	expect(sums).toEqual([[{ qty: 70_000, n: 20_001 }], 0]);
	expect(await typesOf(page)).toEqual(WIDE);
});
