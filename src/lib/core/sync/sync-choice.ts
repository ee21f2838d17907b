// What a device wants of a workspace: which datasets, how much of their history, and how fast.
import * as v from 'valibot';
import type { VersionId } from '../ids.ts';
import type { Version } from '../version/version.ts';
import { ancestorIds } from '../version/history.ts';
import { mergeBase } from '../version/merge-base.ts';
import type { SpaceState } from './space-state.ts';

/** How many of the newest versions of each branch are brought here; null is all of them. What is here stays. */
export type HistoryDepth = number | null;

/** `isTaken` false: it is not brought here, and what is here alone is not sent. */
export type DatasetChoice = { readonly isTaken: boolean; readonly newest: HistoryDepth };

export type SyncChoice = {
	/** Of datasets without a choice of their own. */
	readonly otherwise: DatasetChoice;
	/** By dataset id. */
	readonly datasets: Readonly<Record<string, DatasetChoice>>;
	/** Up and down together; null is as fast as it goes. */
	readonly bytesPerSecond: number | null;
};

export const TAKE_ALL: SyncChoice = {
	otherwise: { isTaken: true, newest: null },
	datasets: {},
	bytesPerSecond: null
};

const amount = v.pipe(v.number(), v.integer(), v.minValue(1));
const one = v.object({ isTaken: v.boolean(), newest: v.nullable(amount) });
const shape = v.object({ otherwise: one, datasets: v.record(v.string(), one), bytesPerSecond: v.nullable(amount) });

/** What is stored as a choice; anything else takes all. */
export function parseSyncChoice(value: unknown): SyncChoice {
	const parsed = v.safeParse(shape, value);
	return parsed.success ? parsed.output : TAKE_ALL;
}

export function choiceOf(choice: SyncChoice, dataset: string): DatasetChoice {
	return Object.hasOwn(choice.datasets, dataset) ? (choice.datasets[dataset] ?? choice.otherwise) : choice.otherwise;
}

/** The versions to be brought here whole: the newest of each branch, all tags, and where branches part. */
export function versionsWithin(
	{ heads, tags }: SpaceState,
	newest: HistoryDepth,
	commits: readonly Pick<Version, 'id' | 'parents'>[]
): ReadonlySet<VersionId> {
	const tips = [...new Set(Object.values(heads))];
	if (newest === null) return ancestorIds([...tips, ...Object.values(tags)], commits);
	const parents = new Map(commits.map((commit) => [commit.id, commit.parents]));
	const kept = new Set<VersionId>(Object.values(tags));
	for (const tip of tips)
		for (let id: VersionId | undefined = tip, count = 0; id !== undefined && count < newest; count++) {
			kept.add(id);
			id = parents.get(id)?.[0];
		}
	for (const [at, one] of tips.entries())
		for (const other of tips.slice(at + 1)) {
			const base = mergeBase(one, other, commits);
			if (base) kept.add(base);
		}
	return kept;
}
