// The console's verbs for what is stored: its meter, its proof, its backup, and what is let go.
import { resultId } from '../core/ids.ts';
import { ok } from '../core/result.ts';
import { backUp } from './back-up.ts';
import { compactDataset } from './compact-dataset.ts';
import { invalid } from './console-values.ts';
import type { WeirConsole } from './console-types.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { restoreBackup } from './restore-backup.ts';
import { storageReport } from './storage-report.ts';
import { collectGarbage, pruneDataset } from './tidy-storage.ts';
import { verifyWorkspace } from './verify-workspace.ts';

type StorageVerb = 'storage' | 'verify' | 'backup' | 'restoreBackup' | 'prune' | 'compact' | 'collect';

export function storageVerbs(effects: Effects): Pick<WeirConsole, StorageVerb> {
	return {
		storage: () => storageReport(effects),
		verify: (options = {}) => verifyWorkspace({ signal: options.signal }, effects),
		backup: async (options = {}) => {
			const made = await backUp({ signal: options.signal }, effects);
			return made.ok ? ok(made.value.file) : made;
		},
		restoreBackup: async (file, options = {}) => {
			if (!(file instanceof Blob)) return invalid('file', 'the Blob or File of a backup');
			return restoreBackup({ file, signal: options.signal }, effects);
		},
		prune: async (name, options) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const keep: unknown = (options as { readonly keep?: unknown } | undefined)?.keep;
			if (typeof keep !== 'number' || !Number.isInteger(keep) || keep < 1)
				return invalid('keep', 'a whole number of versions, 1 or more');
			return pruneDataset({ name, keep }, effects);
		},
		compact: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			const item = found.value;
			const id = resultId(`compact-${effects.randomId()}`);
			const compacted = await compactDataset({ id, item, signal: options.signal }, effects);
			if (!compacted.ok) return compacted;
			const { dataset, version } = compacted.value ?? item;
			const segmentCount = item.version.table.segments.filter(({ patch }) => patch !== undefined).length;
			return ok({ dataset: dataset.name, version: version.id, segmentCount });
		},
		collect: () => collectGarbage(effects)
	};
}
