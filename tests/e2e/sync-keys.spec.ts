// Keys and devices in the page, over the real edge: a device let in by compared words, the workspace locked and unlocked, a passkey of
// Chromium's own authenticator, another passphrase, and a device that is removed.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { tabAndPress, tabAndWrite, ZOOMED } from './keys.ts';
import { follow, frugalContext, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(240_000);
test.use({ actionTimeout: 20_000 });

/** Passkeys are of a name, which an address of numbers is not. */
const baseURL = `http://localhost:${process.env.PORT}`;
const passphrase = 'a sentence that opens it';
const another = 'quite another sentence of words';

/** Writes 24 words down, and reads some of them back. */
async function readWords(page: Page): Promise<void> {
	const words = await page.locator('ol.words li').allTextContents();
	expect(words.length).toBe(24);
	await page.getByRole('button', { name: 'I have written them down' }).click();
	for (const field of await page.getByRole('textbox', { name: /^Word \d+$/ }).all()) {
		const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
		await field.fill(words[Number(/\d+/.exec(label)?.[0]) - 1] ?? '');
	}
}

async function inStep(page: Page): Promise<void> {
	await patient(page.getByRole('heading', { name: 'In step' })).toBeVisible();
}

async function unlock(page: Page, text: string): Promise<void> {
	await expect(page.getByRole('form', { name: 'Unlock the workspace' })).toBeVisible();
	await tabAndWrite(page, 'The passphrase', text);
	await page.keyboard.press('Enter');
}

async function lock(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Lock this device…' }).click();
	await page.getByRole('button', { name: 'Lock', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'Locked', exact: true })).toBeFocused();
}

test('a workspace is locked, unlocked and given other keys, and a device is let in and removed', async ({
	browser
}) => {
	const context = await frugalContext(browser, { baseURL, viewport: ZOOMED });
	const page = await context.newPage();
	await openWorkspace(page);
	const made = await page.evaluate(async (secret) => {
		const { weir } = globalThis as never as WithWeir;
		await weir.save('sales', 'SELECT range AS id FROM range(10)', { key: ['id'], message: 'm' });
		const words = await weir.recoveryWords();
		return weir.turnOnSync({ passphrase: secret, words: words.ok ? words.value.join(' ') : '', device: 'Laptop' });
	}, passphrase);
	expect(made).toMatchObject({ ok: true });
	await follow(page, '/sync');
	await page.getByRole('button', { name: 'Sync now' }).click();
	await inStep(page);

	await page.getByRole('button', { name: 'Let a device in…' }).click();
	await patient(page.getByRole('img', { name: 'The code as a picture' })).toBeVisible();
	const code = (await page.locator('code').textContent()) ?? '';
	await expectClean(page, 'a code for another device');
	const otherContext = await frugalContext(browser, { baseURL, viewport: ZOOMED });
	const other = await otherContext.newPage();
	// A page that is open already takes the code, too.
	await openWorkspace(other, '/sync');
	await expect(other.getByRole('button', { name: 'Join from this device' })).toBeVisible();
	await other.goto(`/sync#join=${code}`);
	await tabAndWrite(other, 'This device is called', 'Phone');
	expect(other.url()).not.toContain('weirjoin');
	await tabAndPress(other, 'Ask to join');
	await patient(page.getByText('Phone asks to join')).toBeVisible();
	const shown = await other.locator('form ol li').allTextContents();
	expect(shown.length).toBe(6);
	expect(await page.locator('form ol li').allTextContents()).toEqual(shown);
	await expectClean(page, 'words to compare');
	await tabAndWrite(page, 'The passphrase', passphrase);
	await tabAndPress(page, 'The words are the same: let it in');
	await inStep(other);
	await patient(page.getByRole('button', { name: 'Remove Phone' })).toBeVisible();
	await expectClean(page, 'devices and keys');

	await lock(page);
	await expectClean(page, 'a locked workspace');
	await unlock(page, 'not the right one');
	await patient(page.getByRole('alert')).toContainText('That does not open the workspace');
	await unlock(page, passphrase);
	await inStep(page);

	const devtools = await context.newCDPSession(page);
	await devtools.send('WebAuthn.enable');
	const options = { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true } as const;
	await devtools.send('WebAuthn.addVirtualAuthenticator', {
		options: { ...options, hasUserVerification: true, isUserVerified: true, hasPrf: true }
	});
	await page.getByRole('button', { name: 'Add a passkey…' }).click();
	await page.getByLabel('The passphrase').fill(passphrase);
	await page.getByRole('button', { name: 'Add a passkey', exact: true }).click();
	await patient(page.getByRole('button', { name: /^Remove Passkey/ })).toBeVisible();
	await lock(page);
	await page.getByRole('radio', { name: 'Passkey' }).check();
	await page.getByRole('button', { name: 'Unlock' }).click();
	await inStep(page);

	await page.getByRole('button', { name: 'Change the passphrase…' }).press('Enter');
	await expect(page.getByLabel('New passphrase')).toBeFocused();
	await page.keyboard.insertText(another);
	await page.getByLabel('Once more').fill(another);
	const change = page.getByRole('button', { name: 'Change the passphrase', exact: true });
	await page.getByLabel('The passphrase', { exact: true }).fill('not the right one');
	await change.click();
	await patient(page.getByRole('alert')).toContainText('That does not open the workspace');
	await expectClean(page, 'a passphrase to be changed');
	await page.getByLabel('The passphrase', { exact: true }).fill(passphrase);
	await change.click();
	await patient(page.getByRole('button', { name: 'Change the passphrase…' })).toBeFocused();

	// A key that is held down changes nothing, and what closes leaves the keyboard where it was.
	const leave = page.getByRole('button', { name: 'Leave this workspace…' });
	await leave.press('Enter');
	await expect(page.getByRole('button', { name: 'Stay' })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(leave).toBeFocused();
	await page.getByRole('button', { name: 'Rename Laptop' }).press('Enter');
	await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
	await page.keyboard.insertText(' of mine');
	await page.keyboard.press('Enter');
	await patient(page.getByRole('button', { name: 'Rename Laptop of mine' })).toBeFocused();

	await page.getByRole('button', { name: 'Remove Phone' }).press('Enter');
	await expect(page.getByRole('heading', { name: 'Remove Phone' })).toBeFocused();
	await readWords(page);
	await page.getByLabel('The passphrase', { exact: true }).fill(another);
	await expectClean(page, 'a device to be removed');
	await page.getByRole('button', { name: 'Remove the device' }).click();
	await patient(page.getByRole('button', { name: 'New keys for all devices…' })).toBeVisible();
	await expect(page.getByRole('button', { name: 'Remove Phone' })).toHaveCount(0);
	await inStep(page);
	// It may have been told already, since it asks by itself, too.
	const told = other.getByRole('heading', { name: 'This device was removed' });
	const ask = other.getByRole('button', { name: 'Sync now', disabled: false });
	await patient(told.or(ask).first()).toBeVisible();
	if (!(await told.isVisible())) await ask.click();
	await patient(told).toBeVisible();
	await expectClean(other, 'a removed device');
	const kept = await other.evaluate(async () => {
		const answer = await (globalThis as never as WithWeir).weir.sql('SELECT count(*)::INT AS n FROM sales');
		return answer.ok ? (await answer.value.rows()).map((row) => Object.values(row).map(String)) : answer.error.kind;
	});
	expect(kept).toEqual([['10']]);
	await context.close();
	await otherContext.close();
});
