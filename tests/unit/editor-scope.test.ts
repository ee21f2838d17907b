import { describe, expect, test } from 'vitest';
import { formatSql } from '#lib/ui/editor/format-sql.ts';
import { quotedName } from '#lib/ui/editor/sql-completion.ts';
import { sqlScope } from '#lib/ui/editor/sql-scope.ts';

/** `|` marks the place. */
function scope(marked: string): ReturnType<typeof sqlScope> {
	return sqlScope(marked.replace('|', ''), marked.indexOf('|'));
}

describe('sqlScope', () => {
	test('tables and aliases of FROM and JOIN are in reach before they are written', () => {
		expect(scope('select | from trips as t join "fares 2" f using (id) where 1').tables).toEqual([
			{ name: 'trips', version: null, alias: 't' },
			{ name: 'fares 2', version: null, alias: 'f' }
		]);
	});

	test('a version belongs to its table', () => {
		expect(scope('from trips@v2 t, zones select |').tables).toEqual([
			{ name: 'trips', version: 'v2', alias: 't' },
			{ name: 'zones', version: null, alias: null }
		]);
	});

	test('a query in brackets sees its own tables first, and those around it', () => {
		const { tables } = scope('select * from outer_one where id in (select | from inner_one)');
		expect(tables.map(({ name }) => name)).toEqual(['inner_one', 'outer_one']);
		expect(scope('select | from a where id in (select x from b)').tables.map(({ name }) => name)).toEqual(['a']);
	});

	test('only the statement around the place counts', () => {
		expect(scope('from a; select | from b; from c').tables.map(({ name }) => name)).toEqual(['b']);
	});

	test('comments and texts name no tables', () => {
		expect(scope("select | from a -- join b\nwhere x = 'from c' /* from d */").tables.map(({ name }) => name)).toEqual([
			'a'
		]);
	});

	test('a call is not a table', () => {
		expect(scope("select | from read_csv('x.csv') r").tables).toEqual([]);
	});

	test('a table is expected after FROM, JOIN and the comma between tables', () => {
		expect(scope('select a from |').expectsTable).toBe(true);
		expect(scope('select a from b join tr|').expectsTable).toBe(true);
		expect(scope('select a from b, |').expectsTable).toBe(true);
		expect(scope('select a, | from b').expectsTable).toBe(false);
	});

	test('queries named by WITH are known', () => {
		expect(scope('with daily as (select 1) select | from daily').commonTables).toEqual(['daily']);
	});
});

test('names are quoted where SQL needs it', () => {
	expect(['fare', 'pickup at', 'order', 'größe', 'a"b'].map(quotedName)).toEqual([
		'fare',
		'"pickup at"',
		'"order"',
		'größe',
		'"a""b"'
	]);
});

describe('formatSql', () => {
	test('clauses get lines of their own and versions stay whole', async () => {
		const formatted = await formatSql('select a,b::int from trips@v2 t join "fares 2"@v1 f using (id) where a>=$1');
		expect(formatted).toEqual({
			ok: true,
			value: 'select\n  a,\n  b::int\nfrom\n  trips@v2 t\n  join "fares 2"@v1 f using (id)\nwhere\n  a >= $1'
		});
	});

	test('a text that cannot be parsed comes back unchanged in the failure', async () => {
		const text = "select (a from 'unclosed";
		expect(await formatSql(text)).toEqual({ ok: false, error: { kind: 'unformattable-sql', text } });
	});

	test('formatting twice changes nothing more', async () => {
		const once = await formatSql(
			'with x as (select [1,2] l, {a:1} s) select l[1], s.a from x qualify row_number() over (order by l)=1'
		);
		expect(once.ok).toBe(true);
		if (once.ok) expect(await formatSql(once.value)).toEqual(once);
	});
});
