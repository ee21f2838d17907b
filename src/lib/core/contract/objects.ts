// Sealed objects: bytes under a keyed hash. Written once, never changed, and removed when no device needs them any more.
import { array, boolean, maxLength, object, pipe, regex, string } from 'valibot';
import { BUNDLE_OBJECTS } from './bundle.ts';
import { endpoint } from './endpoint.ts';
import { count, hashId, randomId } from './wire.ts';

/** 4 MiB, and what sealing adds. */
export const OBJECT_BYTES = 4 * 1024 * 1024 + 65_536;

/** How many ids a request may name. */
const IDS = 1000;
const inSpace = { workspace: randomId, space: randomId };
/** `sha-256=:…:`, in base64 with padding. */
const digest = pipe(string(), regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/));

export const haveObjects = endpoint({
	name: 'haveObjects',
	summary:
		'Says which of up to 1,000 objects are missing. Those that are there are kept for another day, and come back to life where they were about to go.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/have',
	access: 'write',
	request: object({ ...inSpace, ids: pipe(array(hashId), maxLength(IDS)) }),
	response: object({ missing: array(hashId) }),
	failures: []
});

export const putObject = endpoint({
	name: 'putObject',
	summary:
		'Stores the bytes of the body under an id, unless they are there. `Content-Digest` (RFC 9530) says their SHA-256: other bytes are refused.',
	method: 'PUT',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/objects/{id}',
	access: 'write',
	headers: { digest: 'content-digest' },
	sends: 'bytes',
	bodyBytes: OBJECT_BYTES,
	request: object({
		...inSpace,
		id: hashId,
		digest
	}),
	/** `isRepeated`: it was there already. */
	response: object({ isRepeated: boolean() }),
	failures: ['digest-mismatch', 'object-differs', 'quota-full', 'limit-reached']
});

export const getObject = endpoint({
	name: 'getObject',
	summary: 'Answers the bytes of an object, with their `Content-Digest`.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/objects/{id}',
	access: 'read',
	answers: 'application/octet-stream',
	request: object({ ...inSpace, id: hashId }),
	response: string(),
	failures: []
});

export const putBundle = endpoint({
	name: 'putBundle',
	summary:
		'Stores up to 40 small objects at once: each is 32 bytes of id, its length in 4 bytes (big-endian), and its bytes. All or none of those that are not there yet find room.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/bundle',
	access: 'write',
	headers: { digest: 'content-digest' },
	sends: 'bytes',
	bodyBytes: OBJECT_BYTES,
	request: object({ ...inSpace, digest }),
	response: object({ stored: count, repeated: count }),
	failures: ['digest-mismatch', 'object-differs', 'quota-full', 'limit-reached']
});

export const getBundle = endpoint({
	name: 'getBundle',
	summary:
		'Answers those of up to 40 objects that are there, in the form of `putBundle`; where they are more than 4 MiB together, the first of them.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/bundle/read',
	access: 'read',
	answers: 'application/octet-stream',
	request: object({ ...inSpace, ids: pipe(array(hashId), maxLength(BUNDLE_OBJECTS)) }),
	response: string(),
	failures: []
});
