import { expect, test } from 'vitest';
import { hitsSql, insertedSql } from '#core/sql/change-sql.ts';
import { parseChange, type ChangeStatement } from '#core/sql/change-statement.ts';

const isDataset = (name: string): boolean => ['orders', 'new orders'].includes(name.toLowerCase());

function parsed(sql: string): ChangeStatement | null {
	const answer = parseChange(sql, isDataset);
	if (!answer.ok) throw new Error(answer.error.kind === 'sql-error' ? answer.error.message : answer.error.kind);
	return answer.value;
}

function refused(sql: string): { readonly message: string; readonly at: string } {
	const answer = parseChange(sql, isDataset);
	if (answer.ok || answer.error.kind !== 'sql-error') throw new Error(`${sql} was taken`);
	return { message: answer.error.message, at: sql.slice(answer.error.position ?? 0) };
}

test('texts that change no dataset are left to the engine', () => {
	for (const sql of [
		'',
		'select 1',
		'-- update orders set a = 1',
		'update others set a = 1',
		'create table t as from orders',
		'insert into temp.orders values (1)',
		'delete from main.orders',
		"select 'delete from orders'"
	])
		expect(parsed(sql), sql).toBeNull();
});

test('an update tells its columns and values, whatever brackets, texts and comments are around', () => {
	const sql = `UPDATE "new orders" AS o SET a = greatest(b, 1), "b c" = 'x, WHERE' /* , */ WHERE o.a IS DISTINCT FROM (select 1 where true) -- end`;
	const statement = parsed(sql);
	if (statement?.kind !== 'update') throw new Error('no update');
	expect(statement).toMatchObject({ dataset: 'new orders', alias: 'o' });
	expect(statement.sets.map(({ column, value }) => [column.name, sql.slice(value.start, value.end)])).toEqual([
		['a', 'greatest(b, 1)'],
		['b c', "'x, WHERE'"]
	]);
	expect(sql.slice(statement.where?.start, statement.where?.end)).toBe('o.a IS DISTINCT FROM (select 1 where true)');
});

test('the rows an update means are asked for with its new values, and places lead back to the statement', () => {
	const sql = 'update orders set price = price * 2, note = null where city = ?';
	const statement = parsed(sql);
	if (statement?.kind !== 'update') throw new Error('no update');
	const { sql: hits, toOriginal } = hitsSql(sql, statement, {
		numbered: '"rows"',
		types: ['DOUBLE', 'VARCHAR']
	});
	expect(hits.replaceAll(/\s+/g, ' ')).toBe(
		'SELECT "@row", CAST((price * 2 ) AS DOUBLE) AS v0, CAST((null ) AS VARCHAR) AS v1 ' +
			'FROM "rows" AS "orders" WHERE (city = ? )'
	);
	expect(sql.slice(toOriginal(hits.indexOf('price * 2')))).toMatch(/^price \* 2/);
	expect(sql.slice(toOriginal(hits.indexOf('city')))).toMatch(/^city/);
});

test('deletes, with and without a condition', () => {
	expect(parsed('delete from orders;')).toEqual({ kind: 'delete', dataset: 'orders', alias: 'orders', where: null });
	const sql = 'DELETE FROM Orders o WHERE o.id in (select id from others)';
	const statement = parsed(sql);
	if (statement?.kind !== 'delete') throw new Error('no delete');
	expect(hitsSql(sql, statement, { numbered: '"rows"', types: [] }).sql.replaceAll(/\s+/g, ' ')).toBe(
		'SELECT "@row" FROM "rows" AS "o" WHERE (o.id in (select id from others) )'
	);
});

test('an insert gives the columns it names, and nulls for the others', () => {
	const sql = 'insert into orders (b) values (1), (2)';
	const statement = parsed(sql);
	if (statement?.kind !== 'insert') throw new Error('no insert');
	const schema = [
		{ name: 'a', type: 'VARCHAR' },
		{ name: 'b', type: 'INTEGER' }
	];
	expect(insertedSql(sql, statement, schema, ['b']).sql.replaceAll(/\s+/g, ' ')).toBe(
		'SELECT CAST(NULL AS VARCHAR) AS "a", CAST(i.c0 AS INTEGER) AS "b" FROM (values (1), (2) ) AS i(c0)'
	);
});

test('columns are added, dropped, renamed and given other types', () => {
	expect(parsed('alter table orders add column total decimal(18,2) default a * b')).toMatchObject({
		kind: 'add-column',
		column: { name: 'total' },
		type: 'decimal(18,2)'
	});
	expect(parsed('alter table orders drop "b c"')).toMatchObject({ kind: 'drop-column', column: { name: 'b c' } });
	expect(parsed('alter table orders rename column a to z')).toMatchObject({ kind: 'rename-column', to: 'z' });
	expect(parsed('alter table orders alter a type int using a::int')).toMatchObject({
		kind: 'retype-column',
		type: 'int'
	});
});

test('what cannot be done says why, and where', () => {
	expect(refused('select 1; delete from orders')).toEqual({
		message: 'Run a statement that changes a dataset by itself',
		at: 'delete from orders'
	});
	expect(refused('update orders@v1 set a = 1').message).toContain('newest version');
	expect(refused('update orders set a = o.a from others o').message).toContain('subquery');
	expect(refused('delete from orders where a = 1 returning *').message).toContain('RETURNING');
	expect(refused('insert or replace into orders values (1)').message).toContain('by key');
	expect(refused('update orders set a = , b = 2')).toEqual({ message: 'Expected an expression', at: ', b = 2' });
	expect(refused('alter table orders rename to others').message).toContain('weir.rename');
});
