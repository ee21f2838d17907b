// Workspaces on the edge: made once, by whoever has the keys, and known by a random id alone.
import { boolean, maxLength, object, optional, pipe, string } from 'valibot';
import { endpoint } from './endpoint.ts';
import { count, hashId, randomId, sealed, timeMs } from './wire.ts';

/** The longest entry of a membership log. */
export const ENTRY_BYTES = 16_384;

export const createWorkspace = endpoint({
	name: 'createWorkspace',
	summary:
		'Makes a workspace with the first entry of its membership log and its first token, which may do everything. The same request again is answered alike; another one of the same id as if nobody may see it.',
	method: 'POST',
	path: '/api/v1/workspaces',
	access: 'anyone',
	request: object({
		workspace: randomId,
		/** Signed by the first device; the edge does not look into it. */
		genesis: sealed(ENTRY_BYTES),
		/** `hash` is the SHA-256 of the 32 bytes of the token's secret. */
		token: object({ id: randomId, hash: hashId }),
		/** Where the edge demands one. */
		invitation: optional(pipe(string(), maxLength(200)))
	}),
	/** `isRepeated`: it was there already. */
	response: object({ isRepeated: boolean() }),
	failures: ['invitation-needed', 'not-found', 'too-many-requests']
});

export const getWorkspace = endpoint({
	name: 'getWorkspace',
	summary: 'Says what the workspace stores, and how much it may.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}',
	access: 'read',
	request: object({ workspace: randomId }),
	response: object({ createdAtMs: timeMs, quotaBytes: count, usedBytes: count, objectCount: count }),
	failures: []
});
