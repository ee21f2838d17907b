// The inbox of a dataset: what other programs push waits there, sealed to the workspace's public key, until a device has taken it in.
import { array, boolean, maxLength, nullable, object, optional, picklist, pipe, regex, string } from 'valibot';
import { endpoint } from './endpoint.ts';
import { count, hashId, randomId, timeMs } from './wire.ts';

/** What is sealed by whoever pushes it, which the edge only stores. */
export const SEALED_ITEM_BYTES = 32 * 1024 * 1024;
/** What the edge seals itself, and so has in memory for a moment. */
export const OPEN_ITEM_BYTES = 8 * 1024 * 1024;

export const rowsMediaTypes = [
	'application/json',
	'application/x-ndjson',
	'text/csv',
	'application/vnd.apache.parquet',
	'application/vnd.apache.arrow.file',
	'application/octet-stream'
] as const;

const inSpace = { workspace: randomId, space: randomId };
/** Of whoever pushes; a request that is sent again with it is taken once. */
export const itemKey = pipe(string(), regex(/^[A-Za-z0-9_.:-]{1,100}$/));
const keys = pipe(array(itemKey), maxLength(100));
/** `sha-256=:…:`, in base64 with padding. */
const digest = pipe(string(), regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/));

export const listInboxes = endpoint({
	name: 'listInboxes',
	summary: 'Lists the inboxes of a workspace, and how much waits in each.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/inboxes',
	access: 'read',
	request: object({ workspace: randomId }),
	response: object({
		inboxes: array(
			object({
				space: randomId,
				/** To which items are sealed: X25519, 32 bytes. */
				publicKey: hashId,
				/** How what is posted to its address is signed; null without an address. */
				hook: nullable(picklist(['none', 'github', 'stripe', 'standard'])),
				openedAtMs: timeMs,
				waiting: count,
				waitingBytes: count
			})
		)
	}),
	failures: []
});

export const openInbox = endpoint({
	name: 'openInbox',
	summary:
		'Opens the inbox of a dataset, or changes it. A `hook` that is left out stays as it is, and opens nothing; one gives the inbox an address that a service can post to: `hash` is the SHA-256 of the 16 bytes in the address, `secret` what the service signs with, which the edge has to know.',
	method: 'PUT',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/inbox',
	access: 'admin',
	request: object({
		...inSpace,
		publicKey: hashId,
		hook: optional(
			nullable(
				object({
					hash: hashId,
					signed: picklist(['none', 'github', 'stripe', 'standard']),
					/** Empty where nothing is signed. */
					secret: pipe(string(), maxLength(200))
				})
			)
		)
	}),
	response: object({}),
	failures: ['limit-reached']
});

export const closeInbox = endpoint({
	name: 'closeInbox',
	summary: 'Closes an inbox: nothing comes in any more. What waits in it can still be taken.',
	method: 'DELETE',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/inbox',
	access: 'admin',
	request: object(inSpace),
	/** `isRepeated`: there was none. */
	response: object({ isRepeated: boolean() }),
	failures: []
});

/** `isRepeated`: it had come already, under this key and with these bytes. */
const pushed = object({ key: itemKey, isRepeated: boolean() });

export const pushSealed = endpoint({
	name: 'pushSealed',
	summary:
		'Pushes an item that was sealed to the inbox’s public key: the edge sees its length and its key. `Idempotency-Key` makes that it is taken once, however often it is sent.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/inbox/sealed',
	access: 'push',
	headers: { key: 'idempotency-key', digest: 'content-digest', same: 'idempotency-digest', sealedTo: 'inbox-key' },
	sends: 'bytes',
	bodyBytes: SEALED_ITEM_BYTES,
	request: object({
		...inSpace,
		key: itemKey,
		digest,
		/** By what the same content is known again when it is sealed anew: an HMAC of it that nobody else can make. */
		same: optional(hashId),
		/** The public key that it is sealed to: refused where the inbox has another one by now. */
		sealedTo: optional(hashId)
	}),
	response: pushed,
	failures: ['digest-mismatch', 'key-reused', 'inbox-key-changed', 'quota-full', 'limit-reached']
});

export const pushRows = endpoint({
	name: 'pushRows',
	summary:
		'Pushes rows or a file as they are: the edge reads them to seal them to the inbox’s public key, and keeps the sealed bytes alone. `Idempotency-Key` makes that they are taken once, however often they are sent.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/inbox',
	access: 'push',
	headers: { key: 'idempotency-key' },
	sends: 'bytes',
	takes: rowsMediaTypes,
	bodyBytes: OPEN_ITEM_BYTES,
	request: object({ ...inSpace, key: itemKey, type: picklist(rowsMediaTypes) }),
	response: pushed,
	failures: ['key-reused', 'quota-full', 'limit-reached']
});

export const listItems = endpoint({
	name: 'listItems',
	summary: 'Lists what waits in an inbox and what was taken from it within 30 days, oldest first, up to 500 at a time.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/inbox/items',
	access: 'read',
	request: object({ ...inSpace, waiting: picklist(['only', 'all']) }),
	response: object({
		items: array(
			object({
				key: itemKey,
				sizeBytes: count,
				receivedAtMs: timeMs,
				/** The token that pushed it; null: it was posted to the inbox's address. */
				by: nullable(randomId),
				sealedBy: picklist(['sender', 'edge']),
				/** The token of the device that takes it in. */
				claimedBy: nullable(randomId),
				claimedAtMs: nullable(timeMs),
				takenAtMs: nullable(timeMs),
				/** Taken away without being taken in. */
				isDiscarded: boolean()
			})
		),
		isMore: boolean()
	}),
	failures: []
});

export const claimItems = endpoint({
	name: 'claimItems',
	summary:
		'Claims items for the token that asks: those that `from` has, null being nobody. Answers which of them are its own now. A claim stays until the item is settled, so that no other device takes it in too.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/inbox/claim',
	access: 'write',
	request: object({ ...inSpace, keys, from: nullable(randomId) }),
	response: object({ claimed: array(itemKey) }),
	failures: []
});

export const getItem = endpoint({
	name: 'getItem',
	summary: 'Answers the sealed bytes of an item that waits.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/inbox/items/{key}',
	access: 'read',
	answers: 'application/octet-stream',
	request: object({ ...inSpace, key: itemKey }),
	response: string(),
	failures: []
});

export const settleItems = endpoint({
	name: 'settleItems',
	summary:
		'Says what became of claimed items: `taken` once the version that took them in is on the edge, `discarded` where somebody decided against them; their bytes go.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/inbox/settle',
	access: 'write',
	request: object({ ...inSpace, keys, outcome: picklist(['taken', 'discarded']) }),
	response: object({ settled: array(itemKey) }),
	failures: []
});

const headerText = optional(pipe(string(), maxLength(1000)));

export const postHook = endpoint({
	name: 'postHook',
	summary:
		'Takes what a service posts to the address of an inbox. Where the inbox asks for a signature, it is checked as GitHub, Stripe or Standard Webhooks make it, with their time where they sign one: no older than five minutes. The same delivery again is taken once.',
	method: 'POST',
	path: '/api/v1/hooks/{hook}',
	access: 'anyone',
	headers: {
		github: 'x-hub-signature-256',
		delivery: 'x-github-delivery',
		stripe: 'stripe-signature',
		id: 'webhook-id',
		timestamp: 'webhook-timestamp',
		signature: 'webhook-signature',
		idempotency: 'idempotency-key'
	},
	sends: 'bytes',
	takes: [...rowsMediaTypes, 'application/x-www-form-urlencoded', 'text/plain'],
	bodyBytes: 1024 * 1024,
	request: object({
		hook: randomId,
		type: picklist([...rowsMediaTypes, 'application/x-www-form-urlencoded', 'text/plain']),
		github: headerText,
		delivery: headerText,
		stripe: headerText,
		id: headerText,
		timestamp: headerText,
		signature: headerText,
		idempotency: headerText
	}),
	response: object({ isRepeated: boolean() }),
	failures: ['not-found', 'signature-refused', 'too-many-requests', 'key-reused', 'quota-full', 'limit-reached']
});
