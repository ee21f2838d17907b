// Branches, tags, time travel and going back: in the page, in SQL and across a reload.
import { expect, type Page } from '@playwright/test';
import { expectRows, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(120_000);
test.use({ actionTimeout: 20_000 });

async function count(page: Page, reference: string): Promise<unknown> {
	return page.evaluate(async (from) => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.sql(`select count(*)::int as n from ${from}`);
		return answer.ok ? (await answer.value.rows())[0]?.['n'] : answer.error;
	}, reference);
}

test('a branch is made, worked on, left and removed; a tag and an older version are found again', async ({ page }) => {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.ingest(new Blob(['id,price\n1,10\n2,20\n3,30\n']), { name: 'sales' });
		await weir.save('sales', 'select * from sales where id < 3', { replace: true, message: 'Two only' });
	});
	await page.getByTitle(/^sales: /).click();
	await expectRows(page, 2);

	const menu = (branch: string) =>
		page.getByRole('button', { name: 'Branches and tags of sales' }).filter({ hasText: branch });
	await menu('main').click();
	await page.getByRole('menuitem', { name: 'New branch…' }).click();
	const dialog = page.getByRole('dialog', { name: 'New branch of sales' });
	await dialog.getByLabel('Name').fill('v3');
	await expect(dialog).toContainText('Names such as v2 number versions');
	await expect(dialog.getByRole('button', { name: 'Make branch' })).toBeDisabled();
	await dialog.getByLabel('Name').fill('what-if');
	await page.keyboard.press('Enter');
	await expect(menu('what-if')).toBeVisible();

	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.save('sales', 'select * from sales where id = 1', { replace: true, message: 'One' });
	});
	await expectRows(page, 1);
	expect(await count(page, 'sales@main')).toBe(2);
	expect(await count(page, 'sales@what-if')).toBe(1);
	expect(await count(page, 'sales@2099-01-01')).toBe(1);
	expect(await count(page, "diff('sales@main', 'sales@what-if')")).toBe(1);

	await menu('what-if').click();
	await page.getByRole('menuitem', { name: 'Switch to main' }).click();
	await expectRows(page, 2);
	await page.reload();
	await patient(menu('main')).toBeVisible();

	await menu('main').click();
	await page.getByRole('menuitem', { name: 'Tag the newest version…' }).click();
	await page.getByRole('dialog').getByLabel('Name').fill('agreed');
	await page.getByRole('button', { name: 'Tag', exact: true }).click();
	await expect(page.getByRole('banner').or(page.locator('header')).getByText('agreed')).toBeVisible();

	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.restore('sales', 'v1');
	});
	await expectRows(page, 3);
	expect(await count(page, 'sales@agreed')).toBe(2);
	await menu('main').click();
	await page.getByRole('menuitem', { name: 'Remove branch what-if' }).click();
	await patient(page.getByText('Removed the branch what-if')).toBeVisible();
	expect(await count(page, '"sales@what-if"')).toMatchObject({ kind: 'unknown-version' });
	await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
	await patient(page.getByText(/Undone: remove branch what-if/)).toBeVisible();
	expect(await count(page, 'sales@what-if')).toBe(1);
});

test('an older version is gone back to from its own tab', async ({ scripted: page }) => {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.ingest(new Blob(['id\n1\n2\n3\n']), { name: 'numbers' });
		await weir.save('numbers', 'select * from numbers where id = 1', { replace: true });
	});
	await page.getByRole('button', { name: 'Columns of numbers' }).click();
	await page.getByRole('list', { name: 'Versions of numbers' }).getByRole('button', { name: /^v1/ }).click();
	await expectRows(page, 3);
	await page.getByRole('button', { name: 'Go back to v1' }).click();
	await patient(page.getByText('numbers has the rows of v1 again')).toBeVisible();
	expect(await count(page, 'numbers')).toBe(3);
	expect(await count(page, 'numbers@v2')).toBe(1);
});
