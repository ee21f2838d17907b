// A server that shows an older state or lost all it had: the page stops, keeps what is here, says so, shows it in the audit log, and
// fills the server from here on a person's leave.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { freePort } from '../../tools/toolchain.mjs';
import { startWeir } from '../weir-server.ts';
import { expectClean } from './clean.ts';
import { tabAndPress, ZOOMED } from './keys.ts';
import { follow, frugalContext, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(400_000);
test.use({ actionTimeout: 20_000 });

async function save(page: Page, rowCount: number): Promise<void> {
	const saved = await page.evaluate(
		(count) =>
			(globalThis as never as WithWeir).weir.save('sales', `SELECT range AS id FROM range(${count})`, {
				replace: true,
				key: ['id'],
				message: `${count} rows`
			}),
		rowCount
	);
	expect(saved).toMatchObject({ ok: true });
}

/** The page syncs by itself, too, and may be at it. */
async function askServer(page: Page, heading: string): Promise<void> {
	const button = page.getByRole('button', { name: 'Sync now' });
	await patient(button).toBeEnabled();
	await button.click();
	await patient(page.getByRole('heading', { name: heading })).toBeVisible();
}

/** By the keyboard: what is asked about does not happen at once. */
async function fillServer(page: Page): Promise<void> {
	const begin = page.getByRole('button', { name: 'Fill the server from here…' }).first();
	await patient(begin).toBeEnabled();
	await begin.press('Enter');
	await expect(page.getByRole('button', { name: 'Not now' })).toBeFocused();
	await page.keyboard.press('Shift+Tab');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('heading', { name: 'In step' })).toBeVisible({ timeout: 60_000 });
}

test('a server that was rolled back is not believed, one that lost all is filled, and the audit log shows both', async ({
	browser
}) => {
	const folder = mkdtempSync(join(tmpdir(), 'weir-server-'));
	const [state, old] = [join(folder, 'state'), join(folder, 'old')];
	const port = await freePort();
	const start = () => startWeir({ state, port, isBuilt: true });
	let server = await start();
	const context = await frugalContext(browser, { baseURL: server.url, viewport: ZOOMED });
	try {
		const page = await context.newPage();
		await openWorkspace(page);
		await save(page, 10);
		const made = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const words = await weir.recoveryWords();
			const text = words.ok ? words.value.join(' ') : '';
			return weir.turnOnSync({ passphrase: 'a sentence that opens it', words: text, device: 'Laptop' });
		});
		expect(made).toMatchObject({ ok: true });
		await follow(page, '/sync');
		await askServer(page, 'In step');
		await server.stop();
		cpSync(state, old, { recursive: true });
		server = await start();
		await save(page, 20);
		await askServer(page, 'In step');
		await page.getByRole('button', { name: 'Show what was done' }).click();
		await patient(page.getByText('The chain of hashes holds')).toBeVisible();
		const log = page.getByRole('list', { name: 'What was done, newest first' });
		await expect(log.getByRole('listitem').first()).toContainText(/Laptop/);
		await expect(log).toContainText('A change was sent: sales');
		await expectClean(page, 'the audit log');

		await server.stop();
		rmSync(state, { recursive: true });
		cpSync(old, state, { recursive: true });
		server = await start();
		await askServer(page, 'Stopped: the server cannot be believed');
		await expect(page.getByRole('alert').first()).toContainText('The server shows an older state than before');
		await page.getByRole('button', { name: 'Look again' }).click();
		await patient(page.getByText(/^The log was cut/)).toBeVisible();
		await expectClean(page, 'a server that was rolled back');
		await fillServer(page);
		await tabAndPress(page, 'I know why: go on from here');
		await patient(page.getByText('The chain of hashes holds')).toBeVisible();

		await server.stop();
		rmSync(state, { recursive: true });
		server = await start();
		await askServer(page, 'Not in step');
		await expect(page.getByRole('alert').first()).toContainText('The server does not know this device');
		await page.setViewportSize({ width: 390, height: 844 });
		await expectClean(page, 'a server that lost all, on a phone');
		await fillServer(page);
		const kept = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const [versions, usage] = [await weir.versions('sales'), await weir.serverUsage()];
			return [versions.ok && versions.value.map(({ message }) => message), usage.ok && usage.value.usedBytes > 1000];
		});
		expect(kept).toEqual([['10 rows', '20 rows'], true]);
	} finally {
		await context.close();
		await server.stop();
		rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}
});
