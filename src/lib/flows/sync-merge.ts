// Merges two lines of a dataset as a person would, by its key, but leaves to sync when the version that comes of it is stored.
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { MergedVersion } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { mergeBranch } from './merge-branch.ts';
import type { MergeAsk } from './sync-effects.ts';

/** What the merge calls the other line, in its job and in the lineage of what comes of it. */
const THEIRS = 'another device';

/** Fails as a merge does; where both changed one cell it is left to a person. */
export async function mergeLines(
	{ dataset, branch, ours, theirs }: MergeAsk,
	effects: Effects,
	signal: AbortSignal
): Promise<Result<MergedVersion, { readonly kind: string }>> {
	let made: MergedVersion | null = null;
	// The dataset as if the branch were open, and the other line another branch of it.
	const shown = { ...dataset, branch, head: ours, branches: { [THEIRS]: theirs }, tags: {} };
	const { store } = effects;
	const catalogue: typeof store.catalogue = async () => {
		const all = await store.catalogue();
		return all.ok
			? ok(all.value.map((one) => (one.dataset.id === dataset.id ? { ...one, dataset: shown } : one)))
			: all;
	};
	const commit: typeof store.commit = (given) => {
		if (given.made) made = given.made;
		return Promise.resolve(
			ok({ seq: 0, kind: given.kind, before: null, after: null, undone: false, atMs: given.atMs })
		);
	};
	const id = resultId(`sync-${effects.randomId()}`);
	const input = { id, dataset: dataset.name, from: THEIRS, key: [], choices: [], settle: null };
	const message = `Merge what another device did to ${branch}`;
	const merged = await mergeBranch(
		{ ...input, message, signal },
		{ ...effects, store: { ...store, catalogue, commit } }
	);
	if (!merged.ok) return merged;
	return made ? ok(made) : err({ kind: 'nothing-to-merge' });
}
