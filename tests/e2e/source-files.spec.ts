// Files as sources, in the page: a store that checks signatures, a folder of this machine, the web. New files are added, and only wanted bytes read.
import { expect } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import { madeRows, parquetOfRows } from '../made-parquet.ts';
import { sqliteBytes, sqliteWithLog } from '../made-sqlite.ts';
import { ACCESS_KEY, BUCKET, REGION, SECRET_KEY } from '../s3-account.ts';
import { startS3 } from '../s3-server.ts';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test('objects of a store are found, pruned, loaded, added to and undone', async ({ page }) => {
	const s3 = await startS3();
	try {
		await s3.put('sales/region=eu/a.parquet', parquetOfRows(madeRows(0, 6000)));
		await s3.put('sales/region=us/b.parquet', parquetOfRows(madeRows(6000, 12_000)));
		await s3.put('sales/notes.txt', 'nothing');
		await openWorkspace(page, '/sources');
		await patient(page.getByText('There is no connection yet.')).toBeVisible();
		await page.getByRole('button', { name: 'New connection' }).click();
		const form = page.getByRole('form', { name: 'New connection' });
		await form.getByLabel('Name', { exact: true }).fill('sales');
		await form.getByLabel('Reads from').selectOption('s3');
		await form.getByLabel('Address of the store').fill(s3.endpoint);
		await form.getByLabel('Region').fill(REGION);
		await form.getByLabel('Bucket').fill(BUCKET);
		await form.getByLabel('Access key').fill(ACCESS_KEY);
		await form.getByLabel('Which files').fill('sales/**/*.parquet');
		await form.getByLabel('Only these columns').fill('id, value, region');
		await form.getByLabel(/^Only rows where/).fill('id < 7000\nvalue >= 0');
		await form.getByLabel('Each load takes').selectOption('append');
		await form.getByRole('textbox', { name: 'Secret key' }).fill(SECRET_KEY);
		await form.getByRole('button', { name: 'Test', exact: true }).click();
		const found = form.getByRole('region', { name: 'What would be read' });
		await expect(found.getByText(/2 files of .*: sales\/region=eu\/a\.parquet/)).toBeVisible({ timeout: 60_000 });
		await expectClean(page, 'a connection to a store that is written');
		await form.getByRole('button', { name: 'Save connection' }).click();
		const card = page.getByRole('region', { name: 'sales' });
		await card.getByRole('button', { name: 'Load now' }).click();
		await expect(card.getByText(/^6,000 rows from 2 files, .* read of/)).toBeVisible({ timeout: 120_000 });
		await expectClean(page, 'a load of files that is done');
		const counted = () =>
			page.evaluate(async () => {
				const { weir } = globalThis as never as WithWeir;
				const sql = `SELECT region, count(*)::INT AS n, max(id)::INT AS most FROM sales GROUP BY region ORDER BY region`;
				const answer = await weir.sql(sql);
				return answer.ok ? answer.value.rows() : [answer.error.kind];
			});
		expect(await counted()).toEqual([
			{ region: 'eu', n: 5142, most: 5998 },
			{ region: 'us', n: 858, most: 6999 }
		]);
		await s3.put('sales/region=us/c.parquet', parquetOfRows(madeRows(0, 100)));
		await s3.put('sales/region=eu/a.parquet', parquetOfRows(madeRows(0, 10)));
		const again = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			return weir.loadConnection('sales');
		});
		expect(again).toMatchObject({
			ok: true,
			value: { keptCount: 85, files: { readCount: 1, unchangedCount: 1, changed: ['sales/region=eu/a.parquet'] } }
		});
		expect((await counted())[1]).toEqual({ region: 'us', n: 943, most: 6999 });
		await page.keyboard.press('ControlOrMeta+z');
		await patient.poll(async () => (await counted())[1]).toEqual({ region: 'us', n: 858, most: 6999 });
	} finally {
		await s3.stop();
	}
});

test('a folder gives its files of any format and archive as one table, and its new ones when they come', async ({
	page
}) => {
	await openWorkspace(page);
	const zipped = [...zipSync({ 'c.csv': strToU8('id,name\n3,cleo\n'), 'sub/d.csv': strToU8('id,name\n4,dan\n') })];
	const steps = await page.evaluate(async (zip) => {
		const { weir } = globalThis as never as WithWeir;
		const root = await navigator.storage.getDirectory();
		const inbox = await root.getDirectoryHandle('inbox', { create: true });
		const write = async (path: string, text: string | Uint8Array<ArrayBuffer>): Promise<void> => {
			const folders = path.split('/');
			let at = inbox;
			const last = folders.pop() ?? '';
			for (const folder of folders) at = await at.getDirectoryHandle(folder, { create: true });
			const file = await (await at.getFileHandle(last, { create: true })).createWritable();
			await file.write(text);
			await file.close();
		};
		await weir.watchFolder('inbox', inbox);
		await write('year=2025/a.csv', 'id,name\n1,ann\n');
		await write('year=2026/b.ndjson', '{"id":2,"name":"bob"}\n');
		await write('year=2026/c.zip', new Uint8Array(zip));
		const connected = await weir.connect('people', 'kind: folder\nfolder: inbox\npath: "**"\nload: { mode: append }\n');
		const tested = await weir.testConnection('people');
		const first = await weir.loadConnection('people');
		await write('year=2026/e.csv', 'id,name\n5,eve\nx,none\n');
		const second = await weir.loadConnection('people');
		const third = await weir.loadConnection('people');
		const answer = await weir.sql('SELECT id::INT AS id, name, year::INT AS year FROM people ORDER BY id');
		return { connected, tested, first, second, third, rows: answer.ok ? await answer.value.rows() : answer.error };
	}, zipped);
	expect(steps).toMatchObject({
		connected: { ok: true },
		tested: { ok: true, value: { entries: [{ name: 'year=2025/a.csv', kind: 'file' }, {}, {}] } },
		first: { ok: true, value: { keptCount: 4, files: { readCount: 3 } } },
		second: { ok: true, value: { rejectedCount: 1, files: { readCount: 1, unchangedCount: 3 } } },
		third: { ok: true, value: { keptCount: 0, files: { readCount: 0, unchangedCount: 4 } } },
		rows: [
			{ id: 1, name: 'ann', year: 2025 },
			{ id: 2, name: 'bob', year: 2026 },
			{ id: 3, name: 'cleo', year: 2026 },
			{ id: 4, name: 'dan', year: 2026 },
			{ id: 5, name: 'eve', year: 2026 }
		]
	});
	await page.evaluate(async () => {
		const inbox = await (await navigator.storage.getDirectory()).getDirectoryHandle('inbox');
		const folder = await inbox.getDirectoryHandle('year=2026');
		const file = await (await folder.getFileHandle('f.csv', { create: true })).createWritable();
		await file.write('id,name\n6,fay\n');
		await file.close();
	});
	await page.goto('/sources');
	const card = page.getByRole('region', { name: 'people' });
	await patient(card.getByText('One file waits to be loaded.')).toBeVisible();
	await expectClean(page, 'a folder with a file that waits');
	await card.getByRole('button', { name: 'Load now' }).click();
	await expect(card.getByText(/^1 row from 1 file, .* 4 files loaded before/)).toBeVisible({ timeout: 120_000 });
	await expect(card.getByText('One file waits to be loaded.')).toBeHidden();
	const database = sqliteBytes(`CREATE TABLE orders (id INTEGER PRIMARY KEY, placed DATE, mark);
		INSERT INTO orders VALUES (1, '2026-01-02', 7), (2, NULL, 'x');
		CREATE TABLE codes (code TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
		INSERT INTO codes VALUES ('b', 2), ('a', NULL);`);
	await page.evaluate(
		async (bytes) => {
			const inbox = await (await navigator.storage.getDirectory()).getDirectoryHandle('inbox');
			const file = await (await inbox.getFileHandle('shop.sqlite', { create: true })).createWritable();
			await file.write(new Uint8Array(bytes));
			await file.close();
			const { weir } = globalThis as never as WithWeir;
			await weir.connect('shop', 'kind: folder\nfolder: inbox\npath: "*.sqlite"\nload: { mode: merge, key: [ id ] }\n');
		},
		[...database]
	);
	await page.reload();
	const shop = page.getByRole('region', { name: 'shop' });
	await shop.getByRole('button', { name: 'Edit' }).click();
	const form = page.getByRole('form');
	await form.getByRole('button', { name: 'Test', exact: true }).click();
	const tables = form.getByRole('list', { name: 'Tables' });
	await expect(tables.getByRole('button', { name: 'orders', pressed: true })).toBeVisible({ timeout: 60_000 });
	await tables.getByRole('button', { name: 'codes' }).click();
	await expect(tables.getByRole('button', { name: 'codes', pressed: true })).toBeVisible({ timeout: 60_000 });
	await expectClean(page, 'the tables of a file');
	// Names for those who hear the page stand in its lists, and make nothing longer but these.
	await page.setViewportSize({ width: 390, height: 500 });
	expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
	await form.getByRole('button', { name: 'Save connection' }).click();
	await shop.getByRole('button', { name: 'Load now' }).click();
	await expect(shop.getByText(/^2 rows from 1 file/)).toBeVisible({ timeout: 120_000 });
	const loaded = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const kept = await weir.connections();
		const answer = await weir.sql('SELECT code, n::INT AS n FROM shop ORDER BY code');
		return [
			kept.ok && kept.value.find(({ name }) => name === 'shop')?.text,
			answer.ok ? await answer.value.rows() : answer.error
		];
	});
	expect(loaded).toEqual([
		expect.stringMatching(/key: \[ code \][^]*table: codes/),
		[
			{ code: 'a', n: null },
			{ code: 'b', n: 2 }
		]
	]);
	const { database: live, log } = sqliteWithLog(
		`CREATE TABLE t (id INTEGER PRIMARY KEY, name); INSERT INTO t VALUES (1, 'in the database')`,
		`INSERT INTO t VALUES (2, 'in the log')`
	);
	const newest = await page.evaluate(
		async ([bytes, beside]) => {
			const inbox = await (await navigator.storage.getDirectory()).getDirectoryHandle('inbox');
			const [file, logFile] = [new Uint8Array(bytes ?? []), new Uint8Array(beside ?? [])];
			for (const [name, content] of [
				['live.db', file],
				['live.db-wal', logFile]
			] as const) {
				const written = await (await inbox.getFileHandle(name, { create: true })).createWritable();
				await written.write(content);
				await written.close();
			}
			const { weir } = globalThis as never as WithWeir;
			await weir.connect('live', 'kind: folder\nfolder: inbox\npath: "*.db"\nload: { mode: full }\n');
			const load = await weir.loadConnection('live');
			const alone = await weir.ingest(new Blob([file]), { name: 'alone' });
			const both = await weir.ingest(
				[
					{ path: 'live.db', file: new Blob([file]) },
					{ path: 'live.db-wal', file: new Blob([logFile]) }
				],
				{ name: 'both' }
			);
			return { load, alone, both };
		},
		[[...live], [...log]]
	);
	expect(newest).toMatchObject({
		load: { ok: true, value: { keptCount: 2, notes: [], files: { readCount: 1 } } },
		alone: { ok: true, value: { rowCount: 1, notes: ['log-beside'] } },
		both: { ok: true, value: { rowCount: 2, notes: [] } }
	});
});
