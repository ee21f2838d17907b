// Believes a ref only when its chain goes on from where it was last seen, and every record of it was signed by a member; or when a
// member says, by its signature, that the server lost all of what was seen. What a removed device still signed is refused, and does not
// stop the others.
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { endOf, epochAt, membersAt, onceMember, type MemberEntry } from '../core/sync/member-log.ts';
import { parseRef, type RefRecord, type WireRef } from '../core/sync/ref-record.ts';
import { coversTrust, judgeChain, type Link, type Trust } from '../core/sync/trust.ts';
import type { KnownEntry, SyncSpace } from '../core/sync/sync-space.ts';
import type { SyncEffects } from './sync-effects.ts';

export type Tip = {
	/** The newest record that counts. */
	readonly ref: RefRecord;
	/** None counts, since a removed device alone made it all: `ref` is its last, by whose keys it is gone on. */
	readonly isVoid: boolean;
	/** Of the newest record, whether it counts or not: the next one follows it. */
	readonly trust: Trust;
	/** How many entries of the membership log are known to it. */
	readonly members: number;
	/** What a removed device signed behind the last one that counts. */
	readonly refused: readonly RefRecord[];
	readonly era: number;
	/** A reset stands between what was seen before and this: what was agreed on then is no base any more. */
	readonly isReset: boolean;
};

/** A record of a device that was removed, from after its removal. */
export type RefusedRef = { readonly device: string; readonly seq: number };

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
	const { members: knew, trust, era, isReset } = read.value;
	if (trust.hash === space.trust?.hash) return read;
	const seen: SyncSpace = { ...space, trust, members: knew, ...(era > 0 ? { era } : {}) };
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
	const { links } = read.value;
	const judged = judgeChain(trust, wire, isSeen ? [] : links);
	if (!judged.ok) return judged;
	if (links.length === 0 || (isSeen && links[0]?.hash !== wire.hash)) return err({ kind: 'forged', atSeq: wire.seq });
	const counted = read.value.newest || !trust ? read : await lookBack(trust, wire, members, effects);
	if (!counted.ok) return counted;
	const now = Math.max(era, counted.value.era);
	const { seq, hash } = wire;
	return tipOf(counted.value, { trust: { seq, hash }, era: now, isReset: trust !== null && now > era });
}

/** The newest record that counts lies before what was seen; only what holds since the last reset need hold. */
async function lookBack(
	trust: Trust,
	wire: WireRef,
	members: readonly KnownEntry[],
	effects: ChainEffects
): Read<Verified> {
	const told = await effects.net.refLog(wire.space, wire.token, 0);
	if (!told.ok) return told;
	const log = told.value.filter(({ seq }) => seq <= wire.seq);
	const from = log.findLastIndex(({ record }) => {
		const parsed = parseRef(record);
		return parsed.ok && parsed.value.ref.reset !== undefined;
	});
	const read = await verifyAll(log.slice(Math.max(0, from)), wire, 0, members, effects);
	if (!read.ok) return read;
	const seen = read.value.links.find(({ seq }) => seq === trust.seq);
	return seen && seen.hash !== trust.hash ? err({ kind: 'forked', atSeq: trust.seq }) : read;
}

function tipOf(
	{ newest, knew, refused }: Verified,
	at: Pick<Tip, 'trust' | 'era' | 'isReset'>
): Result<Tip, SpaceFailure> {
	const ref = newest ?? refused.at(-1);
	if (!ref) return err({ kind: 'forged', atSeq: at.trust.seq });
	return ok({ ...at, ref, isVoid: newest === null, members: knew, refused });
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
	return judged.ok ? tipOf(read.value, { trust: { seq: wire.seq, hash: wire.hash }, era, isReset: true }) : judged;
}

type Verified = {
	/** That counts. */
	readonly newest: RefRecord | null;
	readonly links: readonly Link[];
	readonly era: number;
	readonly knew: number;
	/** Behind the newest one. */
	readonly refused: readonly RefRecord[];
};

async function verifyAll(
	records: readonly Omit<WireRef, 'space' | 'token'>[],
	{ space, token }: WireRef,
	knewBefore: number,
	members: readonly KnownEntry[],
	effects: ChainEffects
): Read<Verified> {
	const log = members.map(({ entry }) => entry);
	const links: Link[] = [];
	let refused: RefRecord[] = [];
	let newest: RefRecord | null = null;
	let era = 0;
	let knew = knewBefore;
	for (const one of records) {
		const verified = await verify({ ...one, space, token }, log, knew, effects);
		if (!verified.ok) return verified;
		const { ref, link, isRefused } = verified.value;
		links.push(link);
		if (isRefused) {
			refused.push(ref);
			continue;
		}
		newest = ref;
		knew = ref.members;
		era = Math.max(era, ref.reset?.era ?? 0);
		refused = [];
	}
	return ok({ newest, links, era, knew, refused });
}

async function verify(
	wire: WireRef,
	log: readonly MemberEntry[],
	knew: number,
	{ workspace, keys }: ChainEffects
): Read<{ readonly ref: RefRecord; readonly link: Link; readonly isRefused: boolean }> {
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
	// Who reads the log knows no less of it than whoever came before, and uses the keys that belong to what it knows.
	const fits =
		ref.members >= knew && membersAt(log, ref.members).has(ref.device) && ref.epoch === epochAt(log, ref.members);
	return fits ? ok({ ref, link, isRefused: false }) : forged;
}

/** As it is told; who tells it remembers what was told already. */
export function refusedIn(tip: Tip | null): readonly RefusedRef[] {
	return tip?.refused.map(({ device, seq }) => ({ device, seq })) ?? [];
}
