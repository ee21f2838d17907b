// Sync and Programs without a mouse, at 200 % zoom: each form is reached, begun, left and ended by keys, and the keyboard is never nowhere.
import { expect, type Page } from '@playwright/test';
import { focused, tabTo, ZOOMED } from './keys.ts';
import { follow, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(300_000);
test.use({ actionTimeout: 20_000, viewport: ZOOMED });

const passphrase = 'a sentence that opens it';

/** A button is pressed by Enter, and what takes its place is left by Escape: then the button has the focus again. */
async function askAndEscape(page: Page, button: string, answer: string): Promise<void> {
	await tabTo(page, button);
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toBe(answer);
	await page.keyboard.press('Escape');
	await patient.poll(() => focused(page)).toBe(button);
}

/** A form is begun by Enter, walked through to its end, and left by its last button. */
async function walkForm(
	page: Page,
	{ begin, first, end = 'Cancel' }: Readonly<Record<'begin' | 'first', string>> & { end?: string }
) {
	await tabTo(page, begin);
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toBe(first);
	const passed = await tabTo(page, end);
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toBe(begin);
	return passed;
}

test('sync is turned on, and every form of the page is walked through, by keys alone', async ({ page }) => {
	await openWorkspace(page);
	await page.evaluate(() => (globalThis as never as WithWeir).weir.save('orders', 'SELECT 1 AS id'));
	await follow(page, '/sync');
	const join = page.getByRole('button', { name: 'Join from this device' });
	await patient(join).toBeVisible();
	await page.getByRole('button', { name: 'Turn sync on' }).focus();
	await walkForm(page, { begin: 'Join from this device', first: 'Workspace code' });
	await page.keyboard.press('Shift+Tab');
	expect(await focused(page)).toBe('Turn sync on');
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toBe('Passphrase');
	await page.keyboard.insertText(passphrase);
	await tabTo(page, 'Once more');
	await page.keyboard.insertText(passphrase);
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toBe('Write these down, on paper');
	const words = await page.locator('ol.words li').allTextContents();
	await tabTo(page, 'I have written them down');
	await page.keyboard.press('Enter');
	for (let at = 0; at < 3; at++) {
		const passed = await tabTo(page, /^Word \d+$/);
		expect(passed.every((one) => !/^Word/.test(one))).toBe(true);
		await page.keyboard.insertText(words[Number(/\d+/.exec(await focused(page))?.[0]) - 1] ?? '');
		if (at < 2) await page.keyboard.press('Tab');
	}
	await page.keyboard.press('Enter');
	await patient(page.getByRole('heading', { name: 'In step' })).toBeVisible();
	expect(await focused(page)).not.toBe('');
	await patient(page.getByRole('button', { name: 'Change the passphrase…' })).toBeVisible();

	await page.getByRole('button', { name: 'Sync now' }).focus();
	await tabTo(page, 'What of orders is on this device');
	await tabTo(page, 'Of datasets that come');
	await tabTo(page, 'to the newest');
	await page.keyboard.press('Enter');
	await patient(page.getByText('Nothing would go')).toBeVisible();
	await tabTo(page, 'Close');
	await page.keyboard.press('Escape');
	await expect(page.getByText('Nothing would go')).toBeHidden();
	expect(await focused(page)).not.toBe('');
	await tabTo(page, /^Rename /);
	const rename = await focused(page);
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toBe('Name');
	await page.keyboard.press('Escape');
	await patient.poll(() => focused(page)).toBe(rename);
	await walkForm(page, { begin: 'New keys for all devices…', first: 'New keys for all devices' });
	await tabTo(page, 'Let a device in…');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('img', { name: 'The code as a picture' })).toBeVisible();
	await tabTo(page, 'Cancel');
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toBe('Let a device in…');
	const changed = await walkForm(page, { begin: 'Change the passphrase…', first: 'New passphrase' });
	expect(changed).toEqual(['New passphrase', 'Once more', 'Passphrase', 'The passphrase']);
	await walkForm(page, { begin: 'New recovery words…', first: 'Write these down, on paper' });
	await tabTo(page, 'Lock this device…');
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toMatch(/^Keep the locked keys here/);
	await page.keyboard.press('Escape');
	await patient.poll(() => focused(page)).toBe('Lock this device…');
	await tabTo(page, 'Show what was done');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('button', { name: 'Look again' })).toBeFocused();
	// What was asked for is over it, and stays in sight.
	await page.keyboard.press('Tab');
	await askAndEscape(page, 'Leave this workspace…', 'Stay');
});

test('inboxes, read keys and publications are asked for, and left, by keys alone', async ({ page }) => {
	await openWorkspace(page);
	const made = await page.evaluate(async (secret) => {
		const { weir } = globalThis as never as WithWeir;
		await weir.save('orders', 'SELECT 1 AS id');
		const words = await weir.recoveryWords();
		const on = await weir.turnOnSync({
			passphrase: secret,
			words: words.ok ? words.value.join(' ') : '',
			device: 'Laptop'
		});
		// A program reads what is on the server.
		return on.ok ? weir.sync() : on;
	}, passphrase);
	expect(made).toMatchObject({ ok: true });
	await follow(page, '/programs');
	await patient(page.getByRole('button', { name: 'Open its inbox' })).toBeVisible();
	await page.getByRole('combobox', { name: 'Dataset', exact: true }).focus();
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('article', { name: 'Inbox of orders' })).toBeVisible();
	await tabTo(page, 'Name of a program');
	await page.keyboard.insertText('Shop');
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toMatch(/^Shop pushes into orders/);
	await tabTo(page, 'I have it');
	await page.keyboard.press('Enter');
	expect(await focused(page)).not.toBe('');
	await tabTo(page, 'An address for services that can only post');
	await page.keyboard.press('Enter');
	await tabTo(page, 'What is posted is');
	// It waits while anything else is asked of the server.
	await patient(page.getByRole('button', { name: 'Make an address' })).toBeEnabled();
	await tabTo(page, 'Make an address');
	await askAndEscape(page, 'Close the inbox…', 'Keep it open');
	await tabTo(page, 'Name of the reader');
	await page.keyboard.insertText('Reports');
	await page.keyboard.press('Enter');
	await patient.poll(() => focused(page)).toMatch(/^Reports reads orders/);
	await tabTo(page, 'I have it');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('button', { name: 'Revoke the read key of Reports' })).toBeVisible();
	await patient.poll(() => focused(page)).toBe('Other programs');
	await tabTo(page, 'Revoke the read key of Reports');
	await page.keyboard.press('Enter');
	await patient(page.getByText('None does.')).toBeVisible();
	expect(await focused(page)).not.toBe('');
	await askAndEscape(page, 'Publish…', 'Everybody will be able to read orders');
});
