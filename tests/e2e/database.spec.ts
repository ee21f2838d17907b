// A database from the form to merged rows, and back: its tables are shown, one is chosen and loaded, changes there come with the next load, and
// rows go back on purpose.
import { expect } from '@playwright/test';
import { startPostgres } from '../database-server.ts';
import { mysqlPrograms, startMysql } from '../mysql-server.ts';
import { startWeir } from '../weir-server.ts';
import { expectClean } from './clean.ts';
import { follow, frugalContext, openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test.setTimeout(300_000);

test('a table is found, loaded, merged with what changed, and put back into', async ({ browser }) => {
	const postgres = await startPostgres();
	const server = await startWeir({ isBuilt: true, sourceHosts: `${postgres.host}:${postgres.port}` });
	const context = await frugalContext(browser, { baseURL: server.url });
	try {
		await postgres.run(`CREATE TABLE orders (id bigint PRIMARY KEY, city text, price numeric(10,2), tags text[], at timestamptz);
			INSERT INTO orders SELECT i, CASE WHEN i % 3 = 0 THEN '' WHEN i % 3 = 1 THEN 'Oslo' END, i / 4.0, ARRAY['a', 'b'],
				'2026-01-01T00:00:00Z'::timestamptz + i * interval '1 minute' FROM generate_series(1, 500) i;
			CREATE VIEW cheap AS SELECT * FROM orders WHERE price < 10`);
		const page = await context.newPage();
		await openWorkspace(page, '/sources');
		await page.getByRole('button', { name: 'New connection' }).click();
		const form = page.getByRole('form', { name: 'New connection' });
		await form.getByLabel('Name', { exact: true }).fill('orders');
		await form.getByLabel('Reads from').selectOption('postgres');
		await form.getByLabel('Host').fill(postgres.host);
		await form.getByLabel('Port').fill(String(postgres.port));
		await form.getByLabel('Database', { exact: true }).fill('postgres');
		await form.getByLabel('User').fill('postgres');
		await form.getByLabel('Password').fill('canary-d4');
		await form.getByLabel('Encryption').selectOption('off');
		await form.getByLabel('Each load takes').selectOption('merge');
		await form.getByLabel('Key columns').fill('id');
		await form.getByLabel('Field that tells when a row came').fill('at');
		await form.getByLabel('Field that tells when a row came').press('Tab');
		await form.getByRole('button', { name: 'Test', exact: true }).click();
		await patient(form.getByText('This device has no server that could ask')).toBeVisible();
		const made = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const words = await weir.recoveryWords();
			const text = words.ok ? words.value.join(' ') : '';
			return weir.turnOnSync({ passphrase: 'a sentence that opens it', words: text, device: 'Laptop' });
		});
		expect(made).toMatchObject({ ok: true });

		await form.getByRole('button', { name: 'Test', exact: true }).click();
		const found = form.getByRole('region', { name: 'What would be read' });
		await patient(found.getByRole('button', { name: 'public.cheap' })).toBeVisible();
		await expectClean(page, 'the tables of a database');
		await found.getByRole('button', { name: 'public.orders' }).click();
		await patient(found.getByText('20 first rows')).toBeVisible();
		await expect(found.getByLabel('First rows')).toContainText('"city":"Oslo"');
		await form.getByLabel('Rows may be put back into the table').check();
		await form.getByRole('button', { name: 'Save connection' }).click();
		const card = page.getByRole('region', { name: 'orders' });
		await card.getByRole('button', { name: 'Load now' }).click();
		await expect(card.getByText('500 rows from 1 page')).toBeVisible({ timeout: 120_000 });
		const shown = async (): Promise<unknown> =>
			page.evaluate(async () => {
				const { weir } = globalThis as never as WithWeir;
				const sql = `SELECT count(*)::INT AS n, count(city)::INT AS cities, count(*) FILTER (WHERE city = '')::INT AS empty,
					sum(price)::VARCHAR AS total, any_value(typeof(price)) AS price, any_value(typeof(tags)) AS tags,
					any_value(typeof(id)) AS id, any_value(typeof("at")) AS "at" FROM orders`;
				const answer = await weir.sql(sql);
				return answer.ok ? (await answer.value.rows())[0] : answer.error;
			});
		const types = { id: 'BIGINT', price: 'DECIMAL(10,2)', tags: 'VARCHAR[]', at: 'TIMESTAMP WITH TIME ZONE' };
		expect(await shown()).toEqual({ n: 500, cities: 333, empty: 166, total: '31312.50', ...types });

		await postgres.run(`UPDATE orders SET price = 0, at = now() WHERE id <= 10;
			INSERT INTO orders VALUES (501, 'Bergen', 1, NULL, now())`);
		const again = await page.evaluate(async () => {
			const { weir } = globalThis as never as WithWeir;
			const loaded = await weir.loadConnection('orders');
			const kept = JSON.stringify([await weir.connections(), await weir.documents(), await weir.versions('orders')]);
			return { loaded, isTold: kept.includes('canary-d4') };
		});
		expect(again).toMatchObject({ isTold: false, loaded: { value: { keptCount: 12, dataset: 'orders' } } });
		expect(await shown()).toMatchObject({ n: 501, total: '31299.75' });

		await page.evaluate(() =>
			(globalThis as never as WithWeir).weir.sql("UPDATE orders SET city = 'Tromsø' WHERE id = 7")
		);
		await card.getByText('Put rows back into the table').click();
		await card.getByRole('button', { name: 'Put back…' }).click();
		await patient(card.getByText('501 rows of orders go into public.orders')).toBeVisible();
		await expectClean(page, 'rows that are to be put back');
		await card.getByRole('button', { name: 'Put 501 rows into public.orders' }).click();
		await patient(card.getByText('0 rows added and 501 changed in public.orders')).toBeVisible();
		expect(await postgres.run("SELECT id::int, city, tags FROM orders WHERE city = 'Tromsø'")).toEqual([
			{ id: 7, city: 'Tromsø', tags: ['a', 'b'] }
		]);
	} finally {
		await context.close();
		await server.stop();
		await postgres.stop();
	}
});

// Of two that the machine has, one is enough here; without one there is nothing to show; see docs/databases.md.
for (const program of mysqlPrograms().slice(-1))
	test(`a table of ${program.name} is found, loaded, merged with what changed, and put back into`, async ({
		browser
	}) => {
		const mysql = await startMysql(program);
		const server = await startWeir({ isBuilt: true, sourceHosts: `${mysql.host}:${mysql.port}` });
		const context = await frugalContext(browser, { baseURL: server.url });
		try {
			await mysql.run(`CREATE TABLE orders (id bigint unsigned PRIMARY KEY, city varchar(20), price decimal(10,2), more json, at timestamp(6) NOT NULL);
				INSERT INTO orders SELECT seq, IF(seq % 3 = 0, '', IF(seq % 3 = 1, 'Oslo', NULL)), seq / 4, '{"x": [1, 2]}', TIMESTAMPADD(MINUTE, seq, '2026-01-01')
				FROM (WITH RECURSIVE numbered AS (SELECT 1 AS seq UNION ALL SELECT seq + 1 FROM numbered WHERE seq < 500) SELECT seq FROM numbered) AS n`);
			const page = await context.newPage();
			await openWorkspace(page);
			const on = await page.evaluate(async () => {
				const { weir } = globalThis as never as WithWeir;
				const words = await weir.recoveryWords();
				const text = words.ok ? words.value.join(' ') : '';
				return weir.turnOnSync({ passphrase: 'a sentence that opens it', words: text, device: 'Laptop' });
			});
			expect(on).toMatchObject({ ok: true });
			await follow(page, '/sources');
			await page.getByRole('button', { name: 'New connection' }).click();
			const form = page.getByRole('form', { name: 'New connection' });
			await form.getByLabel('Name', { exact: true }).fill('orders');
			await form.getByLabel('Reads from').selectOption('mysql');
			await form.getByLabel('Host').fill(mysql.host);
			await form.getByLabel('Port').fill(String(mysql.port));
			await form.getByLabel('Database', { exact: true }).fill('shop');
			await form.getByLabel('User').fill(mysql.user);
			await form.getByLabel('Password').fill(mysql.password);
			await form.getByLabel('Encryption').selectOption('off');
			await form.getByLabel('Each load takes').selectOption('merge');
			await form.getByLabel('Key columns').fill('id');
			await form.getByLabel('Field that tells when a row came').fill('at');
			await form.getByLabel('Field that tells when a row came').press('Tab');
			await form.getByRole('button', { name: 'Test', exact: true }).click();
			const found = form.getByRole('region', { name: 'What would be read' });
			await patient(found.getByRole('button', { name: 'shop.orders' })).toBeVisible();
			await found.getByRole('button', { name: 'shop.orders' }).click();
			await patient(found.getByText('20 first rows')).toBeVisible();
			await form.getByLabel('Rows may be put back into the table').check();
			await form.getByRole('button', { name: 'Save connection' }).click();
			await page.getByRole('region', { name: 'orders' }).getByRole('button', { name: 'Load now' }).click();
			await expect(page.getByText('500 rows from 1 page')).toBeVisible({ timeout: 120_000 });

			await mysql.run(`UPDATE orders SET price = 0, at = now(6) WHERE id <= 10;
				INSERT INTO orders VALUES (501, 'Bergen', 1, NULL, now(6))`);
			const { host, port, user, password } = mysql;
			const whole = await page.evaluate(
				async ({ host, port, user, password }) => {
					const { weir } = globalThis as never as WithWeir;
					const text = `kind: mysql\nhost: ${host}\nport: ${port}\ndatabase: shop\nuser: ${user}\ntls: off\ntable: orders\ncolumns: [ id, city, price, at ]\n`;
					await weir.connect('whole', text, { secrets: { password } });
					const loaded = await weir.loadConnection('whole');
					if (!loaded.ok) return loaded.error;
					const sql = `SELECT count(*)::INT AS n, count(city)::INT AS cities, count(*) FILTER (WHERE city = '')::INT AS empty, sum(price)::VARCHAR AS total,
						max("at")::VARCHAR AS "at" FROM whole WHERE id > 10 AND id <= 500`;
					const answer = await weir.sql(sql);
					return answer.ok ? (await answer.value.rows())[0] : answer.error;
				},
				{ host, port, user, password }
			);
			expect(whole).toEqual({ n: 490, cities: 326, empty: 163, total: '31298.75', at: '2026-01-01 08:20:00+00' });
			const told = await page.evaluate(async () => {
				const { weir } = globalThis as never as WithWeir;
				const loaded = await weir.loadConnection('orders');
				const sql = `SELECT count(*)::INT AS n, count(city)::INT AS cities, count(*) FILTER (WHERE city = '')::INT AS empty, sum(price)::VARCHAR AS total,
					any_value(typeof(id)) AS id, any_value(typeof(price)) AS price, any_value(typeof(more)) AS more, any_value(typeof("at")) AS "at" FROM orders`;
				const answer = await weir.sql(sql);
				const shown = answer.ok ? (await answer.value.rows())[0] : answer.error;
				await weir.sql("UPDATE orders SET city = 'Tromsø' WHERE id = 7");
				return { loaded, shown, put: await weir.putBack('orders', 'orders') };
			});
			expect(told.loaded).toMatchObject({ value: { keptCount: 12, dataset: 'orders' } });
			const types = { id: 'DECIMAL(20,0)', price: 'DECIMAL(10,2)', more: 'JSON', at: 'TIMESTAMP WITH TIME ZONE' };
			expect(told.shown).toEqual({ n: 501, cities: 334, empty: 166, total: '31299.75', ...types });
			expect(told.put).toMatchObject({ ok: true, value: { addedCount: 0, changedCount: 501 } });
			expect(await mysql.run("SELECT CAST(id AS CHAR) AS id, city, more FROM orders WHERE city = 'Tromsø'")).toEqual([
				{ id: '7', city: 'Tromsø', more: expect.anything() }
			]);
		} finally {
			await context.close();
			await server.stop();
			await mysql.stop();
		}
	});
