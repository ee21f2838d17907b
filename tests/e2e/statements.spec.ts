// UPDATE, DELETE, INSERT and ALTER TABLE on datasets: what the engine does to a table of its own, as versions that cost what they change.
import { expect, type Page } from '@playwright/test';
import {
	expectRow,
	expectRows,
	openWorkspace,
	patient,
	runQuery,
	storedBytes,
	test,
	type WithWeir
} from './workspace.ts';

test.setTimeout(180_000);

/** `orders` in five segments, the third of them shorter than where it would be cut now. */
async function withOrders(page: Page): Promise<void> {
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const orders = (
			from: number,
			to: number
		): string => `select range::integer as id, 'city ' || hash(range) % 90 as city,
			(hash(range * 7) % 100000 / 100)::decimal(9, 2) as price, [range % 3, null] as tags, {a: range % 5, b: 'x'} as "per son"
			from range(${from}, ${to})`;
		for (const sql of [orders(0, 40_000), `from orders union all ${orders(40_000, 70_000)}`]) {
			const saved = await weir.save('orders', sql, { replace: true });
			if (!saved.ok) throw new Error(JSON.stringify(saved.error));
		}
		const edited = await weir.edit('orders', { remove: Array.from({ length: 300 }, (_, at) => 33_000 + at * 20) });
		if (!edited.ok) throw new Error(JSON.stringify(edited.error));
	});
}

/** Runs a statement on `orders`, and on a table of the engine with the same rows: whether both have the same rows after it. */
async function compare(page: Page, statement: string, params: readonly (string | number)[] = []) {
	return page.evaluate(
		async ({ text, values }) => {
			const { weir } = globalThis as never as WithWeir;
			const rows = async (sql: string, given: readonly (string | number)[] = []) => {
				const answer = await weir.sql(sql, [...given]);
				if (!answer.ok) throw new Error(`${sql}: ${JSON.stringify(answer.error)}`);
				const all = await answer.value.rows();
				await answer.value.release();
				return all;
			};
			await rows('create or replace temp table model as from orders');
			const told = await rows(text, values);
			await rows(text.replace(/\borders\b/, 'model'), values);
			const key = (of: string): string =>
				`select md5(string_agg(t::varchar, chr(10) order by t::varchar)) as hash, count(*)::integer as n from ${of} as t`;
			const [dataset] = await rows(key('orders'));
			const [model] = await rows(key('model'));
			const columns = async (of: string) =>
				(await rows(`select column_name, column_type from (describe from ${of})`)).map(String);
			const facts = { dataset, columns: await columns('orders') };
			const expected = { dataset: model, columns: await columns('model') };
			return { told: Object.values(told[0] ?? {})[0], facts, expected };
		},
		{ text: statement, values: params }
	);
}

test('statements do to a dataset what they do to a table', async ({ scripted: page }) => {
	await withOrders(page);
	const statements: readonly (readonly [string, ...(string | number)[]])[] = [
		['update orders set price = price * 2 where id between 20000 and 20010'],
		["update orders set city = upper(city), price = -price where id % 1000 = 7 and city <> 'city 3'"],
		['update orders o set price = (select max(price) from orders as x where x.city = o.city) where o.id < ?', 40],
		['delete from orders where id % 500 = 3'],
		['delete from orders where id >= 16384 and id < 36000'],
		["insert into orders (id, city) values (-1, 'Ulm'), (-2, null)"],
		['insert into orders select id + 100000, city, price, tags, "per son" from orders where id % 9000 = 1'],
		['alter table orders add column total decimal(12, 3) default 1.5'],
		['update orders set total = price * 3, id = id + 1 where tags[1] = ?', 2],
		['alter table orders alter column id type bigint'],
		["alter table orders alter total type varchar using total || '!'"],
		['alter table orders rename column "per son" to person'],
		['alter table orders drop column tags'],
		['update orders set person = null where person.a = 4'],
		['delete from orders where random() < 2 and id % 10 <> 0'],
		['delete from orders']
	];
	for (const [statement, ...params] of statements) {
		const { facts, expected } = await compare(page, statement, params);
		expect(facts, statement).toEqual(expected);
	}
	const undone = await page.evaluate(async (count) => {
		const { weir } = globalThis as never as WithWeir;
		const hash = async () => {
			const found = await weir.versions('orders');
			return found.ok ? found.value.map(({ contentHash }) => contentHash) : [];
		};
		const all = await hash();
		for (let at = 0; at < count; at++) await weir.undo();
		const before = await hash();
		for (let at = 0; at < count; at++) await weir.redo();
		return { all, before, after: await hash() };
	}, statements.length);
	expect(undone.before).toEqual(undone.all.slice(0, -statements.length));
	expect(undone.after).toEqual(undone.all);
});

test('a statement costs the columns and segments it changes, and keeps the order of rows', async ({
	scripted: page
}) => {
	await withOrders(page);
	const whole = await storedBytes(page);
	const costs: number[] = [];
	for (const sql of [
		'alter table orders drop column city',
		'alter table orders rename id to number',
		'update orders set price = 1 where number = 20000',
		'delete from orders where number in (5, 69999)'
	]) {
		const before = await storedBytes(page);
		const isDone = await page.evaluate(
			async (text) => (await (globalThis as never as WithWeir).weir.sql(text)).ok,
			sql
		);
		expect(isDone, sql).toBe(true);
		costs.push(((await storedBytes(page)) - before) / whole);
	}
	expect(costs.slice(0, 2)).toEqual([0, 0]);
	expect(costs[2]).toBeLessThan(0.15);
	expect(costs[3]).toBeLessThan(0.4);
	const rows = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const text = (of: string): string => `(select md5(string_agg(t::varchar, chr(10))) from (${of}) as t)`;
		const earlier = `select id as number, if(id = 20000, 1, price) as price, tags, "per son" from orders@v3 where id not in (5, 69999)`;
		const answer = await weir.sql(`select ${text('from orders')} as now, ${text(earlier)} as expected`);
		return answer.ok ? (await answer.value.rows())[0] : answer.error;
	});
	const { now, expected } = rows as { readonly now: string; readonly expected: string };
	expect(now).toMatch(/^[0-9a-f]{32}$/);
	expect(now).toBe(expected);
});

test('what a statement gets wrong is told at its place, and nothing changes', async ({ scripted: page }) => {
	await withOrders(page);
	const refused = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const versions = async () => {
			const found = await weir.versions('orders');
			return found.ok ? found.value.length : 0;
		};
		const count = await versions();
		const told: string[] = [];
		for (const sql of [
			'update orders set nope = 1',
			"update orders set id = 'x' where id = 1",
			'update orders set price = prise',
			'insert into orders values (1)',
			'alter table orders add column id int',
			'alter table orders alter city type integer',
			'delete from orders@v1',
			'select 1; delete from orders'
		]) {
			const answer = await weir.sql(sql);
			if (answer.ok || answer.error.kind !== 'sql-error') throw new Error(`${sql} was taken`);
			const { type, position } = answer.error;
			told.push(`${type} ${position === null ? '' : sql.slice(position)}`);
		}
		const none = await weir.sql('update orders set id = 1 where false');
		return { told, none: none.ok && (await none.value.rows()), made: (await versions()) - count };
	});
	expect(refused.told).toEqual([
		'Binder nope = 1',
		expect.stringMatching(/^Conversion /),
		'Binder prise',
		expect.stringMatching(/^Binder /),
		'Binder id int',
		expect.stringMatching(/^Conversion /),
		'Parser orders@v1',
		'Parser delete from orders'
	]);
	expect(refused.none).toEqual([{ 'rows changed': 0 }]);
	expect(refused.made).toBe(0);
});

test('in the page, a statement says how many rows it changed, and can be undone', async ({ scripted: page }) => {
	await withOrders(page);
	await page.getByRole('button', { name: /^orders/ }).click();
	await expectRow(page, 1, ['0', 'city 0', '0.00', '[0,null]', '{"a":0,"b":"x"}']);
	await runQuery(page, 'update orders set price = 9 where id < 3');
	await expectRows(page, 1);
	await expectRow(page, 1, ['3']);
	await patient(page.getByText('Changed orders')).toBeVisible();
	await page.getByRole('tab', { name: /^orders/ }).click();
	await expectRow(page, 1, ['0', 'city 0', '9.00', '[0,null]', '{"a":0,"b":"x"}']);
	await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
	await expectRow(page, 1, ['0', 'city 0', '0.00', '[0,null]', '{"a":0,"b":"x"}']);
});
