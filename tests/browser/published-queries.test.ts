// The law of published queries: what the edge answers of a plan is what the page's own engine answers of the query that the plan was made from, over
// the file that the page would publish, for rows and values at random. And what a plan has no words for is refused where it stands. Over 300 lines for
// the values at which types differ, and the grammar of queries that are made of them.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resultId } from '#core/ids.ts';
import { readPlan } from '#core/query/plan-tests.ts';
import type { QueryPlan } from '#core/query/query-plan.ts';
import { readArguments } from '#core/query/read-arguments.ts';
import { jsonCell } from '#core/share/cells.ts';
import { quoteText } from '#core/sql/quote.ts';
import { openParquet, type ParquetFile } from '#edge/published/parquet-file.ts';
import { runQuery } from '#edge/published/run-query.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { exportRelation, selectAll } from '#lib/flows/export-relation.ts';
import { draftQuery } from '#lib/flows/draft-query.ts';
import { planQueryPublication } from '#lib/flows/publish-query.ts';
import { planProblemWords } from '#lib/ui/explain-query-plan.ts';
import { explainQuery } from '#lib/ui/explain-query.ts';

const TYPES = {
	small: 'SMALLINT',
	big: 'BIGINT',
	price: 'DECIMAL(12,3)',
	ratio: 'DOUBLE',
	half: 'FLOAT',
	word: 'VARCHAR',
	day: 'DATE',
	moment: 'TIMESTAMP',
	is_open: 'BOOLEAN'
} as const;
type Name = keyof typeof TYPES;
const ROWS = 400;
const RUNS = 40;

const { console: weir, effects } = compose();

/** Few values of each type, so that they meet, and those at which types differ. */
const texts: Readonly<Record<Name, readonly string[]>> = {
	small: ['-32768', '-1', '0', '1', '2', '3', '32767'],
	big: [
		'-9223372036854775808',
		'-9007199254740993',
		'-1',
		'0',
		'2',
		'9007199254740992',
		'9007199254740993',
		'9223372036854775807'
	],
	price: ['-999999999.999', '-0.001', '0', '0.1', '0.3', '1.1', '2', '2.675', '123456789.123'],
	ratio: ['-1e308', '-0.5', '-0.0', '0.1', '0.3', '2', '9007199254740992', '1e-300', 'inf', '-inf', 'nan'],
	half: ['-0.5', '0.1', '0.3', '2', '16777216', 'nan', 'inf'],
	word: ['', 'a', 'A', 'ab', 'b', 'é', 'z', '\u{e000}', '\u{ffff}', '\u{1f500}', "it''s", '%_', '+012345-01-01'],
	day: [
		'0001-01-01',
		'1969-12-31',
		'1970-01-01',
		'2024-02-29',
		'9999-12-31',
		'10000-01-01',
		'infinity',
		'-infinity',
		'0044-03-15 (BC)'
	],
	moment: [
		'1969-12-31 23:59:59.999999',
		'1970-01-01',
		'2024-02-29 10:00:00',
		'2024-02-29 10:00:00.5',
		'2024-02-29 10:00:00.25',
		'12000-01-01 00:00:00',
		'infinity'
	],
	is_open: ['true', 'false']
};
const names = Object.keys(TYPES) as Name[];

/** What is given for a parameter, of a type that may be held against the column. */
const given: Readonly<Record<string, readonly string[]>> = {
	integer: ['-9007199254740993', '-1', '0', '1', '2', '9007199254740993', '9223372036854775807'],
	decimal: ['-0.5', '0', '0.1', '0.3', '1.1', '2', '2.675', '9007199254740992', '1e300'],
	text: ['', 'a', 'ab', 'b', 'é', '\u{ffff}', '\u{1f500}', "it's", '%_'],
	date: ['1970-01-01', '2024-02-29', '9999-12-31', '0001-01-01'],
	timestamp: ['1970-01-01', '2024-02-29 10:00:00', '2024-02-29 10:00:00.5', '1969-12-31 23:59:59.999999'],
	boolean: ['true', 'false']
};
const typesOf: Readonly<Record<Name, readonly string[]>> = {
	small: ['integer', 'decimal'],
	big: ['integer', 'decimal'],
	price: ['integer', 'decimal'],
	ratio: ['integer', 'decimal'],
	half: ['decimal'],
	word: ['text'],
	day: ['date'],
	moment: ['timestamp', 'date'],
	is_open: ['boolean']
};
/** Values that are written in the SQL. */
const written: Readonly<Record<Name, readonly string[]>> = {
	small: ['2', '-1', '2.5', '1e0'],
	big: ['0', '2.0', '9007199254740991'],
	price: ['0.3', '2.675', '2', '-0.001', '0.30001', '1e-1'],
	ratio: ['0.3', '2', '1e-300', '-0.5'],
	half: ['2', '16777216', '1e-1', '-1'],
	word: ["'a'", "'it''s'", "''", "'\u{e000}'"],
	day: ["'2024-02-29'", "DATE '1970-01-01'"],
	moment: ["'2024-02-29 10:00:00'", "TIMESTAMP '2024-02-29 10:00:00.5'", "'1970-01-01'"],
	is_open: ['true', 'FALSE']
};

type Piece = {
	readonly sql: string;
	readonly parameters: readonly string[];
	readonly values: Readonly<Record<string, unknown>>;
	/** NOT may stand before it. */
	readonly mayTurn: boolean;
};
const column = fc.constantFrom(...names);
const sign = fc.constantFrom('AND', 'OR');
const comparison = fc.constantFrom('=', '!=', '<>', '<', '<=', '>', '>=');

/** The `at` keeps names of parameters apart. */
function condition(at: number): fc.Arbitrary<Piece> {
	const name = `p${at}`;
	const declared = (type: string, more = ''): string => `${name}: { type: ${type}, required: false${more} }`;
	const withParameter = (one: Name, sql: (name: string) => string): fc.Arbitrary<Piece> =>
		fc.constantFrom(...typesOf[one]).chain((type) =>
			fc.option(fc.constantFrom(...(given[type] ?? [])), { freq: 8 }).map((value) => ({
				sql: sql(`$${name}`),
				parameters: [declared(type)],
				values: { [name]: value ?? undefined },
				mayTurn: true
			}))
		);
	const plain = (sql: string): Piece => ({ sql, parameters: [], values: {}, mayTurn: true });
	const unturned = (piece: Piece): Piece => ({ ...piece, mayTurn: false });
	return column.chain((one) =>
		fc.oneof(
			fc
				.tuple(comparison, fc.boolean())
				.chain(([sign, isTurned]) =>
					withParameter(one, (value) =>
						isTurned ? `${value} ${sign} ${one}` : `t.${one.toUpperCase()} ${sign} ${value}`
					)
				),
			fc.tuple(comparison, fc.constantFrom(...written[one])).map(([sign, value]) => plain(`${one} ${sign} ${value}`)),
			withParameter(one, (value) => `(${value} IS NULL OR ${one} <= ${value})`).map(unturned),
			fc
				.constantFrom(...written[one])
				.chain((value) => withParameter(one, (other) => `${one} BETWEEN ${value} AND ${other}`)),
			fc
				.constantFrom(...written[one])
				.chain((value) => withParameter(one, (other) => `${one} IN (${value}, ${other})`)),
			fc.constantFrom(...written[one]).map((value) => plain(`${one} NOT IN (${value})`)),
			fc.constantFrom(...typesOf[one]).chain((type) =>
				fc.tuple(fc.subarray([...(given[type] ?? [])]), fc.constantFrom('any', 'contains')).map(([list, how]) => ({
					sql: how === 'any' ? `${one} = ANY($${name})` : `list_contains($${name}, ${one})`,
					parameters: [declared('list', `, of: ${type}`)],
					values: { [name]: list },
					mayTurn: false
				}))
			),
			fc.constantFrom(`${one} IS NULL`, `${one} IS NOT NULL`, 'is_open', 'NOT is_open').map(plain),
			withParameter('word', (value) => `contains(word, ${value})`).map(unturned),
			withParameter('word', (value) => `starts_with(word, ${value})`).map(unturned),
			withParameter('word', (value) => `word ^@ ${value}`).map(unturned),
			fc
				.tuple(
					fc.constantFrom('LIKE', 'NOT LIKE'),
					fc.array(fc.constantFrom('%', '_', 'a', 'b', 'é'), { maxLength: 4 })
				)
				.map(([how, signs]) => plain(`word ${how} '${signs.join('')}'`)),
			withParameter('word', (value) => `word LIKE ${value}`)
		)
	);
}

/** Conditions within others, turned round or not where they may be. */
const nested: fc.Arbitrary<Piece> = fc
	.record({
		four: fc.tuple(condition(0), condition(1), condition(2), condition(3)),
		signs: fc.tuple(sign, sign, sign),
		turned: fc.subarray([0, 1, 2, 3]),
		isTurned: fc.boolean()
	})
	.map(({ four, signs: [left, right, middle], turned, isTurned }) => {
		const [a, b, c, d] = four.map(({ sql, mayTurn }, at) => (mayTurn && turned.includes(at) ? `NOT (${sql})` : sql));
		const all = `(${a} ${left} ${b}) ${middle} (${c} ${right} ${d})`;
		const mayTurn = four.every((one) => one.mayTurn);
		return {
			sql: isTurned && mayTurn ? `NOT (${all})` : `(${all})`,
			parameters: four.flatMap(({ parameters }) => parameters),
			values: Object.assign({}, ...four.map(({ values }) => values)) as Piece['values'],
			mayTurn
		};
	});

const order = fc.uniqueArray(
	fc.record({ one: column, way: fc.constantFrom('', ' DESC', ' ASC NULLS FIRST', ' DESC NULLS FIRST', ' NULLS LAST') }),
	{ maxLength: 3, selector: ({ one }) => one }
);
const query = fc
	.record({
		conditions: fc.oneof(
			fc.tuple(condition(0), condition(1), condition(2)).chain((three) => fc.subarray([...three])),
			nested.map((one) => [one])
		),
		order,
		limit: fc.option(fc.nat({ max: 60 })),
		pageRows: fc.integer({ min: 20, max: 200 })
	})
	.map(({ conditions, order, limit, pageRows }) => {
		const where = conditions.length === 0 ? '' : ` WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
		const by = [...order.map(({ one, way }) => `${one}${way}`), 'row_id'].join(', ');
		const sql = `SELECT row_id FROM t${where} ORDER BY ${by}${limit === null ? '' : ` LIMIT ${limit}`}`;
		const parameters = conditions.flatMap((one) => one.parameters);
		const text = `sql: ${JSON.stringify(sql)}\npage: ${pageRows}${parameters.length > 0 ? `\nparameters:\n  ${parameters.join('\n  ')}` : ''}`;
		const values = Object.assign({}, ...conditions.map((one) => one.values)) as Record<string, unknown>;
		return { text, values, hasLimit: limit !== null };
	});

async function planned(text: string): Promise<QueryPlan> {
	const found = await planQueryPublication({ name: 'asked', text }, effects);
	if (!found.ok || found.value.way !== 'plan') throw new Error(JSON.stringify(found));
	return found.value.plan;
}

/** As the page publishes it, read as the edge reads it. */
async function published(name: string): Promise<ParquetFile> {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	const exported = await exportRelation(
		{
			...{ id: resultId(`export-${name}`), label: name, sql: selectAll(name), totalRows: null },
			options: { format: 'parquet', formulas: 'raw', compression: 'snappy' },
			onChunk: (bytes) => void chunks.push(bytes.slice())
		},
		effects
	);
	if (!exported.ok) throw new Error(JSON.stringify(exported.error));
	const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
	const get = (_key: string, { range }: { range: { offset: number; length: number } }) =>
		Promise.resolve(new Response(bytes.slice(range.offset, range.offset + range.length)));
	const file = await openParquet({ get }, { r2Key: 'file', sizeBytes: bytes.length });
	if (!file) throw new Error('not Parquet');
	return file;
}

/** All pages. */
async function answered(
	file: ParquetFile,
	plan: QueryPlan,
	values: Readonly<Record<string, unknown>>
): Promise<readonly unknown[][]> {
	const read = readArguments(plan.parameters, values);
	if (!read.ok) throw new Error(JSON.stringify(read.error));
	const ready = readPlan(plan, read.value, new Map(file.columns.map(({ name, as }) => [name, as])));
	if (!ready.ok) throw new Error(JSON.stringify(ready.error));
	const { tests, order, limit } = ready.value;
	const rows: unknown[][] = [];
	for (let start: number | null = 0; start !== null;) {
		const left = (limit ?? Infinity) - rows.length;
		const ran = await runQuery(file, {
			...{ columns: plan.columns.map((one) => one.column), tests, order, start },
			limit: Math.min(plan.pageRows, left)
		});
		if (!ran.ok) throw new Error(JSON.stringify(ran.error));
		const { cells, rowCount, next } = ran.value;
		for (let at = 0; at < rowCount; at++) rows.push(cells.map((one) => jsonCell(one[at] ?? null)));
		start = rowCount < left ? next : null;
	}
	return rows;
}

let file: ParquetFile;
let seed = 1;
const random = (below: number): number => {
	seed = (seed * 48_271) % 2_147_483_647;
	return seed % below;
};

beforeAll(async () => {
	await new WorkspaceDb().delete();
	const rows = Array.from({ length: ROWS }, (_row, id) => {
		const cells = names.map((name) => {
			const pool = texts[name];
			return random(6) === 0 ? 'NULL' : quoteText((pool[random(pool.length)] ?? '').replaceAll("''", "'"));
		});
		return `(${id}, ${cells.join(', ')})`;
	});
	const columns = names.map((name) => `${name}::${TYPES[name]} AS ${name}`).join(', ');
	const from = `(VALUES ${rows.join(', ')}) v(row_id, ${names.join(', ')})`;
	const saved = await weir.save('t', `SELECT row_id::INTEGER AS row_id, ${columns} FROM ${from} ORDER BY row_id`);
	if (!saved.ok) throw new Error(JSON.stringify(saved.error));
	file = await published('t');
}, 120_000);
afterAll(() => new WorkspaceDb().delete());

test('what the edge answers of a plan is what the engine answers of its query', async () => {
	let compared = 0;
	await fc.assert(
		fc.asyncProperty(query, async ({ text, values }) => {
			const defined = await weir.defineQuery('asked', text);
			if (!defined.ok) throw new Error(JSON.stringify(defined.error));
			const asked = await weir.askQuery('asked', values, { isFresh: true });
			if (!asked.ok) throw new Error(JSON.stringify(asked.error));
			const wanted = (await asked.value.rows()).map((row) => Number(row['row_id']));
			await asked.value.release();
			expect((await answered(file, await planned(text), values)).map(([id]) => id)).toEqual(wanted);
			compared += wanted.length;
		}),
		{ numRuns: RUNS }
	);
	expect(compared).toBeGreaterThan(0);
}, 240_000);

test('each comparison with each value holds of the rows of which the engine says so', async () => {
	const sqlTypes: Readonly<Record<string, string>> = {
		...{ integer: 'BIGINT', decimal: 'DOUBLE', text: 'VARCHAR' },
		...{ date: 'DATE', timestamp: 'TIMESTAMP', boolean: 'BOOLEAN' }
	};
	const types = ['integer', 'decimal', 'text', 'date', 'timestamp', 'boolean'] as const;
	const asked = names.flatMap((column) =>
		types
			.filter((type) => typesOf[column].includes(type))
			.flatMap((type) =>
				(given[type] ?? []).flatMap((value) =>
					(['=', '!=', '<', '<=', '>', '>='] as const).map((sign) => ({ column, type, value, sign }))
				)
			)
	);
	const conditions = asked.map(
		({ column, type, value, sign }, at) => `${column} ${sign} CAST(${quoteText(value)} AS ${sqlTypes[type]}) AS c${at}`
	);
	const answer = await weir.sql(`SELECT ${conditions.join(', ')} FROM t ORDER BY row_id`);
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	const rows = await answer.value.rows();
	const cells = await file.read(names, 0, ROWS);
	for (const [at, { column, type, value, sign }] of asked.entries()) {
		const rules = { description: null, default: null, isRequired: true, allowed: null, min: null, max: null };
		const plan: QueryPlan = {
			parameters: [{ name: 'p', type, isList: false, ...rules }],
			columns: [{ column, as: column }],
			where: [{ column, test: sign, operands: [{ parameter: 'p' }], unlessNull: null }],
			...{ order: [], limit: null, pageRows: 1 }
		};
		const read = readArguments(plan.parameters, { p: value });
		const columns = new Map(file.columns.map(({ name, as }) => [name, as]));
		const ready = read.ok && readPlan(plan, read.value, columns);
		if (!ready || !ready.ok) return expect.unreachable(`${column} ${sign} ${value}`);
		const held = cells
			.get(column)
			?.map((cell) => ready.value.tests.every((choices) => choices.some(({ holds }) => holds(cell))));
		expect(held, `${column} ${sign} ${type} ${value}`).toEqual(rows.map((row) => row[`c${at}`] === true));
	}
});

test('columns are shown under their names, as the published rows have them', async () => {
	const text = 'sql: SELECT * EXCLUDE (half), price AS cost, t.WORD FROM t ORDER BY 1 LIMIT 3';
	expect(await planQueryPublication({ name: 'asked', text }, effects)).toMatchObject({
		ok: false,
		error: { problems: [{ code: 'misfit', name: 'word', reason: 'twice' }] }
	});
	const plan = await planned(text.replace('t.WORD', 't.WORD AS said'));
	await weir.defineQuery('asked', text.replace('t.WORD', 't.WORD AS said'));
	const asked = await weir.askQuery('asked');
	expect(asked.ok && asked.value.columns.map(({ name }) => name)).toEqual(plan.columns.map(({ as }) => as));
	const bare = await planned('sql: FROM t SELECT WORD, T.Price');
	await weir.defineQuery('bare', 'sql: FROM t SELECT WORD, T.Price');
	const told = await weir.askQuery('bare');
	expect(told.ok && told.value.columns.map(({ name }) => name)).toEqual(bare.columns.map(({ as }) => as));
	const prices = await answered(file, { ...plan, columns: [{ column: 'price', as: 'price' }], limit: null }, {});
	const engine = await weir.sql('SELECT price::DOUBLE AS price FROM t ORDER BY row_id');
	expect(prices.map(([price]) => price)).toEqual(engine.ok && (await engine.value.rows()).map(({ price }) => price));
});

/** Why it is no plan, in words, and which datasets its statement reads. */
describe('a query beyond a plan goes as a statement', () => {
	test.each<[string, string, string]>([
		['SELECT word, count(*) FROM t GROUP BY word', '', 'It groups or counts rows'],
		['SELECT count(*) FROM t', '', 'column 8 of the SQL: A column that it shows is computed'],
		[
			'SELECT a.word FROM t a JOIN t b USING (row_id)',
			'',
			'It reads something else than the newest version of one dataset'
		],
		['WITH x AS (FROM t) FROM x', '', 'It has a WITH'],
		['WITH t AS (FROM t) FROM t', '', 'It has a WITH'],
		['FROM t UNION ALL FROM t', '', 'It is more than one SELECT'],
		['SELECT DISTINCT word FROM t', '', 'It has a DISTINCT'],
		['FROM t LIMIT 3 OFFSET 2', '', 'column 23 of the SQL: It has an OFFSET'],
		['FROM t LIMIT 10%', '', 'Its LIMIT is no whole number'],
		['FROM t QUALIFY row_number() OVER (ORDER BY row_id) = 1', '', 'It has a QUALIFY'],
		['SELECT upper(word) FROM t', '', 'A column that it shows is computed'],
		['SELECT * REPLACE (1 AS word) FROM t', '', 'A column that it shows is computed'],
		['FROM t ORDER BY price + 1', '', 'It orders by something computed'],
		["FROM t WHERE word ILIKE 'a%'", '', 'A condition is none that the server knows'],
		["FROM t WHERE word LIKE 'a!%' ESCAPE '!'", '', 'A condition is none that the server knows'],
		["FROM t WHERE NOT contains(word, 'a')", '', 'A condition is none that the server knows'],
		['FROM t WHERE small = 1 AND $a IS NULL', 'a: { type: integer }', 'A condition is none that the server knows'],
		['FROM t WHERE $a IS NOT NULL OR small = 1', 'a: { type: integer }', 'A condition is none that the server knows'],
		["FROM t\n  WHERE 'é' < word AND small + 1 = 2", '', 'Line 2, column 34 of the SQL: A condition is none'],
		['FROM t WHERE small = big', '', 'neither a plain value nor a parameter'],
		['FROM t WHERE word = NULL', '', 'neither a plain value nor a parameter'],
		['FROM t WHERE big = 9007199254740993', '', 'neither a plain value nor a parameter'],
		["FROM t WHERE small = '1'", '', 'neither a plain value nor a parameter'],
		['FROM t WHERE half = 0.1', '', 'does not compare half with that'],
		['FROM t WHERE day = $a', 'a: { type: timestamp }', 'does not compare day with that'],
		['SELECT quantile_cont(ratio, $a) AS q FROM t', 'a: { type: decimal }', 'A column that it shows is computed'],
		['SELECT date_trunc($a, moment) AS m FROM t', 'a: { type: text }', 'A column that it shows is computed'],
		["FROM t PIVOT (sum(small) FOR word IN ('a', 'b') GROUP BY day)", '', 'It reads something else'],
		[
			'SELECT n, word FROM t, unnest([1, 2]) AS u(n) WHERE EXISTS (FROM t AS o WHERE o.row_id = t.row_id)',
			'',
			'It reads something else'
		],
		["SELECT moment AT TIME ZONE 'Europe/Oslo' AS m, date_part('hour', moment) AS h FROM t", '', 'computed'],
		['WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r, t', '', 'WITH']
	])('%s', async (sql, parameter, wanted) => {
		const drafted = await draftQuery({ name: 'asked', text: textOf(sql, parameter) }, effects);
		if (!drafted.ok || drafted.value.way !== 'statement') return expect.unreachable(JSON.stringify(drafted));
		const { because, statement, reads } = drafted.value;
		expect(because.map((one) => planProblemWords(one, sql).what).join('\n')).toContain(wanted);
		expect(statement).toMatchObject({ sql, pageRows: 1000 });
		expect(reads.map(({ dataset }) => dataset.name)).toEqual(['t']);
	});
});

describe('a query that no server could answer', () => {
	test.each<[string, string, readonly string[]]>([
		['SELECT 1', '', ['It reads no dataset']],
		['SELECT word FROM t@v1', '', ['column 18 of the SQL: It reads the version t@v1']],
		['SELECT word FROM t JOIN t@v1 USING (row_id)', '', ['It reads the version t@v1']],
		['SELECT n FROM range(3) r(n)', '', ['It reads no dataset']],
		['SELECT suite FROM check_results, t', '', ['column 19 of the SQL: It reads check_results, which is no dataset']],
		["FROM 'more.csv'", '', ['It reads more.csv, which is no dataset']],
		["FROM t, read_csv('more.csv')", '', ['It reads read_csv()']],
		['FROM t TABLESAMPLE 5%', '', ['It reads a sample']],
		['FROM t USING SAMPLE 3', '', ['It reads a sample']],
		[
			'SELECT random() AS r, day - current_date AS d FROM t, nothing WHERE now() > moment',
			'',
			[
				'column 8 of the SQL: It uses random(), which may answer otherwise there than here.\nLine 1, column 29 of the SQL: It uses current_date',
				'which is no dataset.\nLine 1, column 69 of the SQL: It uses now()'
			]
		],
		["SELECT predict('model', small) AS p FROM t", '', ['It asks a model by predict()']],
		['PIVOT t ON word USING sum(small)', '', ['It cannot be told from the outside what it reads']],
		['SELECT a.word, b.word FROM t a JOIN t b USING (row_id)', '', ['word is there twice']],
		['FROM t WHERE nothing = 1', '', ['The dataset has no column nothing']],
		['FROM t WHERE word = $a', 'a: { type: list, of: text }', ['A list is given where word']],
		['FROM t WHERE word = $limit', 'limit: { type: text }', ['No parameter of a published query can be called limit']],
		['SELECT upper($limit) AS u FROM t', 'limit: { type: text }', ['No parameter of a published query can be called']],
		['FROM t LIMIT $a', 'a: { type: integer }', ['LIMIT takes a, which may be below 0']]
	])('%s is refused in words', async (sql, parameter, wanted) => {
		const drafted = await draftQuery({ name: 'asked', text: textOf(sql, parameter) }, effects);
		if (drafted.ok) return expect.unreachable(JSON.stringify(drafted.value));
		const { error } = drafted;
		if (error.kind !== 'query-unpublishable') return expect.unreachable(JSON.stringify(error));
		const { detail, next } = explainQuery(error);
		for (const words of wanted) expect(detail).toContain(words);
		expect(next).not.toBe('');
	});

	test('SQL that is too long is refused with its length', async () => {
		const sql = `SELECT '${'x'.repeat(60_000)}' AS x FROM t`;
		const drafted = await draftQuery({ name: 'asked', text: textOf(sql, '') }, effects);
		const problems = [{ code: 'too-long', letters: sql.length, limit: 60_000 }];
		expect(drafted).toMatchObject({ ok: false, error: { kind: 'query-unpublishable', problems } });
	});

	test('what the engine says of SQL that it does not take is told at its place', async () => {
		const drafted = await draftQuery({ name: 'asked', text: textOf('SELECT sum(nothing) FROM t', '') }, effects);
		expect(drafted).toMatchObject({ ok: false, error: { kind: 'sql-error', position: 11 } });
	});
});

function textOf(sql: string, parameter: string): string {
	return `sql: ${JSON.stringify(sql)}\n${parameter === '' ? '' : `parameters: { ${parameter} }`}`;
}
