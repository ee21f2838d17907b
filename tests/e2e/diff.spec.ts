// Two versions compared in the page: what is chosen, counted, drawn and walked through, by whom ever and on whatever screen.
import { expect, type Locator, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { chooseAction, expectRows, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(180_000);
test.use({ actionTimeout: 20_000, viewport: { width: 1440, height: 900 } });

/** `orders` of 40,000 rows: a tenth of the prices doubled, two rows gone, three new; and `again`, whose ids repeat. */
async function withOrders(page: Page): Promise<void> {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const kept = async (answer: Promise<{ readonly ok: boolean }>) => {
			if (!(await answer).ok) throw new Error('a dataset could not be made');
		};
		const orders = `select range as id, ['Ulm', 'Bern', 'Graz', 'Linz'][1 + range % 4] as city, range % 1000 / 8 as price,
			range % 7 = 0 as paid, date '2024-01-01' + (range % 300)::integer as day, 'note ' || range % 90 as note from range(40000)`;
		await kept(weir.save('orders', orders, { message: 'First' }));
		await kept(
			weir.save(
				'orders',
				`select id, if(id % 5000 = 7, null, city) as city, if(id % 10 = 3, price * 2, price) as price, paid, day, note, id % 3 as grade
				from orders where id not in (100, 200) union all select 50000 + range, 'Wien', 1.5, false, date '2026-01-01', 'new', 1 from range(3)`,
				{ replace: true, message: 'Doubled' }
			)
		);
		await kept(weir.tag('orders', 'delivered', { at: 'v1' }));
		await kept(weir.branch('orders', 'trial'));
		await kept(
			weir.save('orders', 'select * exclude (note), note as remark from orders', { replace: true, message: 'Renamed' })
		);
		await kept(weir.switchBranch('orders', 'main'));
		await kept(weir.save('again', 'select id % 3 as id, city, price from orders@v1 where id < 9'));
	});
}

const view = (page: Page): Locator => page.getByRole('dialog', { name: 'Compare versions' });
const list = (page: Page): Locator => view(page).getByRole('listbox', { name: 'Rows that differ' });
const chosen = (page: Page): Locator => list(page).getByRole('option', { selected: true });
const counts = (page: Page): Locator => view(page).getByRole('region', { name: 'Counts' });

test('versions are compared, walked through by keys, filtered, summed up and taken away', async ({
	scripted: page
}) => {
	await withOrders(page);
	await chooseAction(page, 'orders', 'Compare…');
	await expect(view(page).getByLabel('Before', { exact: true })).toHaveValue('orders@v1');
	await patient(view(page).getByText('suggested: its values are unique in both')).toBeVisible();
	await patient(counts(page)).toContainText('3 added');
	await expect(counts(page)).toContainText('2 removed');
	await expect(view(page).getByRole('region', { name: 'Schema' })).toContainText('grade');
	// Every row of both has a grade now, besides what else changed in it.
	await expect(counts(page)).toContainText('39,998 changed');

	await view(page).getByLabel('Changed in').selectOption('city');
	await patient(list(page).getByRole('option')).toHaveCount(8);
	await list(page).focus();
	await expect(chosen(page)).toHaveAccessibleName(/^Row changed 7 city Linz becomes null grade becomes 1$/);
	await page.keyboard.press('n');
	await expect(chosen(page)).toHaveAccessibleName(/^Row changed 5007 /);
	await page.keyboard.press('End');
	await page.keyboard.press('p');
	await expect(chosen(page)).toHaveAccessibleName(/^Row changed 30007 /);
	const details = view(page).getByRole('region', { name: 'The selected row' });
	await expect(details.getByRole('row', { name: 'changed: city Linz null' })).toBeVisible();
	await expect(details.getByRole('row', { name: 'grade not there 1' })).toBeVisible();

	await counts(page).getByRole('button', { name: '2 removed' }).click();
	await patient(list(page).getByRole('option')).toHaveCount(2);
	await expect(chosen(page)).toHaveAccessibleName(/^Row removed 100 /);
	await expectClean(page, 'removed rows');
	await counts(page)
		.getByRole('button', { name: /rows differ$/ })
		.click();
	await patient(chosen(page)).toHaveAttribute('aria-setsize', '40003');
	await list(page).press('End');
	await patient(chosen(page)).toHaveAttribute('aria-posinset', '40003');
	await patient(chosen(page)).toHaveAccessibleName(/^Row added 50002 /);
	await list(page).press('Home');

	await view(page).getByRole('tab', { name: 'Columns' }).click();
	const price = view(page).getByRole('region', { name: 'Column price' });
	await patient(price).toContainText('4,000 cells changed');
	await expect(price.getByRole('row', { name: /^Mean 62.4375 / })).toBeVisible();
	await expect(price.getByRole('img', { name: 'Histogram of before' })).toBeVisible();
	await patient(view(page).getByRole('region', { name: 'Column grade' })).toContainText('added column');
	await patient(view(page).getByRole('region', { name: 'Columns before and after' })).not.toContainText('Reading');
	await expectClean(page, 'columns');
	await price.getByRole('button', { name: '4,000 cells changed' }).click();
	await patient(chosen(page)).toHaveAttribute('aria-setsize', '4000');

	await view(page).getByRole('button', { name: 'Take away the changes' }).click();
	await page.getByRole('menuitem', { name: 'Export…' }).click();
	await expect(page.getByRole('dialog', { name: /^Export/ })).toBeVisible();
	await page.keyboard.press('Escape');
	await patient(chosen(page)).toHaveAttribute('aria-setsize', '4000');
	await view(page).getByRole('button', { name: 'Take away the changes' }).click();
	await page.getByRole('menuitem', { name: 'Open as a query' }).click();
	await expect(view(page)).toBeHidden();
	await expectRows(page, 4000);
});

test('other versions, datasets, keys and names, on a narrow screen too', async ({ scripted: page }) => {
	await withOrders(page);
	await page.keyboard.press('Control+k');
	await page.keyboard.type('Compare two versions');
	await page.keyboard.press('Enter');
	await view(page).getByLabel('Before', { exact: true }).fill('orders@delivered');
	await view(page).getByLabel('After', { exact: true }).fill('orders@nowhere');
	await view(page).getByLabel('After', { exact: true }).press('Tab');
	await patient(view(page).getByLabel('After', { exact: true })).toHaveAccessibleDescription(/nowhere/);
	await expect(view(page).getByRole('button', { name: 'Compare' })).toBeDisabled();
	await view(page).getByLabel('After', { exact: true }).fill('orders@trial');
	await view(page).getByLabel('After', { exact: true }).press('Tab');
	await view(page).getByRole('button', { name: 'Compare', exact: true }).click();
	const schema = view(page).getByRole('region', { name: 'Schema' });
	await patient(schema).toContainText('remark');
	await schema.getByText('Was a column renamed?').click();
	await schema.getByLabel('note is now').selectOption('remark');
	await schema.getByRole('button', { name: 'Compare so' }).click();
	await patient(schema).toContainText('was note');
	await expectClean(page, 'a rename');

	// A key that repeats is refused with an example.
	await view(page).getByLabel('Before', { exact: true }).fill('again');
	await view(page).getByLabel('Before', { exact: true }).press('Tab');
	await view(page).getByText('Key', { exact: true }).click();
	const id = view(page).getByRole('checkbox', { name: 'id', exact: true });
	await patient(view(page).getByText('looking for one…')).toBeHidden();
	await id.check();
	await view(page).getByRole('button', { name: 'Compare', exact: true }).click();
	await patient(view(page).getByRole('alert')).toContainText('again');
	await expectClean(page, 'a key that repeats');
	await id.uncheck();
	await view(page).getByRole('button', { name: 'Compare', exact: true }).click();
	await patient(counts(page)).toContainText('9 removed');

	await page.setViewportSize({ width: 390, height: 844 });
	const overflow = await view(page).evaluate((dialog) =>
		[...dialog.querySelectorAll('*')]
			.filter((one) => one.getBoundingClientRect().right > innerWidth && !one.closest('.cells, ul, .visually-hidden'))
			.map((one) => one.outerHTML.slice(0, 120))
	);
	expect(overflow).toEqual([]);
	await expectClean(page, 'narrow');
	await view(page).getByLabel('After', { exact: true }).fill('again');
	await view(page).getByLabel('After', { exact: true }).press('Tab');
	await view(page)
		.getByRole('button', { name: /^Compare/ })
		.click();
	await patient(view(page).getByText('The rows of both are the same.')).toBeVisible();
});
