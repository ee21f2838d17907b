// Refs: where a branch or a tag of a dataset is. They move by compare-and-swap, and every step stays in a log.
import {
	array,
	boolean,
	integer,
	maxLength,
	maxValue,
	minValue,
	nullable,
	number,
	object,
	optional,
	pipe,
	regex,
	string
} from 'valibot';
import { endpoint } from './endpoint.ts';
import { afterSeq, count, hashId, randomId, sealed } from './wire.ts';

/** Of one workspace. */
export const MAX_REFS = 10_000;
/** How many objects a step may need. What it names beyond that is kept by its lease alone. */
export const NEEDS = 10_000;
const RECORD_BYTES = 4096;

/** `token` is the ref's name under a key. `hash` is the SHA-256 of the record, which devices sign and check. */
const step = { seq: count, hash: hashId, record: sealed(RECORD_BYTES) };
const atRef = { workspace: randomId, space: randomId, token: hashId };

export const listRefs = endpoint({
	name: 'listRefs',
	summary: 'Lists where the refs of a workspace are, up to 500 at a time; `next` asks for those after them.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/refs',
	access: 'read',
	request: object({
		workspace: randomId,
		after: optional(pipe(string(), regex(/^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/)))
	}),
	response: object({
		refs: array(object({ space: randomId, token: hashId, ...step })),
		/** Null after the last. */
		next: nullable(string())
	}),
	failures: []
});

export const listRefLog = endpoint({
	name: 'listRefLog',
	summary: 'Lists the steps of a ref after one, oldest first, up to 100 at a time.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/refs/{token}/log',
	access: 'read',
	request: object({ ...atRef, after: afterSeq }),
	response: object({
		entries: array(object({ prev: nullable(hashId), ...step })),
		isMore: boolean()
	}),
	failures: []
});

export const moveRef = endpoint({
	name: 'moveRef',
	summary:
		'Moves a ref from the step whose hash is `prev` to the next one, if all objects that it needs are there. `moved` when it is elsewhere, `objects-missing` when some are not. A step that was taken before is answered as then.',
	method: 'POST',
	path: '/api/v1/workspaces/{workspace}/spaces/{space}/refs/{token}',
	access: 'ref',
	request: object({
		...atRef,
		/** Null only where there is no such ref; `seq` may then be any: a device that restores a server goes on counting. */
		prev: nullable(hashId),
		...step,
		seq: pipe(number(), integer(), minValue(1), maxValue(Number.MAX_SAFE_INTEGER)),
		needs: pipe(array(hashId), maxLength(NEEDS))
	}),
	/** `isRepeated`: it had been taken already; the ref may have moved on since. */
	response: object({ isRepeated: boolean() }),
	failures: ['moved', 'objects-missing', 'limit-reached']
});
