// Believes a ref only when its chain goes on from where it was last seen, and every record of it was signed by a member, under the keys of
// its time. What a removed device still signed is refused, and does not stop the others.
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { endOf, epochAt, membersAt, onceMember, type MemberEntry } from '../core/sync/member-log.ts';
import { parseRef, type RefRecord, type WireRef } from '../core/sync/ref-record.ts';
import { broken } from '../core/sync/sealed-object.ts';
import { judgeChain, type Link, type Trust } from '../core/sync/trust.ts';
import type { KnownEntry, SyncSpace } from '../core/sync/sync-space.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import type { SyncEffects } from './sync-effects.ts';

/** A record of a device that was removed, from after its removal. */
export type RefusedRef = { readonly device: string; readonly seq: number };

export type Tip = {
	/** The newest record that counts; null where none does, or none since what both had in common. */
	readonly ref: RefRecord | null;
	/** The newest record, whether it counts or not: the next one follows it. */
	readonly last: RefRecord;
	readonly trust: Trust;
	/** How many entries of the membership log are known to it. */
	readonly members: number;
	readonly refused: readonly RefusedRef[];
};

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
	const log = members.map(({ entry }) => entry);
	const isSeen = trust?.seq === tip.seq;
	const read = isSeen
		? await readLinks([tip], space.members, log, tip, effects)
		: await readAfter(trust?.seq ?? 0, space.members, log, tip, effects);
	if (!read.ok) return read;
	const judged = judgeChain(trust, tip, isSeen ? [] : read.value.links);
	if (!judged.ok) return judged;
	if (isSeen && read.value.links[0]?.hash !== tip.hash) return err({ kind: 'forked', atSeq: tip.seq });
	let { ref, knew } = read.value;
	if (!ref && trust && trust.seq > (space.base?.seq ?? 0)) {
		// What was seen before, and not taken yet, may be the newest that counts.
		const again = await readAfter(0, 0, log, tip, effects);
		if (!again.ok) return again;
		const seen = again.value.links.find(({ seq }) => seq === trust.seq);
		if (seen?.hash !== trust.hash) return err({ kind: 'forked', atSeq: trust.seq });
		({ ref, knew } = again.value);
	}
	const { last } = read.value;
	if (!last) return err({ kind: 'forged', atSeq: tip.seq });
	const now = { seq: tip.seq, hash: tip.hash };
	if (!isSeen) {
		const saved = await effects.store.saveSpace({ ...space, trust: now, members: knew });
		if (!saved.ok) return saved;
	}
	return ok({ ref, last, trust: now, members: knew, refused: isSeen ? [] : read.value.refused });
}

type Read = {
	readonly links: readonly Link[];
	readonly last: RefRecord | null;
	readonly ref: RefRecord | null;
	readonly knew: number;
	/** After the last one that counts. */
	readonly refused: readonly RefusedRef[];
};

async function readAfter(
	seq: number,
	knew: number,
	log: readonly MemberEntry[],
	tip: WireRef,
	effects: ChainEffects
): Promise<Result<Read, SpaceFailure>> {
	const told = await effects.net.refLog(tip.space, tip.token, seq);
	if (!told.ok) return told;
	const wires = told.value.filter((one) => one.seq <= tip.seq);
	return readLinks(wires, knew, log, tip, effects);
}

async function readLinks(
	wires: readonly Omit<WireRef, 'space' | 'token'>[],
	knewBefore: number,
	log: readonly MemberEntry[],
	{ space, token }: WireRef,
	effects: ChainEffects
): Promise<Result<Read, SpaceFailure>> {
	const links: Link[] = [];
	let refused: RefusedRef[] = [];
	let last: RefRecord | null = null;
	let ref: RefRecord | null = null;
	let knew = knewBefore;
	for (const wire of wires) {
		const verified = await verify({ ...wire, space, token }, log, knew, effects);
		if (!verified.ok) return verified;
		links.push(verified.value.link);
		last = verified.value.ref;
		if (verified.value.isRefused) {
			refused.push({ device: verified.value.ref.device, seq: wire.seq });
			continue;
		}
		ref = verified.value.ref;
		knew = ref.members;
		refused = [];
	}
	return ok({ links, last, ref, knew, refused });
}

type Verified = { readonly ref: RefRecord; readonly link: Link; readonly isRefused: boolean };

async function verify(
	wire: WireRef,
	log: readonly MemberEntry[],
	knew: number,
	{ workspace, keys }: ChainEffects
): Promise<Result<Verified, SpaceFailure>> {
	const parsed = parseRef(wire.record);
	if (!parsed.ok) return parsed;
	const { ref, content, signature } = parsed.value;
	const forged = err({ kind: 'forged', atSeq: ref.seq } as const);
	const isItself =
		ref.workspace === workspace && ref.space === wire.space && ref.token === wire.token && ref.seq === wire.seq;
	if (!isItself || ref.members > log.length) return forged;
	const author = onceMember(log, ref.device);
	if (!author || !(await keys.isSigned(author.signs, content, signature))) return forged;
	const link = { seq: ref.seq, prev: ref.prev, hash: await keys.sha256(wire.record) };
	const isMember = membersAt(log, log.length).has(ref.device);
	if (!isMember && ref.seq > endOf(log, ref.device, ref.space)) return ok({ ref, link, isRefused: true });
	const fits =
		ref.members >= knew && membersAt(log, ref.members).has(ref.device) && ref.epoch === epochAt(log, ref.members);
	return fits ? ok({ ref, link, isRefused: false }) : forged;
}

/**
 * The keys of a space of which no record counts that is newer than what both had in common: those of then, of what a removed device began,
 * or new ones, which are kept before anything is sealed by them. What comes next goes under the token that the edge has.
 */
export async function sealBehind(
	space: SyncSpace,
	tip: Tip | null,
	epoch: number,
	{ keys, store }: Pick<SyncEffects, 'keys' | 'store'>
): Promise<Result<SpaceSeal, SpaceFailure>> {
	if (space.key) {
		const own = await keys.openSpace(space.space, space.key.epoch, space.key.wrap);
		if (!own.ok || !tip || own.value.token === tip.last.token) return own;
	}
	if (tip) {
		const begun = await keys.openSpace(space.space, tip.last.epoch, tip.last.wrap);
		return begun.ok && begun.value.token !== tip.last.token ? broken('content') : begun;
	}
	const seal = await keys.newSpace(space.space, epoch);
	const saved = await store.saveSpace({ ...space, key: { epoch: seal.epoch, wrap: seal.wrap } });
	return saved.ok ? ok(seal) : saved;
}
