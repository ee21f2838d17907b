// Another program and a tab, over the real edge: what the client pushes is sealed, taken in once, read back sealed, and, once it is
// published on purpose, queried by anybody.
import { expect, type Page } from '@playwright/test';
import { openDataset } from '../../edge/client/dataset.ts';
import { openInbox } from '../../edge/client/inbox.ts';
import { openPublished } from '../../edge/client/published.ts';
import { expectClean } from './clean.ts';
import { follow, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.use({ actionTimeout: 20_000 });

async function turnedOn(page: Page): Promise<void> {
	const done = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const saved = await weir.save('orders', "SELECT 1 AS id, 'Oslo' AS city, 2.5 AS price");
		const words = await weir.recoveryWords();
		const on = await weir.turnOnSync({
			passphrase: 'a sentence of mine',
			words: words.ok ? words.value.join(' ') : '',
			device: 'Laptop'
		});
		return [saved.ok, on.ok];
	});
	expect(done).toEqual([true, true]);
}

/** A text that is shown once. */
async function shownSecret(page: Page, title: RegExp): Promise<string> {
	const note = page.getByRole('status').filter({ hasText: title });
	await patient(note).toBeVisible();
	await expect(note.getByText(title)).toBeFocused();
	const text = (await note.locator('code').textContent()) ?? '';
	await note.getByRole('button', { name: 'I have it' }).click();
	return text;
}

test('a program pushes, the tab takes in, and what is published answers everybody', async ({ page }) => {
	await openWorkspace(page);
	await turnedOn(page);
	const { origin } = new URL(page.url());
	await follow(page, '/programs');
	await patient(page.getByText('No dataset takes anything from other programs.')).toBeVisible();
	await page.getByRole('button', { name: 'Open its inbox' }).click();
	const inbox = page.getByRole('article', { name: 'Inbox of orders' });
	await patient(inbox).toBeVisible();
	await inbox.getByLabel('Name of a program').fill('Shop');
	await inbox.getByRole('button', { name: 'Let it push' }).click();
	const address = await shownSecret(page, /^Shop pushes into orders/);
	await expectClean(page, 'an open inbox');

	const client = openInbox(address, { origin });
	if (!client.ok) throw new Error(client.error.kind);
	const rows = [
		{ id: 2, city: 'Bergen', price: 4 },
		{ id: 3, city: 'Bodø', price: null }
	];
	for (const isRepeated of [false, true])
		expect(await client.value.pushRows(rows, { key: 'batch-1' })).toMatchObject({ ok: true, value: { isRepeated } });
	expect(
		await client.value.pushFile('more.csv', new TextEncoder().encode('id,city,price\n4,Troms,9\nx,y,z\n'))
	).toMatchObject({
		ok: true
	});
	const counted = async (): Promise<unknown> =>
		page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			// The page drains by itself too, and may be at it.
			await weir.drainInboxes();
			const answer = await weir.sql('SELECT count(*)::INT AS rows, sum(id)::INT AS ids FROM orders');
			return answer.ok ? (await answer.value.rows())[0] : answer.error.kind;
		});
	await patient.poll(counted).toEqual({ rows: 4, ids: 10 });
	await page.reload();
	await patient(inbox.getByText('nothing waits')).toBeVisible();
	await inbox.getByText('2 items of the last 30 days').click();
	await expect(inbox.getByText('from Shop').first()).toBeVisible();

	await page.getByLabel('Name of the reader').fill('Reports');
	await page.getByRole('button', { name: 'Let it read' }).click();
	const readKey = await shownSecret(page, /^Reports reads orders/);
	await page.evaluate(() => (globalThis as never as WithWeir).weir.sync());
	const dataset = await openDataset(readKey, { origin });
	if (!dataset.ok) throw new Error(dataset.error.kind);
	const versions = await dataset.value.versions();
	expect(versions.ok && versions.value.map(({ rowCount }) => rowCount)).toEqual([4, 3, 1]);
	const sealed = await dataset.value.parquet();
	if (!sealed.ok) throw new Error(sealed.error.kind);
	expect(Buffer.from(sealed.value.subarray(0, 4)).toString()).toBe('PAR1');

	const isRotated = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const words = await weir.recoveryWords();
		const rotated = await weir.rotateKeys({
			removes: null,
			passphrase: 'a sentence of mine',
			words: words.ok ? words.value.join(' ') : ''
		});
		return rotated.ok;
	});
	expect(isRotated).toBe(true);
	expect(await dataset.value.state()).toMatchObject({ ok: false, error: { kind: 'read-key-ended' } });
	await patient(page.getByText('ended with the old keys')).toBeVisible();
	await expectClean(page, 'a read key that ended');
	await page.getByRole('button', { name: 'Make a new one for Reports' }).click();
	const again = await openDataset(await shownSecret(page, /^Reports reads orders/), { origin });
	const all = again.ok && (await again.value.versions());
	expect(all && all.ok && all.value.map(({ rowCount }) => rowCount)).toEqual([4, 3, 1]);
	await patient(page.getByText('ended with the old keys')).toBeHidden();
	await page.getByRole('button', { name: 'Revoke the read key of Reports' }).click();
	await patient(page.getByText('None does.')).toBeVisible();

	await page.getByRole('button', { name: 'Publish…' }).click();
	const warning = page.getByRole('alertdialog');
	await expect(warning).toContainText('Everybody will be able to read orders');
	await expect(warning).toContainText('4 rows');
	await expectClean(page, 'a publication that is asked about');
	await warning.getByRole('button', { name: 'Publish it to everybody' }).click();
	const shown = page.getByText(`${origin}/api/v1/published/`);
	await patient(shown).toBeVisible();
	const path = ((await shown.textContent()) ?? '').replace(/\/rows$/, '');
	const published = openPublished(path);
	const pages = published.pages({ columns: ['city', 'id'], where: 'id>=2', order: '-id', limit: 2 });
	const found: unknown[] = [];
	for await (const one of pages) found.push(...(one.ok ? one.value.rows : [one.error.kind]));
	expect(found).toEqual([
		{ city: 'Troms', id: 4 },
		{ city: 'Bodø', id: 3 },
		{ city: 'Bergen', id: 2 }
	]);
	const opened = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const text =
			'parameters: { least: { type: integer, max: 9 } }\nsql: SELECT city FROM orders WHERE id >= $least ORDER BY id';
		await weir.defineQuery('from an id', text);
		return weir.publishQuery('from an id');
	});
	expect(opened).toMatchObject({ ok: true, value: { query: 'from-an-id' } });
	const asked = published.ask('from-an-id', { least: 3 });
	expect(await Array.fromAsync(asked)).toMatchObject([
		{ ok: true, value: { rows: [{ city: 'Bodø' }, { city: 'Troms' }] } }
	]);
	await page.evaluate(() =>
		(globalThis as never as WithWeir).weir.renameDocument('query', 'from an id', 'since an id')
	);
	await page.goto('/queries?query=since%20an%20id');
	await page.getByRole('tab', { name: 'Publish' }).click();
	const publish = page.getByRole('region', { name: 'Publish since an id' });
	await patient(publish.getByText('It is published as from an id, a name that no query has by now.')).toBeVisible();
	await expectClean(page, 'a query that is published under the name it had');
	await publish.getByRole('button', { name: 'Publish it as since an id at the same address' }).click();
	await patient(publish.getByText('It is published as it stands.')).toBeVisible();
	const moved = await page.evaluate(() => (globalThis as never as WithWeir).weir.publishedQueries());
	expect(moved).toMatchObject({ ok: true, value: [{ query: 'from-an-id', title: 'since an id' }] });
	await page.goto('/programs');
	await patient(shown).toBeVisible();
	const loaded = await page.evaluate(async (url) => {
		const { weir } = globalThis as never as WithWeir;
		await weir.connect('copied', `kind: weir\nurl: ${url}\n`);
		const [first, again] = [await weir.loadConnection('copied'), await weir.loadConnection('copied')];
		return { first, again };
	}, path);
	expect(loaded).toMatchObject({
		first: { ok: true, value: { keptCount: 4, files: { readCount: 1 } } },
		again: { ok: true, value: { keptCount: 0, files: { readCount: 0, unchangedCount: 1 } } }
	});
	await page.getByRole('button', { name: 'Take it away…' }).click();
	await page.getByRole('button', { name: 'Take it away now' }).click();
	await patient(page.getByText('Nothing is.')).toBeVisible();
	expect(await published.about()).toMatchObject({ ok: false, error: { kind: 'not-found' } });
});
