// Believes a ref only when its chain goes on from where it was last seen, and every record of it was signed by a member.
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { membersAt } from '../core/sync/member-log.ts';
import { parseRef, type RefRecord, type WireRef } from '../core/sync/ref-record.ts';
import { judgeChain, type Link, type Trust } from '../core/sync/trust.ts';
import type { KnownEntry, SyncSpace } from '../core/sync/sync-space.ts';
import type { SyncEffects } from './sync-effects.ts';

export type Tip = { readonly ref: RefRecord; readonly trust: Trust };

type ChainEffects = Pick<SyncEffects, 'workspace' | 'net' | 'store' | 'keys'>;

/** Where the edge has the space, once that is believed, and kept as the least to be believed later; null when it has none. */
export async function readTip(
	space: SyncSpace,
	tip: WireRef | null,
	members: readonly KnownEntry[],
	effects: ChainEffects
): Promise<Result<Tip | null, SpaceFailure>> {
	const { trust } = space;
	if (!tip || (trust && tip.seq < trust.seq)) {
		const judged = judgeChain(trust, tip, []);
		return judged.ok ? ok(null) : judged;
	}
	const isSeen = trust?.seq === tip.seq;
	const told = isSeen ? ok([]) : await effects.net.refLog(tip.space, tip.token, trust?.seq ?? 0);
	if (!told.ok) return told;
	const links: Link[] = [];
	let newest: RefRecord | null = null;
	let knew = space.members;
	for (const one of isSeen ? [tip] : told.value.filter(({ seq }) => seq <= tip.seq)) {
		const verified = await verify({ ...one, space: tip.space, token: tip.token }, members, knew, effects);
		if (!verified.ok) return verified;
		newest = verified.value.ref;
		knew = newest.members;
		links.push(verified.value.link);
	}
	const judged = judgeChain(trust, tip, isSeen ? [] : links);
	if (!judged.ok) return judged;
	if (!newest || (isSeen && links[0]?.hash !== tip.hash)) return err({ kind: 'forked', atSeq: tip.seq });
	if (!isSeen) {
		const saved = await effects.store.saveSpace({ ...space, trust: { seq: tip.seq, hash: tip.hash }, members: knew });
		if (!saved.ok) return saved;
	}
	return ok({ ref: newest, trust: { seq: tip.seq, hash: tip.hash } });
}

async function verify(
	wire: WireRef,
	members: readonly KnownEntry[],
	knew: number,
	{ workspace, keys }: ChainEffects
): Promise<Result<{ readonly ref: RefRecord; readonly link: Link }, SpaceFailure>> {
	const parsed = parseRef(wire.record);
	if (!parsed.ok) return parsed;
	const { ref, content, signature } = parsed.value;
	const forged = err({ kind: 'forged', atSeq: ref.seq } as const);
	const isItself =
		ref.workspace === workspace && ref.space === wire.space && ref.token === wire.token && ref.seq === wire.seq;
	// A device that was removed could sign as of a time before; so no record knows less of the members than the one before it.
	if (!isItself || ref.members > members.length || ref.members < knew) return forged;
	const device = membersAt(
		members.map(({ entry }) => entry),
		ref.members
	).get(ref.device);
	if (!device || !(await keys.isSigned(device.signs, content, signature))) return forged;
	return ok({ ref, link: { seq: ref.seq, prev: ref.prev, hash: await keys.sha256(wire.record) } });
}
