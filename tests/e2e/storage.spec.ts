// The storage dialog in a real browser: meter, verify, backup to a file, and restore of that file.
import { chromium as playwright, expect, type Page } from '@playwright/test';
import { chromium } from '../chromium.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(120_000);
test.use({ actionTimeout: 20_000 });

async function openStorage(page: Page) {
	await page.getByRole('button', { name: / used$/ }).click();
	const dialog = page.getByRole('dialog', { name: 'Storage' });
	await expect(dialog).toBeVisible();
	return dialog;
}

test('a workspace is verified, backed up to a file, and restored elsewhere, its rows readable', async ({
	page,
	virgin: other
}) => {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.ingest(new Blob(['id,price\n1,10\n2,20\n3,30\n']), { name: 'sales' });
		await weir.save('sales', 'select * from sales where id < 3', { replace: true, message: 'Two only' });
	});
	const dialog = await openStorage(page);
	await patient(dialog.getByRole('row', { name: /^sales 2 / })).toBeVisible();
	await dialog.getByRole('button', { name: 'Verify' }).click();
	await patient(dialog.getByText(/^Everything is whole: 2 versions/)).toBeVisible();
	const downloading = page.waitForEvent('download');
	await dialog.getByRole('button', { name: 'Back up' }).click();
	const path = await (await downloading).path();

	await openWorkspace(other);
	const restoring = await openStorage(other);
	await restoring.getByLabel('Backup to restore').setInputFiles(path);
	await patient(restoring.getByRole('row', { name: /^sales 2 / })).toBeVisible();
	const answer = await other.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const rows = await weir.sql(
			'select sum(price)::int as now, (select sum(price)::int from sales@v1) as was from sales'
		);
		const verified = await weir.verify();
		return [rows.ok && (await rows.value.rows()), verified.ok && verified.value.damages.length];
	});
	expect(answer).toEqual([[{ now: 30, was: 60 }], 0]);

	await restoring.getByRole('button', { name: 'Old versions…' }).click();
	await restoring.getByRole('radio', { name: 'Let old versions go' }).check();
	await restoring.getByLabel('Newest versions to keep, of every branch').fill('1');
	await restoring.getByLabel('And all of the last days').fill('0');
	await restoring.getByLabel('Undo reaches back at least').fill('0');
	await patient(
		restoring.getByText(/^Right now 1 version would go, and .* come free; 2 steps could no longer be undone/)
	).toBeVisible();
	await restoring.getByRole('button', { name: 'Save', exact: true }).click();
	await patient(other.getByText('Saved the rules')).toBeVisible();

	await restoring.getByLabel('Newest versions to keep', { exact: true }).fill('1');
	await restoring.getByRole('button', { name: 'Remove older versions' }).click();
	await patient(restoring.getByRole('row', { name: /^sales 1 / })).toBeVisible();
});

test('a full disk takes nothing of what does not fit, says so, and goes on taking what does', async ({
	baseURL
}, info) => {
	// Chromium bounds the storage of a profile on the disk only.
	const context = await playwright.launchPersistentContext(info.outputPath('profile'), {
		...chromium,
		baseURL: baseURL ?? ''
	});
	const [page] = context.pages();
	if (!page) throw new Error('a profile opens with a page');
	await openWorkspace(page);
	await page.evaluate(() => navigator.serviceWorker.ready);
	const session = await context.newCDPSession(page);
	const bound = async (moreBytes: number): Promise<void> => {
		const usage = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
		await session.send('Storage.overrideQuotaForOrigin', { origin: page.url(), quotaSize: usage + moreBytes });
	};
	// So that nothing else is being stored: the files for offline use are.
	await expect
		.poll(() => page.evaluate(async () => (await (await caches.open((await caches.keys())[0] ?? '')).keys()).length))
		.toBeGreaterThan(20);
	await bound(500_000);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const large = await weir.save('large', 'select range as id, md5(range::varchar) as hash from range(400000)');
		const small = await weir.save('small', 'select 1 as one');
		const datasets = await weir.datasets();
		const verified = await weir.verify();
		return [
			large.ok ? null : large.error.kind,
			small.ok,
			datasets.ok && datasets.value.map(({ name }) => name),
			verified.ok && verified.value.damages
		];
	});
	expect(told).toEqual(['storage-full', true, ['small'], []]);
	const lines = Array.from({ length: 200_000 }, (_, row) => `${row},${Math.sin(row)}`);
	await page.getByLabel('Files to import').setInputFiles({
		name: 'numbers.csv',
		mimeType: 'text/csv',
		buffer: Buffer.from(`id,sine\n${lines.join('\n')}\n`)
	});
	await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
	await patient(page.getByText('Nothing was stored of it.')).toBeVisible();
	await context.close();
});
