// Believes a ref only when its chain goes on from where it was last seen, and every record of it was signed by a member; or when a
// member says, by its signature, that the server lost all of what was seen.
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { membersAt } from '../core/sync/member-log.ts';
import { parseRef, type RefRecord, type WireRef } from '../core/sync/ref-record.ts';
import { coversTrust, judgeChain, type Link, type Trust } from '../core/sync/trust.ts';
import type { KnownEntry, SyncSpace } from '../core/sync/sync-space.ts';
import type { SyncEffects } from './sync-effects.ts';

export type Tip = {
	readonly ref: RefRecord;
	readonly trust: Trust;
	readonly era: number;
	/** A reset stands between what was seen before and this: what was agreed on then is no base any more. */
	readonly isReset: boolean;
};

type ChainEffects = Pick<SyncEffects, 'workspace' | 'net' | 'store' | 'keys'>;
type Read<T> = Promise<Result<T, SpaceFailure>>;

/** What a reset may put right. */
export const distrustKinds: ReadonlySet<string> = new Set([
	'rolled-back',
	'forked',
	'forged',
	'server-lost-data',
	'broken-object'
] satisfies SpaceFailure['kind'][]);

/** Where the edge has the space, once that is believed, and kept as the least to be believed later; null when it has none. */
export async function readTip(
	space: SyncSpace,
	wire: WireRef | null,
	members: readonly KnownEntry[],
	effects: ChainEffects
): Read<Tip | null> {
	const read = await judgeTip(space, wire, members, effects);
	if (!read.ok || !read.value) return read;
	const { ref, trust, era, isReset } = read.value;
	if (trust.hash === space.trust?.hash) return read;
	const seen: SyncSpace = { ...space, trust, members: ref.members, ...(era > 0 ? { era } : {}) };
	const saved = await effects.store.saveSpace(isReset ? { ...seen, base: null } : seen);
	return saved.ok ? read : saved;
}

/** As `readTip`, and nothing is kept. */
export async function judgeTip(
	space: SyncSpace,
	wire: WireRef | null,
	members: readonly KnownEntry[],
	effects: ChainEffects
): Read<Tip | null> {
	const read = await goOn(space, wire, members, effects);
	if (read.ok || !wire || !space.trust || !distrustKinds.has(read.error.kind)) return read;
	const anew = await findReset(space, space.trust, wire, members, effects);
	return anew.ok && !anew.value ? read : anew;
}

async function goOn(
	space: SyncSpace,
	wire: WireRef | null,
	members: readonly KnownEntry[],
	effects: ChainEffects
): Read<Tip | null> {
	const { trust, era = 0 } = space;
	if (!wire || (trust && wire.seq < trust.seq)) {
		const judged = judgeChain(trust, wire, []);
		return judged.ok ? ok(null) : judged;
	}
	const isSeen = trust?.seq === wire.seq;
	const told = isSeen ? ok([]) : await effects.net.refLog(wire.space, wire.token, trust?.seq ?? 0);
	if (!told.ok) return told;
	const records = isSeen ? [wire] : told.value.filter(({ seq }) => seq <= wire.seq);
	const read = await verifyAll(records, wire, space.members, members, effects);
	if (!read.ok) return read;
	const { newest, links } = read.value;
	const judged = judgeChain(trust, wire, isSeen ? [] : links);
	if (!judged.ok) return judged;
	if (!newest || (isSeen && links[0]?.hash !== wire.hash)) return err({ kind: 'forked', atSeq: wire.seq });
	const now = Math.max(era, read.value.era);
	return ok({ ref: newest, trust: { seq: wire.seq, hash: wire.hash }, era: now, isReset: trust !== null && now > era });
}

/** Null when no reset in the log speaks of what was seen. What lies before the reset need not hold: that is why there is one. */
async function findReset(
	space: SyncSpace,
	trust: Trust,
	wire: WireRef,
	members: readonly KnownEntry[],
	effects: ChainEffects
): Read<Tip | null> {
	const told = await effects.net.refLog(wire.space, wire.token, 0);
	if (!told.ok) return told;
	const log = told.value.filter(({ seq }) => seq <= wire.seq);
	const at = log.findLastIndex(({ record }) => {
		const parsed = parseRef(record);
		return parsed.ok && parsed.value.ref.reset && coversTrust(parsed.value.ref.reset, trust, space.era ?? 0);
	});
	if (at < 0) return ok(null);
	const read = await verifyAll(log.slice(at), wire, space.members, members, effects);
	if (!read.ok) return read;
	const { newest, links, era } = read.value;
	const [first] = links;
	if (!newest || !first) return ok(null);
	const judged = judgeChain({ seq: first.seq - 1, hash: first.prev }, wire, links);
	return judged.ok ? ok({ ref: newest, trust: { seq: wire.seq, hash: wire.hash }, era, isReset: true }) : judged;
}

async function verifyAll(
	records: readonly Omit<WireRef, 'space' | 'token'>[],
	{ space, token }: WireRef,
	knew: number,
	members: readonly KnownEntry[],
	effects: ChainEffects
): Read<{ readonly newest: RefRecord | null; readonly links: readonly Link[]; readonly era: number }> {
	const links: Link[] = [];
	let newest: RefRecord | null = null;
	let era = 0;
	for (const one of records) {
		const verified = await verify({ ...one, space, token }, members, newest?.members ?? knew, effects);
		if (!verified.ok) return verified;
		newest = verified.value.ref;
		era = Math.max(era, newest.reset?.era ?? 0);
		links.push(verified.value.link);
	}
	return ok({ newest, links, era });
}

async function verify(
	wire: WireRef,
	members: readonly KnownEntry[],
	knew: number,
	{ workspace, keys }: ChainEffects
): Read<{ readonly ref: RefRecord; readonly link: Link }> {
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
