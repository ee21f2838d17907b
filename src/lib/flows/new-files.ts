// Looks into the folder of a connection for files that a load would read; nothing is read of them.
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { filesToRead, databasesWhole } from '../core/source/files/file-facts.ts';
import { filesBehind } from '../core/source/files/files-state.ts';
import { mayHoldPartition } from '../core/source/files/partition-filter.ts';
import type { FoundConnection } from './connections.ts';
import type { Effects } from './effects.ts';
import { FolderStore } from './folder-store.ts';
import { findDataset } from './list-datasets.ts';

/** Null of a connection that reads no folder: nothing is asked of others without a person who wants it. */
export async function countNewFiles(
	{ id, name, connection }: FoundConnection,
	effects: Effects
): Promise<Result<number | null, Failure>> {
	if (connection.kind !== 'folder') return ok(null);
	const listed = await new FolderStore(connection.folder, connection.pattern, effects.folders).list();
	if (!listed.ok) return listed;
	const item = await findDataset(connection.load.into ?? name, effects);
	if (!item.ok && item.error.kind !== 'unknown-dataset') return item;
	const behind = item.ok ? filesBehind(id, item.value.dataset.head, item.value.reached) : null;
	const known = behind?.asked === connection.asked ? behind.files : new Map<string, string | null>();
	const wanted = databasesWhole(listed.value).filter(({ path }) => mayHoldPartition(path, connection.filters));
	return ok(filesToRead(connection.load.mode, wanted, known).files.length);
}
