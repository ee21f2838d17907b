// The membership log: entries that devices sign and check. The edge keeps their order and looks into none.
import { array, boolean, maxLength, nullable, object, optional, pipe } from 'valibot';
import { endpoint } from './endpoint.ts';
import { MAX_REFS } from './refs.ts';
import { afterSeq, count, hashId, randomId, sealed } from './wire.ts';
import { ENTRY_BYTES } from './workspaces.ts';

export const listMembers = endpoint({
	name: 'listMembers',
	summary: 'Lists the entries of the membership log after one, oldest first, up to 100 at a time.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/members',
	access: 'read',
	request: object({ workspace: randomId, after: afterSeq }),
	response: object({
		/** `hash` is the SHA-256 of the entry. */
		entries: array(object({ seq: count, hash: hashId, entry: sealed(ENTRY_BYTES) })),
		isMore: boolean()
	}),
	failures: []
});

export const appendMember = endpoint({
	name: 'appendMember',
	summary:
		'Adds an entry behind the one whose hash is `prev`; `moved` when another one is the last, or a ref is at none of the steps in `refs`. An entry that stands already is answered as then.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/members',
	access: 'admin',
	/** `prev` is null only where the log is empty. */
	request: object({
		workspace: randomId,
		prev: nullable(hashId),
		entry: sealed(ENTRY_BYTES),
		/** Hashes of the steps that all refs were at, for an entry that says where they are. */
		refs: optional(pipe(array(hashId), maxLength(MAX_REFS)))
	}),
	/** Where the entry stands. `isRepeated`: it stood there already. */
	response: object({ seq: count, hash: hashId, isRepeated: boolean() }),
	failures: ['moved']
});
