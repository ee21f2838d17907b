// The console's verbs for a dataset's working copy: edits that gather before they are committed.
import { ok } from '../core/result.ts';
import type { ResultId } from '../core/ids.ts';
import { rowEdits, workingRows, type WorkingCopy, type WorkingStep } from '../core/version/working-copy.ts';
import { parseEdits } from './console-edits.ts';
import type { WeirConsole, WorkingCopyFacts } from './console-types.ts';
import { invalid, named } from './console-values.ts';
import type { Effects } from './effects.ts';
import { findDataset, type CatalogueItem } from './list-datasets.ts';
import { commitWorkingCopy, discardWorkingCopy, readWorkingCopy, stage } from './working-copy.ts';

export function workingCopyVerbs(
	effects: Effects,
	newId: () => ResultId
): Pick<WeirConsole, 'workingCopy' | 'stage' | 'commit' | 'discard'> {
	return {
		workingCopy: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const item = await findDataset(name, effects);
			if (!item.ok) return item;
			const copy = await readWorkingCopy(item.value, effects);
			return copy.ok ? ok(copy.value && factsOf(item.value, copy.value)) : copy;
		},
		stage: async (name, edits) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const parsed = parseEdits(edits);
			if (!parsed.ok) return parsed;
			const item = await findDataset(name, effects);
			if (!item.ok) return item;
			const { changed, removed, added } = parsed.value(item.value.version.table.rowCount);
			const steps: WorkingStep[] = added.map(({ before, cells }) => ({ kind: 'add', before, rows: [cells] }));
			if (changed.length > 0) steps.unshift({ kind: 'set', rows: changed });
			if (removed.length > 0) steps.push({ kind: 'remove', rows: removed });
			const staged = await stage({ id: newId(), item: item.value, change: steps }, effects);
			return staged.ok ? ok(factsOf(item.value, staged.value)) : staged;
		},
		commit: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const item = await findDataset(name, effects);
			if (!item.ok) return item;
			const committed = await commitWorkingCopy({ id: newId(), item: item.value, ...options }, effects);
			if (!committed.ok) return committed;
			return ok({ ...named(committed.value), rowCount: committed.value.version.table.rowCount });
		},
		discard: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const item = await findDataset(name, effects);
			if (!item.ok) return item;
			const gone = await discardWorkingCopy(item.value, effects);
			return gone.ok ? ok(gone.value && factsOf(item.value, gone.value)) : gone;
		}
	};
}

function factsOf({ version }: CatalogueItem, { base, changes, undone }: WorkingCopy): WorkingCopyFacts {
	const edits = rowEdits(workingRows(version.table.rowCount, changes.flat()));
	return { base, isOutdated: base !== version.id, changeCount: changes.length, undoneCount: undone.length, edits };
}
