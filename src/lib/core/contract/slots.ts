// Key slots: the workspace's root key, sealed for a passphrase, for words, or for a device. The edge opens none.
import { array, boolean, object } from 'valibot';
import { endpoint } from './endpoint.ts';
import { randomId, sealed, timeMs } from './wire.ts';

const SLOT_BYTES = 4096;

export const listSlots = endpoint({
	name: 'listSlots',
	summary: 'Lists the sealed key slots of a workspace.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/slots',
	access: 'read',
	request: object({ workspace: randomId }),
	response: object({
		slots: array(object({ slot: randomId, sealed: sealed(SLOT_BYTES), writtenAtMs: timeMs }))
	}),
	failures: []
});

export const putSlot = endpoint({
	name: 'putSlot',
	summary: 'Writes a key slot, in place of what was there.',
	method: 'PUT',
	path: '/api/v1/workspaces/{workspace}/slots/{slot}',
	access: 'admin',
	request: object({ workspace: randomId, slot: randomId, sealed: sealed(SLOT_BYTES) }),
	response: object({}),
	failures: ['limit-reached']
});

export const deleteSlot = endpoint({
	name: 'deleteSlot',
	summary: 'Removes a key slot.',
	method: 'DELETE',
	path: '/api/v1/workspaces/{workspace}/slots/{slot}',
	access: 'admin',
	request: object({ workspace: randomId, slot: randomId }),
	/** `isRepeated`: there was none. */
	response: object({ isRepeated: boolean() }),
	failures: []
});
