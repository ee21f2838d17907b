// An API that misbehaves on purpose, over HTTP, and a page that connects it: tested before it is kept, loaded and loaded again, and undone.
import { createServer } from 'node:http';
import { expect, type Page } from '@playwright/test';
import { serveApi, type ServedApi } from '../api-server.ts';
import { misbehavingApi, type ApiRow } from '../misbehaving-api.ts';
import { seeded } from '../seeded.ts';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

const rowsOf = (from: number, to: number): ApiRow[] =>
	Array.from({ length: to - from }, (_, at) => {
		const id = from + at;
		return { id, name: `row ${id}`, at: new Date(1_767_225_600_000 + id * 60_000).toISOString() };
	});

/** Sixty rows, told in pages by a cursor. */
async function serveRows(): Promise<ServedApi & { readonly rows: ApiRow[] }> {
	const rows = rowsOf(0, 60);
	const api = misbehavingApi({ paging: 'cursor', size: 20, random: seeded(5), faultRatio: 0.2, rows });
	return { ...(await serveApi(api)), rows };
}

async function counted(page: Page): Promise<unknown> {
	return page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.sql(
			'SELECT count(*)::INT AS n, count(DISTINCT id)::INT AS ids, max(id)::INT AS most FROM orders'
		);
		return answer.ok ? (await answer.value.rows())[0] : answer.error.kind;
	});
}

test('an API is connected, tested, loaded, loaded again and undone, and its secret is nowhere to be read', async ({
	page
}) => {
	const api = await serveRows();
	try {
		await openWorkspace(page, '/sources');
		await patient(page.getByText('There is no connection yet.')).toBeVisible();
		await page.getByRole('button', { name: 'New connection' }).click();
		const form = page.getByRole('form', { name: 'New connection' });
		await expect(form.getByLabel('Name', { exact: true })).toBeFocused();
		await form.getByLabel('Name', { exact: true }).fill('orders');
		await form.getByLabel('Address').fill(api.url);
		await form.getByLabel('Sign-in').selectOption('bearer');
		await form.getByRole('textbox', { name: 'Token' }).fill('canary-q7');
		await form.getByLabel('Each load takes').selectOption('merge');
		await form.getByLabel('Key columns').fill('id');
		await form.getByLabel('Field that tells when a row came').fill('at');
		await form.getByLabel('Field that tells when a row came').press('Tab');
		await form.getByLabel('Parameter that asks for those since').fill('since');
		await form.getByRole('button', { name: 'Test', exact: true }).click();
		const found = form.getByRole('region', { name: 'What would be read' });
		await patient(
			found.getByText('20 rows on the first page at items, pages by a cursor, from next_cursor into cursor')
		).toBeVisible({ timeout: 60_000 });
		await expect(found.getByText('Of the first rows 20 would be added.')).toBeVisible();
		await form.getByText('All of it as text').click();
		await found.getByRole('button', { name: 'Keep what was found in the connection' }).click();
		const text = form.getByLabel(/^YAML/);
		await expect(text).toHaveValue(/records: items/);
		// It calls it otherwise than it is usual.
		await text.fill((await text.inputValue()).replace('param: cursor', 'param: after'));
		await expectClean(page, 'a connection that is written');
		await form.getByRole('button', { name: 'Save connection' }).click();
		const card = page.getByRole('region', { name: 'orders' });
		await patient(card.getByText('rows merged by their key, into orders, by id')).toBeVisible();
		await card.getByRole('button', { name: 'Load now' }).click();
		await expect(card.getByText('60 rows from 3 pages')).toBeVisible({ timeout: 120_000 });
		await expectClean(page, 'a load that is done');
		expect(await counted(page)).toEqual({ n: 60, ids: 60, most: 59 });
		expect([...api.tokens]).toEqual(['Bearer canary-q7']);

		api.rows.push(...rowsOf(60, 65));
		const again = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const loaded = await weir.loadConnection('orders');
			const kept = JSON.stringify([
				await weir.connections(),
				await weir.documents(),
				await weir.versions('orders'),
				loaded
			]);
			return { loaded, isTold: kept.includes('canary-q7') };
		});
		expect(again).toMatchObject({
			isTold: false,
			loaded: { value: { pages: 1, keptCount: 6, versions: [expect.any(String)] } }
		});
		expect(await counted(page)).toEqual({ n: 65, ids: 65, most: 64 });
		await page.keyboard.press('ControlOrMeta+z');
		await patient.poll(() => counted(page)).toEqual({ n: 60, ids: 60, most: 59 });
		await card.getByRole('button', { name: 'Load now' }).click();
		await expect(card.getByText('6 rows from 1 page')).toBeVisible({ timeout: 120_000 });
		expect(await counted(page)).toEqual({ n: 65, ids: 65, most: 64 });
	} finally {
		await api.stop();
	}
});

test('a load that keeps history closes what changes or goes, and says what was so until when', async ({ page }) => {
	const api = await serveRows();
	const stands = (): Promise<unknown> =>
		page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const loaded = await weir.loadConnection('people');
			const answer =
				await weir.sql(`SELECT count(*)::INT AS rows, count(*) FILTER (WHERE valid_to IS NULL)::INT AS open,
				string_agg(name, ' > ' ORDER BY valid_from) FILTER (WHERE id = 7) AS seven,
				count(*) FILTER (WHERE valid_to < valid_from OR valid_from IS NULL)::INT AS wrong,
				count(*) FILTER (WHERE id = 3 AND valid_to IS NULL)::INT AS three FROM people`);
			return [
				loaded.ok ? loaded.value.keptCount : loaded.error,
				answer.ok ? (await answer.value.rows())[0] : answer.error
			];
		});
	try {
		await openWorkspace(page);
		await page.evaluate(async (url) => {
			const { weir } = globalThis as never as WithWeir;
			const text = `kind: rest\nurl: ${url}\npages: { kind: cursor, param: after, path: next_cursor }\nload: { mode: history, key: [id] }\n`;
			await weir.connect('people', text);
		}, api.url);
		const first = { rows: 60, open: 60, seven: 'row 7', wrong: 0, three: 1 };
		expect(await stands()).toEqual([60, first]);
		// The same once more is no change.
		expect(await stands()).toEqual([60, first]);
		api.rows[7] = { ...rowsOf(7, 8)[0], name: 'another' } as ApiRow;
		api.rows.splice(3, 1);
		api.rows.push(...rowsOf(60, 62));
		const trial = await page.evaluate(async () => {
			const tested = await (globalThis as never as WithWeir).weir.testConnection('people');
			return tested.ok ? tested.value.trial : tested.error;
		});
		expect(trial).toMatchObject({ value: { addedCount: 0, changedCount: 1, sameCount: 19, replacedCount: 0 } });
		expect(await stands()).toEqual([61, { rows: 63, open: 61, seven: 'row 7 > another', wrong: 0, three: 0 }]);
		const key = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			await weir.undo();
			const answer = await weir.sql('SELECT count(*)::INT AS open FROM people WHERE valid_to IS NULL');
			return answer.ok ? (await answer.value.rows())[0] : answer.error;
		});
		expect(key).toEqual({ open: 60 });

		// A step of a pipeline loads it again, and another one reads what came.
		const ran = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const steps = [
				'  - { id: load, kind: ingest, connection: people, into: people }',
				'  - { id: count, kind: transform, needs: [load], sql: "SELECT count(*)::INT AS rows FROM people", into: counted }'
			];
			const saved = await weir.saveDocument('pipeline', 'daily', `name: daily\nsteps:\n${steps.join('\n')}\n`);
			if (!saved.ok) return saved.error;
			const run = await weir.runPipeline('daily');
			const answer = await weir.sql('SELECT rows FROM counted');
			return [run.ok ? run.value.state : run.error, answer.ok ? await answer.value.rows() : answer.error];
		});
		expect(ran).toEqual(['succeeded', [{ rows: 63 }]]);
	} finally {
		await api.stop();
	}
});

test('new columns stop a load until somebody says what becomes of them', async ({ page }) => {
	const api = await serveRows();
	api.rows[5] = { ...rowsOf(5, 6)[0], name: '5' } as ApiRow;
	try {
		await openWorkspace(page);
		const steps = await page.evaluate(async (url) => {
			const { weir } = globalThis as never as WithWeir;
			const text = `kind: rest\nurl: ${url}\npages: { kind: cursor, param: after, path: next_cursor }\nload: { mode: merge, key: [id] }\n`;
			await weir.sql('SELECT 1');
			await weir.save('orders', "SELECT 1000 AS id, 'mine' AS name");
			await weir.connect('orders', text);
			const trial = async (rest: string): Promise<unknown> => {
				const tested = await weir.testConnection('orders', { text: text.replace('key: [id]', rest) });
				return tested.ok ? tested.value.trial : tested.error;
			};
			await weir.save('other', "SELECT 7 AS id, 7 AS name, '' AS at UNION ALL SELECT 1000, 0, ''");
			const trials = [
				await trial('key: [id]'),
				await trial('key: [id], drift: evolve'),
				await trial('key: [nowhere], drift: evolve'),
				await trial('key: [id], into: other')
			];
			const asked = await weir.loadConnection('orders');
			await weir.connect('orders', text.replace('key: [id]', 'key: [id], drift: discard'));
			const without = await weir.loadConnection('orders');
			await weir.connect('orders', text.replace('key: [id]', 'key: [id], drift: evolve'));
			const evolved = await weir.loadConnection('orders');
			const answer = await weir.sql('SELECT count(*)::INT AS n, count("at")::INT AS times FROM orders');
			return { trials, asked, without, evolved, rows: answer.ok ? await answer.value.rows() : answer.error.kind };
		}, api.url);
		expect(steps).toMatchObject({
			trials: [
				{ error: { kind: 'load-drift', added: ['at'], mayAsk: true } },
				{ value: { addedCount: 20, changedCount: 0, sameCount: 0, rejectedCount: 0 } },
				{ error: { kind: 'unknown-column', column: 'nowhere' } },
				{ value: { addedCount: 1, rejectedCount: 19, reasons: ['the value is no INTEGER'] } }
			],
			asked: { ok: false, error: { kind: 'load-drift', dataset: 'orders', added: ['at'], mayAsk: true } },
			without: { ok: true, value: { keptCount: 60, added: [] } },
			evolved: { ok: true, value: { keptCount: 60, added: ['at'] } },
			rows: [{ n: 61, times: 60 }]
		});
	} finally {
		await api.stop();
	}
});

test('a source that no page may read is asked by the server, once somebody says so', async ({ page }) => {
	const seen: (readonly [string | undefined, string | undefined])[] = [];
	const server = createServer(({ headers, url }, response) => {
		seen.push([headers.authorization, headers.via]);
		if (url === '/made.csv') {
			response.end('id,name\n1,ann\n2,bob\n');
			return;
		}
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify(rowsOf(0, 30)));
	});
	const port = Number(process.env.SOURCE_PORT);
	await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
	try {
		await openWorkspace(page, '/sources');
		await page.getByRole('button', { name: 'New connection' }).click();
		const form = page.getByRole('form', { name: 'New connection' });
		await form.getByLabel('Name', { exact: true }).fill('orders');
		await form.getByLabel('Address').fill(`http://127.0.0.1:${port}/rows`);
		await form.getByLabel('Sign-in').selectOption('bearer');
		await form.getByRole('textbox', { name: 'Token' }).fill('canary-q8');
		await form.getByRole('button', { name: 'Test', exact: true }).click();
		const offer = form.getByRole('button', { name: 'Let your server ask, and test again' });
		await expect(offer).toBeVisible({ timeout: 120_000 });
		await expect(form.getByText('The server sees the address, the headers with the secret')).toBeVisible();
		await offer.click();
		await patient(form.getByText('This device has no server that could ask.')).toBeVisible();
		await expect(form.getByLabel('Asked by')).toHaveValue('relay');
		const isOn = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const words = await weir.recoveryWords();
			const text = words.ok ? words.value.join(' ') : '';
			return (await weir.turnOnSync({ passphrase: 'a sentence of mine', words: text, device: 'Laptop' })).ok;
		});
		expect(isOn).toBe(true);
		await form.getByRole('button', { name: 'Test', exact: true }).click();
		const found = form.getByRole('region', { name: 'What would be read' });
		await patient(
			found.getByText('answers, to your server, which asked for this browser. 30 rows on the first page')
		).toBeVisible();
		await expectClean(page, 'a connection that the server asks for');
		await form.getByRole('button', { name: 'Save connection' }).click();
		const card = page.getByRole('region', { name: 'orders' });
		await patient(card.getByText('; your server asks')).toBeVisible();
		await card.getByRole('button', { name: 'Load now' }).click();
		await expect(card.getByText('30 rows from 1 page')).toBeVisible({ timeout: 60_000 });
		expect(await counted(page)).toEqual({ n: 30, ids: 30, most: 29 });
		expect(seen.filter(([secret, via]) => secret === 'Bearer canary-q8' && via === '1.1 weir').length).toBeGreaterThan(
			1
		);
		const through = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const tested = await weir.testConnection('orders');
			const audited = await weir.auditLog();
			return [tested.ok && tested.value.through, JSON.stringify(audited).includes('canary-q8')];
		});
		expect(through).toEqual(['relay', false]);
		await page.getByRole('button', { name: 'New connection' }).click();
		await form.getByLabel('Name', { exact: true }).fill('made');
		await form.getByLabel('Reads from').selectOption('web');
		const addresses = form.getByLabel('Addresses, one a line');
		await addresses.fill(`http://127.0.0.1:${port}/made.csv`);
		await addresses.press('Tab');
		await form.getByLabel('Asked by').selectOption('relay');
		await form.getByRole('button', { name: 'Test', exact: true }).click();
		await patient(found.getByText('answers, to your server, which asked for this browser')).toBeVisible();
		const loaded = await page.evaluate(async (text) => {
			const { weir } = globalThis as never as WithWeir;
			const connected = await weir.connect('made', text);
			return connected.ok ? weir.loadConnection('made') : connected;
		}, `kind: web\nurls: [ "http://127.0.0.1:${port}/made.csv" ]\nthrough: relay\n`);
		expect(loaded).toMatchObject({ ok: true, value: { files: { readCount: 1 } } });
	} finally {
		server.closeAllConnections();
		await new Promise<void>((resolve) => server.close(() => resolve()));
	}
});
