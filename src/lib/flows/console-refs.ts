// The console's verbs for branches and tags: making, opening, merging and going back.
import { ok, type Result } from '../core/result.ts';
import type { ResultId } from '../core/ids.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset } from '../core/version/version.ts';
import { addTag, createBranch, removeBranch, removeTag, restoreVersion, switchBranch } from './change-refs.ts';
import { invalid, named } from './console-values.ts';
import { parseMerge } from './console-merge.ts';
import type { WeirConsole } from './console-types.ts';
import type { RefFacts } from './console-version-types.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { mergeBranch, previewMerge } from './merge-branch.ts';

type RefVerb =
	'refs' | 'branch' | 'switchBranch' | 'removeBranch' | 'tag' | 'removeTag' | 'previewMerge' | 'merge' | 'restore';

export function refVerbs(effects: Effects, newId: () => ResultId): Pick<WeirConsole, RefVerb> {
	return {
		refs: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			return found.ok ? ok(refFacts(found.value.dataset)) : found;
		},
		branch: changesRef(createBranch, 'branch', effects),
		switchBranch: changesRef(switchBranch, 'branch', effects),
		removeBranch: changesRef(removeBranch, 'branch', effects),
		tag: changesRef(addTag, 'tag', effects),
		removeTag: changesRef(removeTag, 'tag', effects),
		previewMerge: async (name, from, options) => {
			const input = parseMerge(name, from, options);
			return input.ok ? previewMerge({ ...input.value, id: newId() }, effects) : input;
		},
		merge: async (name, from, options = {}) => {
			const input = parseMerge(name, from, options);
			if (!input.ok) return input;
			const merged = await mergeBranch({ ...input.value, id: newId(), message: options.message }, effects);
			if (!merged.ok) return merged;
			const { counts, version } = merged.value;
			return ok({ ...named(merged.value), rowCount: version.table.rowCount, counts });
		},
		restore: async (name, at) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			if (typeof at !== 'string') return invalid('at', "a version, such as 'v2'");
			const restored = await restoreVersion({ dataset: name, at }, effects);
			if (!restored.ok) return restored;
			return ok({ ...named(restored.value), rowCount: restored.value.version.table.rowCount });
		}
	};
}

function refFacts(dataset: Dataset): RefFacts {
	return {
		branch: dataset.branch,
		branches: { ...dataset.branches, [dataset.branch]: dataset.head },
		tags: dataset.tags
	};
}

type ChangeRef = (
	input: { readonly dataset: string; readonly name: string; readonly at: string | null },
	effects: Effects
) => Promise<Result<Dataset, StoreFailure>>;

/** A verb that changes a branch or tag. */
function changesRef(change: ChangeRef, what: string, effects: Effects) {
	return async (dataset: string, name: string, options: { readonly at?: string } = {}) => {
		if (typeof dataset !== 'string') return invalid('name', 'a dataset name');
		if (typeof name !== 'string') return invalid(what, `the name of a ${what}`);
		if (options.at !== undefined && typeof options.at !== 'string') return invalid('at', "a version, such as 'v2'");
		const changed = await change({ dataset, name, at: options.at ?? null }, effects);
		return changed.ok ? ok(refFacts(changed.value)) : changed;
	};
}
