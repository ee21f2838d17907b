// What a person needs next stays within reach: on a short screen, on a narrow one, and for as long as they look at it.
import { expect, type Locator, type Page } from '@playwright/test';
import { openWorkspace, patient, runQuery, test } from './workspace.ts';

async function openPenguins(page: Page): Promise<void> {
	await openWorkspace(page);
	await page.getByRole('button', { name: /^Palmer penguins/ }).click();
	await patient(page.getByRole('grid')).toBeVisible();
}

async function boxOf(locator: Locator): Promise<NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>> {
	const box = await locator.boundingBox();
	if (!box) throw new Error('it is not shown');
	return box;
}

test('a note stays while it is pointed at or has the focus, and goes by itself after that', async ({
	virgin: page
}) => {
	test.setTimeout(120_000);
	await page.clock.install();
	await openPenguins(page);
	const note = page.getByRole('status', { name: 'Notes' });
	const undo = note.getByRole('button', { name: 'Undo' });

	// From here on time goes by only where the test says so, however long a loaded machine takes.
	await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 60_000);
	await page
		.getByRole('button', { name: 'Close Palmer penguins' })
		.or(page.getByTitle('Close Palmer penguins'))
		.click();
	await patient(note).toContainText('Closed Palmer penguins');
	// Not by a locator's hover, which first waits for frames to be drawn.
	const { x, y, width, height } = await boxOf(undo);
	await page.mouse.move(x + width / 2, y + height / 2);
	await patient.poll(() => undo.evaluate((button) => button.matches(':hover'))).toBe(true);
	await page.clock.fastForward(60_000);
	await expect(undo).toBeVisible();
	await undo.focus();
	await page.mouse.move(300, 300);
	await page.clock.fastForward(60_000);
	await expect(undo).toBeVisible();
	await undo.blur();
	await page.clock.fastForward(60_000);
	await expect(undo).toBeHidden();
});

test('the catalogue keeps its width, however long a column name is', async ({ scripted: page }) => {
	test.setTimeout(120_000);
	await openPenguins(page);
	const width = async (): Promise<number> => (await page.locator('aside').boundingBox())?.width ?? 0;
	const before = await width();
	await page.getByRole('button', { name: 'Columns of penguins' }).click();
	await expect(page.getByRole('list', { name: 'Columns of penguins' })).toBeVisible();
	await page.getByRole('list', { name: 'Columns of penguins' }).evaluate((list) => {
		const name = list.querySelector('span');
		if (name) name.textContent = 'a_name_'.repeat(30);
	});
	expect(await width()).toBe(before);
});

test('the fixes of an error can be scrolled to at 200 % zoom', async ({ scripted: page }) => {
	test.setTimeout(120_000);
	await page.setViewportSize({ width: 640, height: 360 });
	await openPenguins(page);
	await runQuery(page, 'SELECT speces\nFROM penguins');
	const fix = page.getByRole('alert').getByRole('button').first();
	await patient(fix).toBeAttached();
	await fix.scrollIntoViewIfNeeded();
	const isOnTop = await fix.evaluate((button) => {
		const { x, y, width, height } = button.getBoundingClientRect();
		return document.elementFromPoint(x + width / 2, y + height / 2) === button;
	});
	expect(isOnTop).toBe(true);
});

test('an address that cannot be fetched is told where it was typed, and a page that is no data by its name', async ({
	scripted: page
}) => {
	test.setTimeout(120_000);
	await openWorkspace(page);
	const ask = async (address: string): Promise<void> => {
		await page.keyboard.press('Control+k');
		await page.keyboard.type('from a url');
		await page.keyboard.press('Enter');
		await page.getByRole('dialog', { name: 'Import from a URL' }).getByLabel('Address').fill(address);
		await page.keyboard.press('Enter');
	};
	await ask('example.org/data.csv');
	const dialog = page.getByRole('dialog', { name: 'Import from a URL' });
	await expect(dialog.getByRole('alert')).toContainText('only http and https addresses can be fetched');
	await expect(dialog.getByLabel('Address')).toBeFocused();
	await page.keyboard.press('Escape');
	await ask(page.url());
	await patient(page.getByRole('alert')).toContainText('this is a web page');
});

test('the status bar fits a narrow screen', async ({ scripted: page }) => {
	test.setTimeout(120_000);
	await page.setViewportSize({ width: 390, height: 844 });
	await openPenguins(page);
	const bar = page.getByRole('contentinfo');
	await expect(bar).toBeVisible();
	expect(await bar.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});
