// What anybody may ask of a published version: what it is, its rows by a query, and the file itself.
import { array, maxLength, object, optional, picklist, pipe, regex, string } from 'valibot';
import { endpoint } from './endpoint.ts';
import { count, hashId, randomId, timeMs } from './wire.ts';

/** Rows of one answer. */
export const ROWS = 10_000;
export const FIRST_ROWS = 100;

export const ARROW_STREAM = 'application/vnd.apache.arrow.stream';
export const PARQUET = 'application/vnd.apache.parquet';
export const CSV = 'text/csv; charset=utf-8';

const text = optional(pipe(string(), maxLength(2000)));
const headerText = optional(pipe(string(), maxLength(500)));

export const getPublished = endpoint({
	name: 'getPublished',
	summary: 'Says what a publication is: its name, columns and rows, and which version, which is its `ETag` too.',
	method: 'GET',
	path: '/api/v1/published/{publication}',
	access: 'anyone',
	headers: { unless: 'if-none-match' },
	answers: 'application/json',
	succeeds: [304],
	isOpen: true,
	request: object({ publication: randomId, unless: headerText }),
	response: object({
		name: string(),
		version: hashId,
		publishedAtMs: timeMs,
		rowCount: count,
		sizeBytes: count,
		columns: array(object({ name: string(), type: string() }))
	}),
	failures: ['not-found', 'too-many-requests']
});

export const queryPublished = endpoint({
	name: 'queryPublished',
	summary:
		'Answers rows of a publication: `columns=a,b`, `where=a>=3,b=x` (all of them; `=`, `!=`, `<`, `<=`, `>`, `>=`, `~` for texts that contain it; no value after `=` is null), `order=-a,b`, `limit` up to 10,000. The header `Link` has the address of the next page; it goes on in the same version, or says `version-moved`.',
	method: 'GET',
	path: '/api/v1/published/{publication}/rows',
	access: 'anyone',
	headers: { unless: 'if-none-match' },
	answers: ['application/json', CSV, ARROW_STREAM, PARQUET],
	succeeds: [304],
	isOpen: true,
	request: object({
		publication: randomId,
		columns: text,
		where: text,
		order: text,
		limit: optional(pipe(string(), regex(/^\d{1,6}$/))),
		cursor: optional(pipe(string(), regex(/^[A-Za-z0-9_-]{1,80}\.\d{1,12}$/))),
		/** JSON when it is left out. */
		format: optional(picklist(['json', 'csv', 'arrow', 'parquet'])),
		unless: headerText
	}),
	response: object({}),
	failures: ['not-found', 'too-many-requests', 'invalid-query', 'query-too-large', 'version-moved']
});

export const getPublishedFile = endpoint({
	name: 'getPublishedFile',
	summary: 'Answers the whole published version as Parquet, or the range of bytes that `Range` asks for.',
	method: 'GET',
	path: '/api/v1/published/{publication}/file.parquet',
	access: 'anyone',
	headers: { unless: 'if-none-match', range: 'range', ifRange: 'if-range' },
	answers: PARQUET,
	succeeds: [206, 304],
	isOpen: true,
	request: object({ publication: randomId, unless: headerText, range: headerText, ifRange: headerText }),
	response: string(),
	failures: ['not-found', 'too-many-requests', 'range-not-satisfiable']
});
