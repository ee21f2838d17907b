// The history of a dataset: its graph, what each version changed, where it came from, and what can be done from there.
import { expect, type Locator, type Page } from '@playwright/test';
import { chooseAction, expectRows, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(120_000);
test.use({ actionTimeout: 20_000 });

const SHA_256 = /[0-9a-f]{64}/;

/** `orders` on two branches, made from `raw`, which was ingested. */
async function withOrders(page: Page): Promise<void> {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const kept = async (answer: Promise<{ readonly ok: boolean }>) => {
			if (!(await answer).ok) throw new Error('a dataset could not be made');
		};
		await kept(weir.ingest(new Blob(['id,price\n1,10\n2,20\n3,30\n']), { name: 'raw' }));
		await kept(weir.save('orders', 'select * from raw', { message: 'From raw' }));
		await kept(weir.save('orders', 'select * from orders where id < 3', { replace: true, message: 'Two only' }));
		await kept(weir.branch('orders', 'trial', { at: 'v1' }));
		await kept(weir.save('orders', 'select *, price * 2 as twice from orders', { replace: true, message: 'Doubled' }));
		await kept(weir.switchBranch('orders', 'main'));
	});
}

const history = (page: Page): Locator => page.getByRole('dialog', { name: 'History of orders' });
const versions = (page: Page): Locator => page.getByRole('option');
const chosen = (page: Page): Locator => page.getByRole('option', { selected: true });

test('the history is opened, walked and acted on by keys alone', async ({ scripted: page }) => {
	await withOrders(page);
	await page.getByTitle(/^orders: /).click();
	await expectRows(page, 2);
	await page.keyboard.press('Control+k');
	await page.keyboard.type('orders: History');
	await page.keyboard.press('Enter');
	await patient(history(page)).toBeVisible();

	await expect(versions(page)).toHaveCount(3);
	await expect(page.getByRole('listbox')).toBeFocused();
	await expect(chosen(page)).toContainText('Two only');
	await expect(chosen(page)).toContainText('−1 row');
	await expect(chosen(page)).toContainText('main');
	await page.keyboard.press('Home');
	await expect(chosen(page)).toContainText('Doubled');
	await expect(chosen(page)).toContainText('+1 column');
	await expect(chosen(page)).toContainText('trial');
	await page.keyboard.press('End');
	await expect(chosen(page)).toContainText('From raw');
	await expect(chosen(page)).toContainText('+3 rows');
	await page.keyboard.press('ArrowUp');
	await expect(chosen(page)).toContainText('Two only');
	await page.keyboard.press('ArrowDown');
	await expect(page.getByRole('listbox')).toHaveAttribute(
		'aria-activedescendant',
		(await chosen(page).getAttribute('id')) ?? ''
	);
	await page.keyboard.press('Enter');
	await expect(history(page)).toBeHidden();
	await expect(page.getByRole('tab', { selected: true })).toContainText('orders@v1');
	await expectRows(page, 3);

	// What was read before is there before the dialog is.
	await page.keyboard.press('Control+k');
	await page.keyboard.type('orders: History');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('listbox')).toBeFocused();
});

test('a version tells what it changed and which bytes it came from, through other datasets', async ({
	scripted: page
}) => {
	await withOrders(page);
	await chooseAction(page, 'orders', 'History');
	const details = page.getByRole('region', { name: 'The selected version' });
	await versions(page).filter({ hasText: 'Doubled' }).click();
	await expect(details).toContainText('twice');
	await expect(details).toContainText('select *, price * 2 as twice from orders');
	await expect(details.locator('dd').filter({ hasText: 'raw' }).filter({ hasText: SHA_256 })).toBeVisible();
	await details.getByRole('button', { name: 'orders@v1' }).click();
	await expect(chosen(page)).toContainText('From raw');
	await details.getByRole('button', { name: 'raw@v1' }).click();
	await expect(history(page)).toBeHidden();
	await expect(page.getByRole('heading', { name: 'raw', level: 1 })).toBeVisible();

	const facts = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.history('orders');
		return answer.ok
			? answer.value.map(({ message, number, sources }) => [message, number, sources[0]?.sizeBytes])
			: [];
	});
	expect(facts).toEqual([
		['Doubled', null, 24],
		['Two only', 2, 24],
		['From raw', 1, 24]
	]);
});

test('a version is compared, tagged, branched from and gone back to', async ({ page }) => {
	await withOrders(page);
	await page.getByTitle(/^orders: /).click();
	const open = () => page.getByRole('button', { name: 'History of orders' }).click();
	await open();
	await versions(page).filter({ hasText: 'Doubled' }).click();
	await history(page).getByRole('button', { name: 'Compare with v1' }).click();
	const comparison = page.getByRole('dialog', { name: 'Compare versions' });
	await patient(comparison.getByRole('listbox').getByRole('option')).toHaveCount(3);
	await page.keyboard.press('Escape');
	await expect(comparison).toBeHidden();
	await expect(chosen(page)).toContainText('Doubled');
	await page.getByRole('button', { name: 'Tag…' }).click();
	await page.getByRole('dialog', { name: 'Tag orders' }).getByLabel('Name').fill('tried');
	await page.keyboard.press('Enter');
	await patient(chosen(page)).toContainText('tried');
	await expect(chosen(page)).toContainText('Doubled');
	await page.getByRole('button', { name: 'Open', exact: true }).click();
	await expect(page.getByRole('tab', { selected: true })).toContainText('orders@tried');
	await expect(page.getByRole('heading', { name: 'orders', level: 1 })).toBeVisible();
	await expectRows(page, 3);
	await page.reload();
	await expectRows(page, 3);
	await expect(page.getByRole('button', { name: 'Go back to tried' })).toBeVisible();

	await page.getByTitle(/^orders: /).click();
	await open();
	await page.getByRole('listbox').press('End');
	await page.getByRole('button', { name: 'Go back to it' }).click();
	await patient(versions(page)).toHaveCount(4);
	await patient(chosen(page)).toContainText('Go back to v1: From raw');
	await expect(chosen(page)).toContainText('0 B added');
	await versions(page).filter({ hasText: 'Two only' }).click();
	await page.getByRole('button', { name: 'Branch from here…' }).click();
	await page.getByRole('dialog', { name: 'New branch of orders' }).getByLabel('Name').fill('again');
	await page.keyboard.press('Enter');
	await patient(versions(page).filter({ hasText: 'again' })).toContainText('open');
	await page.keyboard.press('Escape');
	await expectRows(page, 2);
});

test('two versions are chosen and compared, by keys and by shift and a click, the older one first', async ({
	scripted: page
}) => {
	await withOrders(page);
	await page.evaluate(() => (globalThis as never as WithWeir).weir.setAuthor('Ada'));
	await page.evaluate(() => (globalThis as never as WithWeir).weir.edit('orders', { remove: [0] }));
	await chooseAction(page, 'orders', 'History');
	await expect(chosen(page)).toContainText('Ada');
	const details = page.getByRole('region', { name: 'The selected version' });
	await expect(details).toContainText(/Removed\s*1/);
	await details.getByRole('button', { name: 'Compare with another…' }).click();
	await expect(page.getByText('Choose the version to compare with v3.')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByText('Choose the version to compare with')).toBeHidden();
	await details.getByRole('button', { name: 'Compare with another…' }).click();
	await page.keyboard.press('End');
	await page.keyboard.press('Enter');
	const comparison = page.getByRole('dialog', { name: 'Compare versions' });
	const sides = async () => (await comparison.getByRole('combobox').all()).map((side) => side.inputValue());
	await patient(comparison).toBeVisible();
	expect(await Promise.all(await sides())).toEqual(expect.arrayContaining(['orders@v1', 'orders@v3']));
	await page.keyboard.press('Escape');
	await versions(page)
		.filter({ hasText: 'Two only' })
		.click({ modifiers: ['Shift'] });
	await patient(comparison).toBeVisible();
});

test('a history of five thousand versions opens at once, and is walked to its end', async ({ scripted: page }) => {
	await withOrders(page);
	await page.evaluate(async () => {
		const db = await new Promise<IDBDatabase>((resolve, reject) => {
			const request = indexedDB.open('weir');
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(new Error('no database'));
		});
		const all = <T>(name: string) =>
			new Promise<T[]>((resolve) => {
				const request = db.transaction(name).objectStore(name).getAll();
				request.onsuccess = () => resolve(request.result as T[]);
			});
		const dataset = (await all<{ name: string; id: string; head: string }>('datasets')).find(
			({ name }) => name === 'orders'
		);
		const version = (await all<{ id: string; createdAtMs: number }>('versions')).find(({ id }) => id === dataset?.head);
		if (!dataset || !version) throw new Error('no dataset');
		const writing = db.transaction(['datasets', 'versions'], 'readwrite');
		let head = dataset.head;
		for (let number = 3; number <= 5000; number++) {
			const id = `generated-version-${number}`;
			const createdAtMs = version.createdAtMs + number;
			writing
				.objectStore('versions')
				.put({ ...version, id, parents: [head], message: `Generated ${number}`, createdAtMs });
			head = id;
		}
		writing.objectStore('datasets').put({ ...dataset, head });
		await new Promise((resolve) => (writing.oncomplete = resolve));
		db.close();
	});
	// The page looks at what is stored when it hears of a change.
	await page.evaluate(() => (globalThis as never as WithWeir).weir.save('other', 'select 1 as one'));
	await patient(page.getByTitle(/^other: /)).toBeVisible();
	const startedAtMs = Date.now();
	await chooseAction(page, 'orders', 'History');
	await patient(chosen(page)).toContainText('v5000');
	console.log(`5,000 versions shown after ${Date.now() - startedAtMs} ms`);
	await expect(chosen(page)).toHaveAttribute('aria-setsize', '5001');
	expect(await versions(page).count()).toBeLessThan(60);
	await page.getByRole('listbox').press('End');
	await patient(chosen(page)).toContainText('From raw');
	await expect(chosen(page)).toBeInViewport();
	await page.keyboard.press('PageUp');
	await expect(chosen(page)).toBeInViewport();
	await page.getByRole('listbox').evaluate((list) => list.scrollTo({ top: list.scrollHeight / 2 }));
	await expect(versions(page).filter({ hasText: 'Generated 2500' })).toBeVisible();
	await patient(versions(page).filter({ hasText: 'Generated 2500' })).toContainText('0 B added');
});

test('on a narrow screen the history and the selected version are both in reach', async ({ scripted: page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await withOrders(page);
	await page.getByRole('button', { name: 'Catalogue', exact: true }).click();
	await chooseAction(page, 'orders', 'History');
	await expect(versions(page)).toHaveCount(3);
	for (const name of ['Open', 'Tag…', 'Branch from here…', 'Compare with v1'])
		await expect(page.getByRole('button', { name, exact: true })).toBeInViewport();
	const overflow = await history(page).evaluate((dialog) => {
		const wide = [...dialog.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > innerWidth);
		return wide.map((one) => one.className);
	});
	expect(overflow).toEqual([]);
});
