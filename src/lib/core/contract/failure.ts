// What the edge answers instead of success: `{ "error": { "kind": … } }`, facts only, nothing about its insides.
import {
	array,
	integer,
	literal,
	nullable,
	number,
	object,
	picklist,
	pipe,
	string,
	variant,
	type InferOutput
} from 'valibot';
import { count, hashId, tip } from './wire.ts';

export const databaseReasons = [
	'unreachable',
	'tls',
	'sign-in',
	'no-database',
	'no-table',
	'no-column',
	'not-permitted',
	'query',
	'timeout',
	'read-only',
	'busy',
	'value',
	'conflict',
	'lost',
	'too-large',
	'other'
] as const;

export const apiFailureSchema = variant('kind', [
	/** Also what a token may not do or see: nobody learns what there is. */
	object({ kind: literal('not-found'), path: string() }),
	/** `fields` names what was missing or wrong, never the values given. */
	object({ kind: literal('invalid-request'), fields: array(string()) }),
	/** The address is there, for other methods. */
	object({ kind: literal('method-not-allowed'), allowed: array(string()) }),
	/** No token, one that is no token, unknown or expired: told apart by nobody. */
	object({ kind: literal('unauthorized') }),
	/** It was one, and was revoked: told to whoever has its secret. */
	object({ kind: literal('token-revoked') }),
	/** What was posted is not signed as the inbox asks for, or too long ago. */
	object({ kind: literal('signature-refused') }),
	/** Workspaces are made on this edge by invitation only, and it was not the right one. */
	object({ kind: literal('invitation-needed') }),
	/** A body longer than this address takes. */
	object({ kind: literal('too-large'), limitBytes: count }),
	/** Bytes are sent with their length before them. */
	object({ kind: literal('length-required') }),
	/** The bytes that arrived are not those that `Content-Digest` says. */
	object({ kind: literal('digest-mismatch') }),
	/** Other bytes are stored under this id. Sealing is deterministic: one of the two is not what it says. */
	object({ kind: literal('object-differs') }),
	/** The bytes would not fit into what the workspace may store; nothing was stored. */
	object({ kind: literal('quota-full'), quotaBytes: count, usedBytes: count, sizeBytes: count }),
	/** So many the workspace may have. */
	object({
		kind: literal('limit-reached'),
		of: picklist([
			'tokens',
			'slots',
			'refs',
			'spaces',
			'objects',
			'inboxes',
			'items',
			'publications',
			'files',
			'shares',
			'queries'
		]),
		limit: count
	}),
	/** A body of a kind that this address does not take. */
	object({ kind: literal('media-type-unknown'), takes: array(string()) }),
	/** Other bytes came under this idempotency key before. */
	object({ kind: literal('key-reused') }),
	/** The workspace has new keys, and the inbox is sealed to another one: whoever pushes needs a new address. */
	object({ kind: literal('inbox-key-changed') }),
	/** The bytes are not Parquet that the edge could answer queries of. */
	object({ kind: literal('not-parquet') }),
	/** A query that says something else than it may; `reason` says what, and `at` where in its text. */
	object({
		kind: literal('invalid-query'),
		part: picklist(['columns', 'where', 'order', 'limit', 'cursor']),
		reason: picklist(['unknown-column', 'syntax', 'not-a-value', 'not-comparable', 'out-of-range']),
		at: nullable(count)
	}),
	/** The query would read more cells than the edge reads for one answer. */
	object({ kind: literal('query-too-large'), limitCells: count, cells: count }),
	/** Another version was published since the cursor was given: the pages begin anew. */
	object({ kind: literal('version-moved') }),
	/** A plan that the published version does not answer: `name` is of a column or a parameter. */
	object({
		kind: literal('plan-refused'),
		part: picklist(['parameters', 'columns', 'where', 'order', 'limit']),
		name: string(),
		reason: picklist([
			'unknown-column',
			'unknown-parameter',
			'not-comparable',
			'not-a-value',
			'twice',
			'reserved',
			'operands'
		])
	}),
	/** The version that is published now does not have the column, or not as the query asks of it. */
	object({ kind: literal('query-outdated'), column: string() }),
	/** No engine answers here what is more than columns and conditions of one dataset. */
	object({ kind: literal('engine-missing') }),
	/** What the engine says of the SQL; `position` counts its letters from 0. */
	object({ kind: literal('statement-refused'), message: string(), position: nullable(count) }),
	/** What the engine says of the SQL with the values that were given. */
	object({ kind: literal('query-failed'), message: string() }),
	/** The query reads more, holds more, answers more or takes longer than the engine may: bytes, or seconds. */
	object({ kind: literal('engine-limit'), of: picklist(['input', 'memory', 'answer', 'seconds']), limit: count }),
	/** A dataset that the query reads is not published any more. */
	object({ kind: literal('dataset-withdrawn'), dataset: string() }),
	/** Of a named query: `value` is what was given for a parameter, `expected` what it may be, `known` which parameters there are. */
	object({
		kind: literal('invalid-arguments'),
		problems: array(
			object({
				parameter: string(),
				code: picklist(['missing', 'unknown', 'refused']),
				value: nullable(string()),
				expected: nullable(string()),
				known: array(string())
			})
		)
	}),
	object({ kind: literal('range-not-satisfiable'), sizeBytes: count }),
	/** It is not where the caller thought: `tip` is where it is, null when there is none. */
	object({ kind: literal('moved'), tip: nullable(tip) }),
	/** The edge lacks objects that were needed: `ids` are the first of `count`. */
	object({ kind: literal('objects-missing'), ids: array(hashId), count }),
	/** A token may not grant more than it may do itself. */
	object({ kind: literal('scope-exceeded') }),
	/** The cycle has ended, or was given up for another one. */
	object({ kind: literal('cycle-over') }),
	object({ kind: literal('unavailable'), stores: array(picklist(['database', 'objects', 'engine'])) }),
	/** No mail server is set for this edge. */
	object({ kind: literal('mail-not-connected') }),
	/** No host is set that this edge posts to. */
	object({ kind: literal('webhooks-not-connected') }),
	/** This edge asks no source for anybody. */
	object({ kind: literal('relay-not-connected') }),
	/** It does not go there: `origin` is the address that was refused, without path and query, which may be where another one led. */
	object({
		kind: literal('source-not-allowed'),
		origin: string(),
		reason: picklist(['url', 'scheme', 'userinfo', 'clear', 'host', 'port', 'name', 'address', 'not-named'])
	}),
	/** Nobody answered there. */
	object({
		kind: literal('source-not-reached'),
		origin: string(),
		stage: picklist(['name', 'connect', 'tls', 'answer', 'timeout'])
	}),
	/** What the address answered; null when it did not. */
	object({ kind: literal('webhook-failed'), status: nullable(pipe(number(), integer())) }),
	/** It may not write to one of the addresses. */
	object({ kind: literal('recipient-not-allowed') }),
	/** Also in the header `Retry-After`. */
	object({ kind: literal('too-many-requests'), retryAfterSeconds: count }),
	/** `stage` of the talk with the mail server, and the code it answered; null when it did not. */
	object({
		kind: literal('mail-failed'),
		stage: picklist(['connect', 'tls', 'login', 'sender', 'recipient', 'text']),
		code: nullable(pipe(number(), integer()))
	}),
	/** What a database said, or the way to it: `code` is its SQLSTATE, `words` what it says of names in a query. */
	object({
		kind: literal('database-failed'),
		reason: picklist(databaseReasons),
		code: nullable(string()),
		words: nullable(string())
	}),
	object({ kind: literal('place-not-allowed'), reason: picklist(['host', 'port', 'name', 'address', 'not-named']) }),
	object({ kind: literal('place-unknown') }),
	object({ kind: literal('internal') })
]);

export const failureAnswerSchema = object({ error: apiFailureSchema });

export type ApiFailure = InferOutput<typeof apiFailureSchema>;

export const statusByKind = {
	'not-found': 404,
	'invalid-request': 400,
	'method-not-allowed': 405,
	unauthorized: 401,
	'token-revoked': 401,
	'signature-refused': 401,
	'invitation-needed': 403,
	'too-large': 413,
	'length-required': 411,
	'digest-mismatch': 400,
	'object-differs': 409,
	'quota-full': 413,
	'limit-reached': 409,
	'media-type-unknown': 415,
	'key-reused': 409,
	'inbox-key-changed': 409,
	'not-parquet': 400,
	'invalid-query': 400,
	'query-too-large': 422,
	'version-moved': 410,
	'plan-refused': 400,
	'query-outdated': 409,
	'engine-missing': 501,
	'statement-refused': 400,
	'query-failed': 422,
	'engine-limit': 422,
	'dataset-withdrawn': 409,
	'invalid-arguments': 400,
	'range-not-satisfiable': 416,
	moved: 409,
	'objects-missing': 424,
	'scope-exceeded': 403,
	'cycle-over': 409,
	unavailable: 503,
	'mail-not-connected': 404,
	'webhooks-not-connected': 404,
	'webhook-failed': 502,
	'relay-not-connected': 404,
	'source-not-allowed': 403,
	'source-not-reached': 502,
	'recipient-not-allowed': 403,
	'too-many-requests': 429,
	'mail-failed': 502,
	'database-failed': 422,
	'place-not-allowed': 403,
	'place-unknown': 422,
	internal: 500
} as const satisfies Record<ApiFailure['kind'], number>;
