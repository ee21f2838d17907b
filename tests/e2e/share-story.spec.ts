// The story of a share, by the page's own buttons, in two profiles: three million rows become a dashboard, which somebody else opens by its
// link and a passphrase, filters, and no longer opens once it is revoked.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test } from './workspace.ts';

test.use({ viewport: { width: 1280, height: 800 }, actionTimeout: 20_000 });

const PASSPHRASE = 'eight letters';
/** Three million rows take as long as they take. */
const unhurried = expect.configure({ timeout: 300_000 });

test('a dashboard of three million rows is shared with a passphrase, filtered elsewhere, revoked, and gone', async ({
	page,
	virgin: reader
}) => {
	test.setTimeout(600_000);
	let rows = '';
	let link = '';
	await openWorkspace(page);

	await test.step('the sample becomes a dashboard', async () => {
		await page.getByRole('button', { name: /^Flight delays/ }).click();
		await unhurried(page.getByRole('button', { name: 'Actions for flights', exact: true })).toBeVisible();
		await page.getByRole('link', { name: 'Reports' }).click();
		await page.getByRole('button', { name: /^Dashboard/ }).click();
		const shown = page.getByRole('region', { name: 'The report' });
		await unhurried(shown.getByRole('slider', { name: 'distance', exact: true })).toBeVisible();
		await unhurried(numberOf(page, 'Rows')).toHaveText('3,000,000');
		rows = (await numberOf(page, 'Mean of delay').textContent()) ?? '';
	});

	await test.step('sharing it by a link asks for a server, which sync turns on', async () => {
		await page.getByRole('button', { name: 'Share…' }).click();
		await page.getByRole('button', { name: 'Make the link' }).click();
		await patient(page.getByRole('alert')).toContainText('Sync');
		await page.getByRole('dialog').getByRole('link', { name: 'Sync' }).click();
		await turnOnSync(page);
	});

	await test.step('it is sealed with a passphrase, and with what its readers may filter', async () => {
		await page.getByRole('link', { name: 'Reports' }).click();
		await page.getByRole('button', { name: 'flights dashboard', exact: true }).click();
		await unhurried(numberOf(page, 'Rows')).toHaveText('3,000,000');
		await page.getByRole('button', { name: 'Share…' }).click();
		await page.getByLabel('Passphrase, told by another way than the link').fill(PASSPHRASE);
		await page.getByRole('checkbox', { name: /^Readers can filter/ }).check();
		await page.getByRole('button', { name: 'Make the link' }).click();
		await unhurried(page.getByRole('textbox', { name: 'The link', exact: true })).toBeVisible();
		link = await page.getByRole('textbox', { name: 'The link', exact: true }).inputValue();
		await expectClean(page, 'a link that was made');
	});

	await test.step('another profile opens it with the passphrase alone', async () => {
		await reader.goto(link);
		await reader.getByLabel('Passphrase').fill(PASSPHRASE);
		await reader.getByRole('button', { name: 'Open the report' }).click();
		await unhurried(numberOf(reader, 'Rows')).toHaveText('3,000,000');
		await expect(numberOf(reader, 'Mean of delay')).toHaveText(rows);
	});

	await test.step('what is marked in one of its charts filters the others', async () => {
		const chart = reader.getByRole('slider', { name: 'distance', exact: true });
		await chart.focus();
		await reader.keyboard.press('Home');
		for (let step = 0; step < 3; step++) await reader.keyboard.press('Shift+PageUp');
		await patient(numberOf(reader, 'Rows')).not.toHaveText('3,000,000');
		await expect(numberOf(reader, 'Mean of delay')).not.toHaveText(rows);
		await expectClean(reader, 'a shared dashboard that is filtered');
		await reader.getByRole('button', { name: 'Show everything' }).click();
		await patient(numberOf(reader, 'Rows')).toHaveText('3,000,000');
	});

	await test.step('it is revoked, and gone', async () => {
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: 'Share…' }).click();
		const before = page.getByRole('region', { name: 'Shared before' });
		await patient(before).toContainText('opened 1 time, with a passphrase');
		await before.getByRole('button', { name: /^Revoke the link/ }).click();
		await patient(before).toContainText('revoked');
		await reader.goto('about:blank');
		await reader.goto(link);
		await reader.getByLabel('Passphrase').fill(PASSPHRASE);
		await reader.getByRole('button', { name: 'Open the report' }).click();
		await patient(reader.getByRole('alert')).toContainText('There is nothing to open here');
	});
});

function numberOf(page: Page, label: string) {
	return page.locator('dl', { hasText: label }).locator('.value');
}

async function turnOnSync(page: Page): Promise<void> {
	await page.getByRole('button', { name: 'Turn sync on' }).click();
	await page.getByLabel('Passphrase', { exact: true }).fill('a sentence that is mine alone');
	await page.getByLabel('Once more').fill('a sentence that is mine alone');
	await page.getByLabel('This device is called').fill('Laptop');
	await page.getByRole('button', { name: 'Go on' }).click();
	const words = await page.locator('ol.words li').allTextContents();
	await page.getByRole('button', { name: 'I have written them down' }).click();
	for (const field of await page.getByRole('textbox', { name: /^Word \d+$/ }).all()) {
		const label = await field.evaluate((input: HTMLInputElement) => input.labels?.[0]?.textContent ?? '');
		await field.fill(words[Number(/\d+/.exec(label)?.[0]) - 1] ?? '');
	}
	await page.getByRole('button', { name: 'Turn sync on' }).click();
	await patient(page.getByText('Turning it on…')).toBeHidden();
}
