// Reads the membership log on from where it was last seen, and believes an entry only when its chain, proof and signature hold.
import { err, ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { parseEntry, signerOf, type WireEntry } from '../core/sync/member-log.ts';
import { judgeChain, type Link } from '../core/sync/trust.ts';
import type { KnownEntry } from '../core/sync/sync-space.ts';
import type { SyncEffects } from './sync-effects.ts';

/** All entries, the verified ones of before with those that came. */
export async function readMembers(
	effects: Pick<SyncEffects, 'workspace' | 'net' | 'keys'> & {
		readonly store: Pick<SyncEffects['store'], 'members' | 'saveMembers'>;
	}
): Promise<Result<readonly KnownEntry[], SpaceFailure>> {
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
	for (const wire of others) {
		const verified = await verify(wire, entries, effects);
		if (!verified.ok) return verified;
		entries.push(verified.value);
	}
	if (others.length > 0) {
		const saved = await effects.store.saveMembers(entries);
		if (!saved.ok) return saved;
	}
	return ok(entries);
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
		(await keys.isProven(proven, proof)) &&
		(await keys.isSigned(signer, content, signature));
	return isTrue ? ok({ entry, hash, wire: wire.entry }) : err({ kind: 'forged', atSeq: entry.seq });
}
