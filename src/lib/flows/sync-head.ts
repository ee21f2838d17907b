// What a ref points to: the state of a dataset, and the objects of the versions that it names; and how a ref moves there.
import { ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { encodeRef, joinSigned, type Reset } from '../core/sync/ref-record.ts';
import { parseRecords, type SpaceRecords } from '../core/sync/space-state.ts';
import type { Trust } from '../core/sync/trust.ts';
import type { Dataset } from '../core/version/version.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import type { Tip } from './sync-chain.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';

export async function readHead(
	id: Dataset['id'],
	{ ref }: Pick<Tip, 'ref'>,
	seal: SpaceSeal,
	effects: SyncEffects
): Promise<Result<SpaceRecords & { readonly object: string }, SpaceFailure>> {
	const reader = new SpaceReader(id, seal, effects);
	const head = await reader.head(ref);
	if (!head.ok) return head;
	const plain = await reader.object('records', head.value);
	if (!plain.ok) return plain;
	const records = parseRecords(plain.value);
	return records.ok ? ok({ ...records.value, object: head.value }) : records;
}

/** What is sealed from now on is of the epoch that the workspace is in. */
export async function sealOfNow(seal: SpaceSeal, epoch: number): Promise<SpaceSeal> {
	return seal.epoch === epoch ? seal : seal.rekey(epoch);
}

export type HeadMove = {
	readonly space: Dataset['id'];
	readonly seal: SpaceSeal;
	readonly next: { readonly seq: number; readonly prev: string };
	/** The id of the `records` object. */
	readonly object: string;
	/** How many entries of the membership log this device knows. */
	readonly members: number;
	readonly reset: Reset | null;
	readonly needs: readonly string[];
};

/** The record as it stands now; null when the ref had moved already, or the edge lacks what is needed. */
export async function moveHead(
	{ space, seal, next, object, members, reset, needs }: HeadMove,
	{ workspace, device, keys, net }: Pick<SyncEffects, 'workspace' | 'device' | 'keys' | 'net'>
): Promise<Result<Trust | null, SpaceFailure>> {
	const { seq, prev } = next;
	const headBytes = Uint8Array.from(object, (letter) => letter.charCodeAt(0));
	const content = encodeRef({
		workspace,
		space,
		token: seal.token,
		seq,
		prev,
		device,
		members,
		epoch: seal.epoch,
		wrap: seal.wrap,
		head: await seal.seal('head', headBytes),
		...(reset ? { reset } : {})
	});
	const record = joinSigned(content, await keys.sign(content));
	const hash = await keys.sha256(record);
	const moved = await net.moveRef({ space, token: seal.token, seq, hash, record, prev, needs });
	if (!moved.ok) return moved;
	return ok(moved.value === 'won' ? { seq, hash } : null);
}
