// The door to databases: their tables, rows of one as they stream, and rows that are put back on purpose. The edge keeps none of what it is told here.
import {
	array,
	boolean,
	integer,
	maxLength,
	maxValue,
	minLength,
	minValue,
	nullable,
	number,
	object,
	optional,
	picklist,
	pipe,
	string,
	variant,
	type InferOutput
} from 'valibot';
import { filterOperators } from '../source/row-filter.ts';
import { endpoint } from './endpoint.ts';
import { count, randomId } from './wire.ts';

const name = pipe(string(), minLength(1), maxLength(200));
const text = pipe(string(), maxLength(100_000));

const databaseServer = object({
	engine: picklist(['postgres', 'mysql']),
	host: pipe(string(), minLength(1), maxLength(253)),
	port: pipe(number(), integer(), minValue(1), maxValue(65_535)),
	database: name,
	user: name,
	password: pipe(string(), maxLength(2000)),
	/** `off` only where the operator named the host. */
	tls: picklist(['verify', 'off'])
});
export type DatabaseServer = InferOutput<typeof databaseServer>;

const table = object({ kind: pipe(picklist(['table'])), schema: name, name });
const source = variant('kind', [table, object({ kind: picklist(['query']), sql: pipe(text, minLength(1)) })]);

const failures = [
	'not-found',
	'too-many-requests',
	'relay-not-connected',
	'place-not-allowed',
	'place-unknown',
	'database-failed'
] as const;

/** `any`: CSV, but for lists, bytes and single columns, which it does not tell apart from texts and from no row. */
const rowFormats = ['ndjson', 'csv', 'any'] as const;

/** Lines of one answer: the first is an object with `columns`, the last one with `end` or `failed`, and between them rows. */
export const ROW_LINES = 'application/x-ndjson';

export const listTables = endpoint({
	name: 'listTables',
	summary:
		'Lists the tables and views of a database that the user may read, with columns, keys and estimated rows; up to 2,000. The edge stores nothing, and keeps the connection a while for the next question.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/database/tables',
	access: 'relay',
	request: object({ workspace: randomId, server: databaseServer }),
	response: object({
		tables: array(
			object({
				schema: string(),
				name: string(),
				kind: picklist(['table', 'view']),
				/** Null where the database has not counted. */
				rowEstimate: nullable(count),
				columns: array(
					object({ name: string(), native: string(), type: string(), isNullable: boolean(), isKey: boolean() })
				)
			})
		),
		isMore: boolean()
	}),
	failures
});

export const readRows = endpoint({
	name: 'readRows',
	summary:
		'Streams rows of a table, or of one SELECT, in a transaction that may read alone. The first line is `{"columns":[…]}` with DuckDB types, the last `{"end":…}`, or `{"failed":…}` when it was cut off; between them a row each, as JSON, or as CSV (RFC 4180) without a header, in which nothing is bare and an empty text is `""`. `any` is CSV where its columns have a form in it, and the first line says which. `limit` takes rows with the same values of `order` as the last one too.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/database/rows',
	access: 'relay',
	answers: ROW_LINES,
	request: object({
		workspace: randomId,
		server: databaseServer,
		from: source,
		columns: optional(nullable(pipe(array(name), minLength(1), maxLength(1600))), null),
		filters: optional(
			pipe(
				array(
					object({
						column: name,
						op: picklist(filterOperators),
						values: pipe(array(text), minLength(1), maxLength(1000))
					})
				),
				maxLength(50)
			),
			[]
		),
		order: optional(pipe(array(name), maxLength(20)), []),
		after: optional(nullable(object({ values: pipe(array(text), maxLength(20)), isFrom: boolean() })), null),
		limit: optional(nullable(pipe(number(), integer(), minValue(1), maxValue(1_000_000))), null),
		format: optional(picklist(rowFormats), 'ndjson')
	}),
	response: string(),
	failures
});

/** Of the rows that are put back at once. */
export const PUT_BYTES = 32 * 1024 * 1024;

export const putRows = endpoint({
	name: 'putRows',
	summary:
		'Puts rows into a table in one transaction: those whose key is there take its place, others are added. `rows` is a JSON array of objects as a text.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/database/put',
	access: 'relay',
	bodyBytes: PUT_BYTES + 1024 * 1024,
	request: object({
		workspace: randomId,
		server: databaseServer,
		into: table,
		columns: pipe(array(name), minLength(1), maxLength(1600)),
		key: pipe(array(name), minLength(1), maxLength(32)),
		rows: pipe(string(), maxLength(PUT_BYTES))
	}),
	response: object({ addedCount: count, changedCount: count }),
	failures
});
