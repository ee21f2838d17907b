// The audit log: what was done to a workspace on the edge, in a chain of hashes that the owner can follow.
import { array, boolean, nullable, object, picklist, string, type InferOutput } from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { endpoint } from './endpoint.ts';
import { afterSeq, count, hashId, randomId, timeMs, tip } from './wire.ts';

const action = picklist([
	'workspace-created',
	'token-created',
	'token-revoked',
	'member-appended',
	'slot-written',
	'slot-removed',
	'ref-moved',
	'gc-ended',
	'inbox-opened',
	'inbox-closed',
	'item-released',
	'published',
	'unpublished',
	'share-created',
	'share-revoked',
	'database-read',
	'database-written',
	'source-asked',
	'access-denied'
]);

const auditEntry = object({
	seq: count,
	atMs: timeMs,
	/** The token that did it. */
	actor: randomId,
	action,
	/** What it was done to: ids, with a point between; of a denial, the name of the operation; of a source, method, origin and what came. */
	subject: string(),
	hash: hashId
});

export type AuditEntry = InferOutput<typeof auditEntry>;

export const listAudit = endpoint({
	name: 'listAudit',
	summary:
		'Lists the audit log after an entry, oldest first, up to 200 at a time. Whoever keeps its tip sees whether it was changed or cut since.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/audit',
	access: 'admin',
	request: object({ workspace: randomId, after: afterSeq }),
	response: object({ entries: array(auditEntry), tip: nullable(tip), isMore: boolean() }),
	failures: []
});

/** The bytes whose SHA-256 is the hash of an entry; `prev` is the hash before it, null for the first. */
export function auditBytes(
	workspace: string,
	{ seq, atMs, actor, action, subject }: Omit<AuditEntry, 'hash'>,
	prev: string | null
): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/audit/v1', workspace, prev, seq, atMs, actor, action, subject]);
}
