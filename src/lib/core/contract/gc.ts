// Collecting what no device needs. The edge cannot see what refers to what: a device says what is alive, and what two such
// cycles, a day apart, did not name is removed.
import { array, maxLength, object, pipe } from 'valibot';
import { endpoint } from './endpoint.ts';
import { count, hashId, randomId } from './wire.ts';

const IDS = 1000;
const atCycle = { workspace: randomId, cycle: randomId };

export const beginGc = endpoint({
	name: 'beginGc',
	summary: 'Begins a cycle under an id of the caller; one that had begun before and not ended is given up.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/gc',
	access: 'admin',
	request: object(atCycle),
	response: object({}),
	failures: []
});

export const markLive = endpoint({
	name: 'markLive',
	summary: 'Says of up to 1,000 objects of a space that they are alive.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/gc/{cycle}/live',
	access: 'admin',
	request: object({ ...atCycle, space: randomId, ids: pipe(array(hashId), maxLength(IDS)) }),
	/** How many of them are there. */
	response: object({ marked: count }),
	failures: ['cycle-over']
});

export const endGc = endpoint({
	name: 'endGc',
	summary:
		'Ends a cycle: what it did not name, and nobody asked for within the last day, counts as dead; what was dead for a day already is removed within the hour.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/gc/{cycle}/end',
	access: 'admin',
	request: object(atCycle),
	response: object({ dead: count, condemned: count }),
	failures: ['cycle-over']
});
