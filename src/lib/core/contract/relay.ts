// The relay: the edge asks a source for a page that may not read its answer itself. See note in docs/edge.md, "Asking sources".
import { array, boolean, maxLength, nullable, object, picklist, pipe, regex, string } from 'valibot';
import { endpoint } from './endpoint.ts';
import { randomId } from './wire.ts';

/** Of one answer. */
export const RELAYED_BYTES = 64 * 1024 * 1024;
/** Of one answer, from the question to its end. */
export const RELAY_MS = 60_000;

/** Before the names of what a source says, in the headers of the edge's answer. */
export const SOURCE_PREFIX = 'source-';
export const STATUS_HEADER = `${SOURCE_PREFIX}status`;
/** Besides its status. */
export const relayedHeaders = [
	'content-type',
	'content-length',
	'content-range',
	'accept-ranges',
	'etag',
	'last-modified',
	'link',
	'retry-after'
] as const;

const header = object({
	name: pipe(string(), maxLength(100), regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/)),
	/** Characters of Latin-1, none of which ends a line. */
	value: pipe(string(), maxLength(8000), regex(/^[\t\x20-\x7e\xa0-\xff]*$/))
});

export const relaySource = endpoint({
	name: 'relaySource',
	summary:
		'Asks an address of the public internet, and answers the body as it comes. What the source says besides stands in `Source-Status`, `Source-Content-Type`, `Source-Link`, `Source-Retry-After` and others. The address is resolved and checked, also where it leads on; what carries a secret (`isSecret`) goes encrypted, and not on. Up to 64 MiB, within a minute; nothing is kept, and the audit log is told method, origin, status and length.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/relay',
	access: 'relay',
	answers: 'application/octet-stream',
	request: object({
		workspace: randomId,
		url: pipe(string(), maxLength(8000)),
		method: picklist(['GET', 'HEAD', 'POST']),
		headers: pipe(array(header), maxLength(50)),
		body: nullable(pipe(string(), maxLength(200_000))),
		isSecret: boolean()
	}),
	response: string(),
	failures: ['relay-not-connected', 'source-not-allowed', 'source-not-reached', 'too-many-requests']
});
