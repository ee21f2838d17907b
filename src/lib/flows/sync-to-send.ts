// What a ref needs of this device when it moves. See note: why what is named is looked up.
//
// Note: why what is named is looked up. Which object a version is, is remembered as a ref had it that was believed. Of what the ref that is
// gone on from does not name, and was not read in this round, it may be one that no ref reaches any more, and was collected: the branch
// that it came by is gone, or history was shortened. So that is looked for in the chain of that ref, whose objects are there.
import type { VersionId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import { commitsToSend } from '../core/sync/plan-send.ts';
import { rootsOf } from '../core/sync/space-state.ts';
import type { Dataset } from '../core/version/version.ts';
import type { SpaceSeal } from '../crypto/space-seal.ts';
import type { KnownCommit } from '../db/sync.ts';
import type { SyncEffects } from './sync-effects.ts';
import { SpaceReader } from './sync-fetch.ts';
import { readHead } from './sync-head.ts';
import type { Theirs } from './sync-theirs.ts';

type Found<T> = Promise<Result<T, SpaceFailure>>;

/** `seen` are versions of which the object in their chain is known from this round. */
export type Seen = { readonly seen: ReadonlySet<VersionId> };

/** Versions that are to be sent, parents before what follows them; those that the edge has only as an outline come after. */
export async function versionsToSend(
	id: Dataset['id'],
	roots: readonly VersionId[],
	{ state, tip, records, seal, seen }: Pick<Theirs, 'state' | 'tip' | 'records' | 'seal'> & Seen,
	commits: readonly KnownCommit[],
	effects: SyncEffects
): Found<readonly VersionId[]> {
	const there = effects.isReseeding ? [] : rootsOf(state);
	const fresh = commitsToSend(roots, there, commits);
	const lacking = await lackingThere(roots, seal, commits, effects);
	if (!lacking.ok) return lacking;
	const certain = new Set([...there, ...seen, ...fresh]);
	const made = new Set([...fresh, ...lacking.value, ...roots.filter((root) => !there.includes(root))]);
	const named = commits.flatMap((one) => (made.has(one.id) ? one.parents : []));
	const isKnown = new Set(commits.map((one) => one.id));
	const unsure = new Set([...roots, ...named].filter((one) => isKnown.has(one) && !certain.has(one)));
	if (unsure.size === 0 || !tip) return ok([...new Set([...fresh, ...lacking.value])]);
	const head = records ? ok(records) : await readHead(id, tip, seal, effects);
	if (!head.ok) return head;
	const found = await new SpaceReader(id, seal, effects).find(unsure, head.value.objects);
	if (!found.ok) return found;
	const lost = [...unsure].filter((one) => !found.value.has(one));
	const anew = await lackingThere(roots, seal, commits, effects);
	return anew.ok ? ok([...new Set([...commitsToSend(lost, [], commits), ...fresh, ...anew.value])]) : anew;
}

/** Versions that are named now, are here, and of which the edge keeps the outline alone: history there was shortened. */
async function lackingThere(
	roots: readonly VersionId[],
	seal: SpaceSeal,
	commits: readonly KnownCommit[],
	{ store }: SyncEffects
): Found<readonly VersionId[]> {
	const isStored = new Set(commits.flatMap((one) => (one.isStored ? [one.id] : [])));
	const here = roots.filter((id) => isStored.has(id));
	const full = await store.sealedAs(
		seal.lineage,
		here.map((id) => `full/${id}`)
	);
	return full.ok ? ok(here.filter((id) => full.value.get(`full/${id}`)?.length === 0)) : full;
}
