// Named queries beside a published version: a plan or a statement that the edge answers, put and taken away by the owner, asked by anybody.
import {
	array,
	boolean,
	maxLength,
	minLength,
	nullable,
	object,
	optional,
	picklist,
	pipe,
	record,
	regex,
	string,
	union
} from 'valibot';
import { queryPlanSchema } from '../query/query-plan.ts';
import { queryStatementSchema } from '../query/query-statement.ts';
import { endpoint } from './endpoint.ts';
import { ARROW_STREAM, CSV, PARQUET } from './published.ts';
import { count, hashId, randomId, timeMs } from './wire.ts';

/** Of one plan or statement, as JSON. */
export const PLAN_BYTES = 128 * 1024;

/** Its part of the address. */
const queryName = pipe(string(), regex(/^[A-Za-z0-9_-]{1,100}$/));
const title = pipe(string(), minLength(1), maxLength(200));
const description = nullable(pipe(string(), maxLength(2000)));
const headerText = optional(pipe(string(), maxLength(500)));
const atQuery = { workspace: randomId, publication: randomId, query: queryName };
/** By the names of parameters; one of a list is there once for each element. */
const values = optional(record(pipe(string(), maxLength(100)), pipe(array(string()), maxLength(10_000))), {});

export const putQuery = endpoint({
	name: 'putQuery',
	summary:
		'Opens a named query to everybody beside a publication, or puts another one in its place. A plan says which columns and rows of the published version are asked for, and holds no SQL; what is more than that is a statement: SQL over published datasets, for an edge with an engine.',
	method: 'PUT',
	path: '/api/v1/workspaces/{workspace}/publications/{publication}/queries/{query}',
	access: 'admin',
	bodyBytes: PLAN_BYTES,
	request: object({ ...atQuery, title, description, plan: union([queryPlanSchema, queryStatementSchema]) }),
	/** `isRepeated`: it was so already. */
	response: object({ isRepeated: boolean() }),
	failures: [
		'plan-refused',
		'limit-reached',
		'engine-missing',
		'statement-refused',
		'engine-limit',
		'dataset-withdrawn'
	]
});

export const removeQuery = endpoint({
	name: 'removeQuery',
	summary: 'Takes a named query away from a publication; the published version stays.',
	method: 'DELETE',
	path: '/api/v1/workspaces/{workspace}/publications/{publication}/queries/{query}',
	access: 'admin',
	request: object(atQuery),
	/** `isRepeated`: there was none. */
	response: object({ isRepeated: boolean() }),
	failures: []
});

export const listQueries = endpoint({
	name: 'listQueries',
	summary: 'Lists the named queries that the workspace has opened to everybody.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/queries',
	access: 'read',
	request: object({ workspace: randomId }),
	response: object({
		queries: array(
			object({
				publication: randomId,
				query: queryName,
				title: string(),
				description: nullable(string()),
				/** Of the plan or statement. */
				hash: hashId,
				publishedAtMs: timeMs
			})
		)
	}),
	failures: []
});

export const getPublishedQuery = endpoint({
	name: 'getPublishedQuery',
	summary:
		'Says what a named query is: its parameters with their types, bounds and what is taken where one is left out, its columns, and how many rows a page has.',
	method: 'GET',
	path: '/api/v1/published/{publication}/queries/{query}',
	access: 'anyone',
	headers: { unless: 'if-none-match' },
	answers: 'application/json',
	succeeds: [304],
	isOpen: true,
	request: object({ publication: randomId, query: queryName, unless: headerText }),
	response: object({
		query: queryName,
		title: string(),
		description: nullable(string()),
		publication: randomId,
		/** Of all published versions that it reads, and of the plan; the `ETag` of its answers. */
		version: hashId,
		publishedAtMs: timeMs,
		parameters: queryPlanSchema.entries.parameters,
		columns: array(object({ name: string(), type: string() })),
		pageRows: count
	}),
	failures: [
		'not-found',
		'too-many-requests',
		'query-outdated',
		'engine-missing',
		'query-failed',
		'engine-limit',
		'dataset-withdrawn'
	]
});

export const askPublishedQuery = endpoint({
	name: 'askPublishedQuery',
	summary:
		'Answers rows of a named query. Each of its parameters is one of the address: `?warmer_than=20&kinds=sun&kinds=fog`; one that is left out is its default. `limit` is of a page, up to 10,000 rows. The header `Link` has the address of the next page; it goes on in the same version of rows and plan, or says `version-moved`.',
	method: 'GET',
	path: '/api/v1/published/{publication}/queries/{query}/rows',
	access: 'anyone',
	headers: { unless: 'if-none-match' },
	othersIn: 'values',
	answers: ['application/json', CSV, ARROW_STREAM, PARQUET],
	succeeds: [304],
	isOpen: true,
	request: object({
		publication: randomId,
		query: queryName,
		values,
		limit: optional(pipe(string(), regex(/^\d{1,6}$/))),
		/** Of what, from which row on, behind how many rows. */
		cursor: optional(pipe(string(), regex(/^[A-Za-z0-9_-]{43}\.\d{1,12}\.\d{1,12}$/))),
		/** JSON when it is left out. */
		format: optional(picklist(['json', 'csv', 'arrow', 'parquet'])),
		unless: headerText
	}),
	response: object({}),
	failures: [
		'not-found',
		'too-many-requests',
		'invalid-arguments',
		'invalid-query',
		'query-too-large',
		'query-outdated',
		'version-moved',
		'engine-missing',
		'query-failed',
		'engine-limit',
		'dataset-withdrawn'
	]
});
