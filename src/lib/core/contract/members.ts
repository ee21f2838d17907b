// The membership log: entries that devices sign and check. The edge keeps their order and looks into none.
import { array, boolean, nullable, object } from 'valibot';
import { endpoint } from './endpoint.ts';
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
	summary: 'Adds an entry behind the one whose hash is `prev`; `moved` when another one is the last.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/members',
	access: 'admin',
	/** `prev` is null only where the log is empty. */
	request: object({ workspace: randomId, prev: nullable(hashId), entry: sealed(ENTRY_BYTES) }),
	/** Where the entry stands. `isRepeated`: it stood there already. */
	response: object({ seq: count, hash: hashId, isRepeated: boolean() }),
	failures: ['moved']
});
