// The whole page without a mouse.
import { expect, type Page } from '@playwright/test';
import { expectRow, expectRows, grid, openWorkspace, patient, test } from './workspace.ts';

test.use({
	viewport: { width: 1280, height: 800 },
	permissions: ['clipboard-read', 'clipboard-write'],
	actionTimeout: 20_000
});

/** Presses Tab until what `name` matches has the focus. */
async function tabTo(page: Page, role: Parameters<Page['getByRole']>[0], name: RegExp): Promise<void> {
	const wanted = page.getByRole(role, { name });
	const editor = page.getByRole('textbox', { name: /^SQL of / });
	for (let presses = 0; presses < 60; presses++) {
		// In the editor Tab indents, unless Escape came before.
		if ((await editor.count()) > 0 && (await editor.evaluate(isFocused))) await page.keyboard.press('Escape');
		if (await wanted.evaluateAll((all) => all.includes(document.activeElement as HTMLElement))) return;
		await page.keyboard.press('Tab');
	}
	throw new Error(`Tab does not reach ${String(name)}`);
}

/** The cell the grid says is active. */
async function activeText(page: Page): Promise<string | null> {
	return page.evaluate(() => {
		const id = document.querySelector('[role=grid]')?.getAttribute('aria-activedescendant');
		return (
			document
				.getElementById(id ?? '')
				?.getAttribute('aria-label')
				?.split(',')[0] ??
			document.getElementById(id ?? '')?.textContent?.trim() ??
			null
		);
	});
}

test('a sample is opened, looked through, copied, sorted and closed by keys alone', async ({ page }) => {
	test.setTimeout(150_000);
	await openWorkspace(page);

	await page.keyboard.press('Control+k');
	await expect(page.getByRole('dialog', { name: 'Search or run a command' })).toBeVisible();
	await page.keyboard.type('penguins');
	await patient(page.getByRole('option', { selected: true })).toContainText('Palmer penguins');
	await page.keyboard.press('Enter');
	await expectRows(page, 3);
	await expectRow(page, 1, ['Adelie', '152', '3701', '0.55']);

	await tabTo(page, 'grid', /^Rows of/);
	await patient.poll(() => activeText(page)).toBe('Adelie');
	await page.keyboard.press('ArrowDown');
	await page.keyboard.press('ArrowRight');
	await patient.poll(() => activeText(page)).toBe('68');
	await page.keyboard.press('Control+End');
	await patient.poll(() => activeText(page)).toMatch(/^0\.\d+$/);
	await page.keyboard.press('Control+Home');
	await page.keyboard.press('Shift+ArrowDown');
	await page.keyboard.press('Shift+ArrowRight');
	await page.keyboard.press('Control+c');
	await patient(page.getByText('Copied 4 cells')).toBeVisible();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Adelie\t152\nChinstrap\t68');

	// Up from the first row is the header, where Enter sorts: ascending, descending, not at all.
	await page.keyboard.press('Control+Home');
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('ArrowRight');
	await page.keyboard.press('Enter');
	const penguins = grid(page).getByRole('columnheader', { name: /^penguins/ });
	await patient(penguins).toHaveAttribute('aria-sort', 'ascending');
	await patient
		.poll(() => grid(page).locator('[aria-rowindex="2"] [role=gridcell]').first().textContent())
		.toMatch(/Chinstrap/);
	await page.keyboard.press('Enter');
	await patient(penguins).toHaveAttribute('aria-sort', 'descending');

	await page.keyboard.press('Alt+ArrowDown');
	const menu = page.getByRole('menu', { name: 'Column penguins' });
	await expect(menu).toBeVisible();
	await page.keyboard.press('End');
	await page.keyboard.press('Home');
	await expect(menu.getByRole('menuitemradio', { name: 'Sort ascending' })).toBeFocused();
	await page.keyboard.press('n');
	await page.keyboard.press('Enter');
	await expect(menu).toBeHidden();
	await patient(penguins).toHaveAttribute('aria-sort', 'none');
	await expect(grid(page)).toBeFocused();

	await test.step('the editor lets go after Escape, and the splitter follows arrows', async () => {
		const editor = page.getByRole('textbox', { name: /^SQL of / });
		for (let presses = 0; presses < 10 && !(await editor.evaluate(isFocused)); presses++)
			await page.keyboard.press('Shift+Tab');
		await expect(editor).toBeFocused();
		await page.keyboard.press('Escape');
		await page.keyboard.press('Tab');
		const splitter = page.getByRole('separator', { name: 'Height of the editor' });
		await expect(splitter).toBeFocused();
		const before = Number(await splitter.getAttribute('aria-valuenow'));
		const heightBefore = (await editor.boundingBox())?.height ?? 0;
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('ArrowDown');
		await expect(splitter).toHaveAttribute('aria-valuenow', String(before + 8));
		const top = await splitter.evaluate((bar) => bar.getBoundingClientRect().top);
		await page.keyboard.press('Home');
		await expect(splitter).toHaveAttribute('aria-valuenow', '12');
		await expect.poll(() => splitter.evaluate((bar) => bar.getBoundingClientRect().top)).toBeLessThan(top);
		expect(heightBefore).toBeGreaterThan(0);
	});

	await test.step('tabs are walked and closed', async () => {
		const tabs = page.getByRole('tab');
		await page.keyboard.press('Alt+n');
		const count = await tabs.count();
		await tabTo(page, 'tab', /./);
		await page.keyboard.press('ArrowLeft');
		await expect(tabs.nth(count - 2)).toBeFocused();
		await expect(tabs.nth(count - 2)).toHaveAttribute('aria-selected', 'true');
		await page.keyboard.press('Delete');
		await expect(tabs).toHaveCount(count - 1);
		await page.keyboard.press('Alt+w');
		await expect(tabs).toHaveCount(count - 2);
		while ((await tabs.count()) > 0) await page.keyboard.press('Alt+w');
		await tabTo(page, 'button', /^New query/);
		await page.keyboard.press('Enter');
		await expect(tabs).toHaveCount(1);
	});
});

function isFocused(element: Element): boolean {
	return (element.getRootNode() as Document | ShadowRoot).activeElement === element;
}
