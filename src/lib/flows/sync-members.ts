// Reads the membership log on from where it was last seen, and believes an entry only when its chain, proof and signature hold. The root
// key of a new epoch is taken on the way.
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import {
	encodeEntry,
	encodeProven,
	epochAt,
	membersAt,
	parseEntry,
	signerOf,
	type MemberEntry,
	type WireEntry
} from '../core/sync/member-log.ts';
import { joinSigned } from '../core/sync/ref-record.ts';
import { judgeChain, type Link } from '../core/sync/trust.ts';
import type { KnownEntry } from '../core/sync/sync-space.ts';
import type { SyncKeys } from '../crypto/sync-keys.ts';
import type { SyncEffects } from './sync-effects.ts';

type MemberEffects = Pick<SyncEffects, 'workspace' | 'device' | 'net' | 'keys'> & {
	readonly store: Pick<SyncEffects['store'], 'members' | 'saveMembers'>;
};

/**
 * All entries, the verified ones of before with those that came.
 *
 * Fails besides: device-removed, when this device is in it no more · keys-outdated, when it was given no key for the newest epoch
 */
export async function readMembers(effects: MemberEffects): Promise<Result<readonly KnownEntry[], SpaceFailure>> {
	const known = await effects.store.members();
	if (!known.ok) return known;
	const last = known.value.at(-1);
	// With the last one that is known: a server that has nothing behind it may have lost it, too.
	const told = await effects.net.members(Math.max(0, known.value.length - 1));
	if (!told.ok) return told;
	const first = last ? told.value[0] : undefined;
	const others = last ? told.value.slice(1) : told.value;
	if (last && !first) return err({ kind: 'server-lost-data', seenSeq: known.value.length });
	if (last && first?.hash !== last.hash) return err({ kind: 'forked', atSeq: known.value.length });
	const entries = [...known.value];
	for (const [at, { entry }] of known.value.entries()) {
		const followed = await follow(entry, epochOf(entries.slice(0, at)), effects);
		if (!followed.ok) return followed;
	}
	for (const wire of others) {
		const verified = await verify(wire, entries, effects);
		if (!verified.ok) return verified;
		entries.push(verified.value);
		const saved = await effects.store.saveMembers(entries);
		if (!saved.ok) return saved;
		const followed = await follow(verified.value.entry, epochOf(entries.slice(0, -1)), effects);
		if (!followed.ok) return followed;
	}
	return ok(entries);
}

export function epochOf(entries: readonly KnownEntry[]): number {
	return epochAt(
		entries.map(({ entry }) => entry),
		entries.length
	);
}

/** As the entries say, before anything of them is verified. */
export function epochTold(entries: readonly WireEntry[]): number {
	const log = entries.flatMap(({ entry }) => {
		const parsed = parseEntry(entry);
		return parsed.ok ? [parsed.value.entry] : [];
	});
	return epochAt(log, log.length);
}

/** Whatever root keys the known entries give to this device; what they do not is told when the log is read. */
export async function takeKnownRoots(entries: readonly KnownEntry[], keys: SyncKeys): Promise<void> {
	for (const [at, { entry }] of entries.entries())
		if (entry.change.kind === 'rotate') await keys.takeRoot(entry, entry.change, epochOf(entries.slice(0, at)) + 1);
}

/** Into the epoch that an entry begins, if it begins one; `epoch` is that of before it. */
async function follow(
	entry: MemberEntry,
	epoch: number,
	{ device, keys }: Pick<MemberEffects, 'device' | 'keys'>
): Promise<Result<void, SpaceFailure>> {
	const { change } = entry;
	if (change.kind !== 'rotate') return ok(undefined);
	if (change.removes === device) return err({ kind: 'device-removed' });
	const taken = await keys.takeRoot(entry, change, epoch + 1);
	if (taken === 'known') return ok(undefined);
	return err(taken === 'forged' ? { kind: 'forged', atSeq: entry.seq } : { kind: 'keys-outdated' });
}

async function verify(
	wire: WireEntry,
	before: readonly KnownEntry[],
	{ workspace, keys }: Pick<SyncEffects, 'workspace' | 'keys'>
): Promise<Result<KnownEntry, SpaceFailure>> {
	const parsed = parseEntry(wire.entry);
	if (!parsed.ok) return parsed;
	const { entry, proof, proven, content, signature } = parsed.value;
	const hash = await keys.sha256(wire.entry);
	const last = before.at(-1);
	const trust = last ? { seq: before.length, hash: last.hash } : null;
	const link: Link = { seq: entry.seq, prev: entry.prev, hash };
	const judged = judgeChain(trust, { seq: wire.seq, hash: wire.hash }, [link]);
	if (!judged.ok) return judged;
	const signer = signerOf(
		before.map((one) => one.entry),
		entry
	);
	const isTrue =
		entry.workspace === workspace &&
		signer !== null &&
		(await keys.isProven(proven, proof, epochOf(before))) &&
		(await keys.isSigned(signer, content, signature));
	return isTrue ? ok({ entry, hash, wire: wire.entry }) : err({ kind: 'forged', atSeq: entry.seq });
}

/** An entry as the edge keeps it. */
export async function signEntry(
	entry: MemberEntry,
	epoch: number,
	keys: Pick<SyncKeys, 'prove' | 'sign'>
): Promise<Uint8Array<ArrayBuffer>> {
	const content = encodeProven(entry, await keys.prove(encodeEntry(entry), epoch));
	return joinSigned(content, await keys.sign(content));
}

const APPEND_TRIES = 10;

/**
 * Appends what `change` makes of the log as it is then, and tries again behind an entry that came between. `change` may find that nothing
 * is to be done any more.
 */
export async function appendEntry<F>(
	change: (
		log: readonly MemberEntry[],
		epoch: number
	) => Promise<Result<MemberEntry['change'] | null, F | SpaceFailure>>,
	effects: MemberEffects
): Promise<Result<readonly KnownEntry[], F | SpaceFailure>> {
	for (let tries = 0; tries < APPEND_TRIES; tries++) {
		const members = await readMembers(effects);
		if (!members.ok) return members;
		const log = members.value.map(({ entry }) => entry);
		const prev = members.value.at(-1)?.hash;
		// A workspace without a first device is none that anybody made.
		if (prev === undefined) return err({ kind: 'edge-access-refused' });
		const epoch = epochAt(log, log.length);
		const made = await change(log, epoch);
		if (!made.ok) return made;
		if (!made.value) return members;
		const { workspace, device: by } = effects;
		const entry: MemberEntry = { workspace, seq: log.length + 1, prev, by, change: made.value };
		const appended = await effects.net.appendMember(prev, await signEntry(entry, epoch, effects.keys));
		if (!appended.ok) return appended;
		if (appended.value) return readMembers(effects);
	}
	return err({ kind: 'edge-busy', retryAfterMs: null });
}

export function isMember(members: readonly KnownEntry[], device: string): boolean {
	const log = members.map(({ entry }) => entry);
	return membersAt(log, log.length).has(device);
}
