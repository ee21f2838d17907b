// The engine Worker in this runtime, asked by its binding, with Parquet in R2.
import { env } from 'cloudflare:workers';
import { tableFromIPC } from '@uwdata/flechette';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import type { EngineAnswer, EngineQuestion } from '#edge/engine/question.ts';

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];
type Table = EngineQuestion['tables'][number];

async function table(name: string, columnData: Columns): Promise<Table> {
	const bytes = parquetWriteBuffer({ columnData });
	const key = `engine-${crypto.randomUUID()}`;
	await env.OBJECTS.put(key, bytes);
	return { name, key, bytes: bytes.byteLength };
}

const orders = await table('orders', [
	{ name: 'id', data: [1, 2, 3, 4, 5, 6], type: 'INT32' },
	{ name: 'customer', data: ['ada', 'ada', 'bob', 'bob', 'bob', 'cy'], type: 'STRING' },
	{ name: 'amount', data: [10, 20, 1, null, 3, 100], type: 'DOUBLE' }
]);
const customers = await table('Customers of "2026"', [
	{ name: 'name', data: ['ada', 'bob', 'cy'], type: 'STRING' },
	{ name: 'country', data: ['DE', 'FR', 'DE'], type: 'STRING' }
]);

function ask(sql: string, given: Partial<EngineQuestion> = {}): Promise<EngineAnswer> {
	return env.ENGINE.ask({
		sql,
		params: [],
		tables: [orders, customers],
		timeZone: 'Europe/Berlin',
		skip: 0,
		take: 1000,
		...given
	});
}

/** What is answered as rows, or the whole answer where it is none. */
async function rowsOf(sql: string, given: Partial<EngineQuestion> = {}): Promise<unknown> {
	const answer = await ask(sql, given);
	return answer.kind === 'rows' ? tableFromIPC(answer.arrow, { useBigInt: true }).toArray() : answer;
}

const messageOf = (answer: EngineAnswer): string => (answer.kind === 'refused' ? answer.message : answer.kind);

test('tables are joined and aggregated', async () => {
	const sql = `SELECT country, sum(amount) AS total FROM orders JOIN "Customers of ""2026""" AS c ON name = customer GROUP BY ALL ORDER BY ALL`;
	expect(await rowsOf(sql)).toEqual([
		{ country: 'DE', total: 130 },
		{ country: 'FR', total: 4 }
	]);
});

test('what is distinct is answered from an offset on', async () => {
	const sql = 'SELECT DISTINCT customer FROM orders ORDER BY customer OFFSET 1';
	expect(await rowsOf(sql)).toEqual([{ customer: 'bob' }, { customer: 'cy' }]);
});

test('parameters have the types that the SQL casts them to', async () => {
	const sql = `SELECT CAST($1 AS BIGINT) AS whole, CAST($2 AS DOUBLE) AS real, CAST($3 AS DATE)::VARCHAR AS day, CAST($4 AS TIMESTAMP)::VARCHAR AS at,
		CAST($5 AS BOOLEAN) AS yes, CAST($6 AS VARCHAR) AS text, [CAST($7 AS VARCHAR), CAST($8 AS VARCHAR)] AS list, CAST($9 AS VARCHAR) AS nothing`;
	const params = [
		'9007199254740993',
		'0.5',
		'2026-02-28',
		'2026-02-28 12:30:00',
		'true',
		"it's $1; --",
		'a',
		'b',
		null
	];
	expect(await rowsOf(sql, { params })).toMatchObject([
		{
			whole: 9007199254740993n,
			real: 0.5,
			day: '2026-02-28',
			at: '2026-02-28 12:30:00',
			yes: true,
			text: "it's $1; --",
			nothing: null
		}
	]);
	expect(
		await rowsOf('SELECT count(*) AS n FROM orders WHERE customer IN (CAST($1 AS VARCHAR), CAST($2 AS VARCHAR))', {
			params: ['bob', 'cy']
		})
	).toEqual([{ n: 4n }]);
});

test('a parameter too few or too many is refused', async () => {
	expect(await ask('SELECT CAST($2 AS BIGINT)', { params: ['1'] })).toMatchObject({ kind: 'refused' });
	expect(await ask('SELECT 1', { params: ['1'] })).toMatchObject({ kind: 'refused' });
});

test('time zones are those of the question, and JSON is read', async () => {
	const sql = `SELECT (TIMESTAMPTZ '2026-07-01 00:00:00+00')::VARCHAR AS at, strftime(TIMESTAMPTZ '2026-07-01 00:00:00+00' AT TIME ZONE 'America/New_York', '%H') AS hour, '{"a":[1,2]}'::JSON->>'$.a[1]' AS second`;
	expect(await rowsOf(sql)).toEqual([{ at: '2026-07-01 02:00:00+02', hour: '20', second: '2' }]);
	expect(await rowsOf("SELECT current_setting('TimeZone') AS zone", { timeZone: 'Asia/Tokyo' })).toEqual([
		{ zone: 'Asia/Tokyo' }
	]);
});

test('columns have the names and types that DuckDB describes, and none of the rows are asked for', async () => {
	const answer = await ask(
		"SELECT id, id AS ID2, 'a'::ENUM('a', 'b') AS letter, amount::DECIMAL(9,2) AS money, [id] AS ids FROM orders",
		{ take: 0 }
	);
	expect(answer).toMatchObject({
		kind: 'rows',
		columns: [
			{ name: 'id', type: 'INTEGER' },
			{ name: 'ID2', type: 'INTEGER' },
			{ name: 'letter', type: "ENUM('a', 'b')" },
			{ name: 'money', type: 'DECIMAL(9,2)' },
			{ name: 'ids', type: 'INTEGER[]' }
		]
	});
});

test.each([
	{ skip: 0, take: 3, first: 0, count: 3, isMore: true },
	{ skip: 2047, take: 3, first: 2047, count: 3, isMore: true },
	{ skip: 4990, take: 10, first: 4990, count: 10, isMore: false },
	{ skip: 4990, take: 9, first: 4990, count: 9, isMore: true },
	{ skip: 5000, take: 10, first: null, count: 0, isMore: false }
])(
	'a page of $take from $skip on is exact, and says whether there is more',
	async ({ skip, take, first, count, isMore }) => {
		const answer = await ask('SELECT range AS i, $tag$r$tag$ || range AS name FROM range(5000) ORDER BY i', {
			skip,
			take
		});
		if (answer.kind !== 'rows') throw new Error(answer.kind);
		const rows = tableFromIPC(answer.arrow, { useBigInt: true });
		expect(answer.isMore).toBe(isMore);
		expect(rows.numRows).toBe(count);
		if (first !== null) expect(rows.at(0)).toEqual({ i: BigInt(first), name: `r${first}` });
	}
);

test.each([
	"COPY orders TO 'out.csv'",
	"ATTACH 'other.db'",
	"SET memory_limit='4GB'",
	'RESET memory_limit',
	'INSTALL httpfs',
	'LOAD json',
	'PRAGMA database_list',
	'CREATE TABLE t AS SELECT 1',
	'CREATE MACRO f() AS 1',
	'DROP VIEW orders',
	'INSERT INTO orders VALUES (1)',
	'BEGIN',
	'CALL pragma_version()',
	'EXPLAIN ANALYZE SELECT 1',
	'SELECT 1; SELECT 2',
	"SELECT 1; COPY orders TO 'out.csv'",
	"SELECT 1) AS a; COPY orders TO 'out.csv'; SELECT * FROM (SELECT 1",
	'',
	'-- nothing'
])('%s is refused', async (sql) => {
	expect(await ask(sql)).toMatchObject({ kind: 'refused' });
});

test.each([
	"SELECT * FROM read_csv('secrets.csv')",
	"SELECT * FROM 'secrets.parquet'",
	"SELECT * FROM read_parquet('*.parquet')",
	"SELECT * FROM read_text('https://example.org/')",
	"SELECT * FROM read_json('/home/web_user/x.json')",
	"SELECT * FROM glob('**')",
	"SELECT * FROM parquet_metadata('secrets.parquet')",
	"SELECT * FROM read_blob('/dev/random')",
	"SELECT * FROM sniff_csv('secrets.csv')"
])('%s reaches no file', async (sql) => {
	expect(messageOf(await ask(sql))).toMatch(/disabled by configuration|Permission/i);
});

test('nothing of a question is left for the next one', async () => {
	const told = await ask("SELECT current_setting('allowed_paths')::VARCHAR AS paths");
	if (told.kind !== 'rows') throw new Error(told.kind);
	const [file] = /[^[ ,]+\.parquet/.exec(String(tableFromIPC(told.arrow).toArray()[0]?.['paths'])) ?? [];
	if (file === undefined) throw new Error('The engine names no file.');
	expect(messageOf(await ask(`SELECT * FROM read_parquet('${file}')`))).toMatch(/disabled by configuration/);
	expect(messageOf(await ask('SELECT * FROM orders', { tables: [] }))).toMatch(/orders does not exist/);
});

test('what is wrong with a text is told with its place in the text that was asked', async () => {
	const unknown = await ask('SELECT CAST($1 AS BIGINT), nonsense FROM orders', { params: ['12345678901'] });
	expect(unknown).toMatchObject({ kind: 'refused', position: 27 });
	expect(messageOf(unknown)).toMatch(/nonsense/);
	expect(await ask('SELECT\n\tid FROM FROM orders')).toMatchObject({ kind: 'refused', position: 16 });
	expect(messageOf(await ask("SELECT CAST('x' AS BIGINT)"))).toMatch(/x/);
});

test('a table that is not stored is missing, and one too long is not read', async () => {
	expect(await ask('SELECT 1', { tables: [{ ...orders, key: 'nowhere' }] })).toEqual({
		kind: 'missing',
		table: 'orders'
	});
	expect(await ask('SELECT 1', { tables: [{ ...orders, bytes: 33 * 1024 * 1024 }] })).toMatchObject({
		kind: 'too-large',
		of: 'input',
		limitBytes: 32 * 1024 * 1024
	});
});

test('a query that needs more memory than there is ends, and the next one is answered', async () => {
	const large = await ask("SELECT i, repeat('x', 200) || i AS text FROM range(2000000) t(i) ORDER BY text DESC, i", {
		take: 1
	});
	expect(large).toMatchObject({ kind: 'too-large', of: 'memory' });
	const value = await ask("SELECT length(repeat('x', 300000000)) AS n");
	expect(value).toMatchObject({ kind: 'too-large', of: 'memory' });
	expect(await rowsOf('SELECT count(*) AS n FROM orders')).toEqual([{ n: 6n }]);
});

test('an answer that is too large ends', async () => {
	expect(await ask("SELECT repeat('x', 1000) AS text FROM range(100000)", { take: 100000 })).toMatchObject({
		kind: 'too-large',
		of: 'answer'
	});
});

test('a query that takes too long ends, and the next one is answered', async () => {
	const sql = 'SELECT count(*) AS n FROM range(100000000) a(i), range(100000) b(j) WHERE (i * j) % 7 = 3';
	expect(await ask(sql)).toEqual({ kind: 'too-long', limitSeconds: 6 });
	expect(await rowsOf('SELECT count(*) AS n FROM orders')).toEqual([{ n: 6n }]);
});

test('a query of which one step takes too long ends, and the next one is answered', async () => {
	const sql =
		'SELECT count(*) AS n FROM range(100000) a(i), range(1000000) b(j), (SELECT count(*) AS c FROM orders) WHERE (i * j) % 7 = c';
	expect(await ask(sql)).toEqual({ kind: 'too-long', limitSeconds: 6 });
	expect(await rowsOf('SELECT count(*) AS n FROM orders')).toEqual([{ n: 6n }]);
});

test('those who ask at the same time are answered one after another, and too many are told so', async () => {
	const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => rowsOf(`SELECT ${at} AS n`)));
	const busy = answers.filter((answer) => !Array.isArray(answer));
	expect(busy).toEqual(busy.map(() => ({ kind: 'busy' })));
	expect(busy.length).toBeGreaterThan(0);
	expect(answers.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((n) => [{ n }]));
});
