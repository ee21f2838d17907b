// Reads a version's Parquet files back from their parts, as lazy Blobs.
import type { VersionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Version } from '#core/version/version.ts';
import type { WorkspaceDb } from './schema.ts';

export type StoredFiles = {
	readonly version: Version;
	/** One Blob a Parquet file, in row order; nothing is read until somebody slices it. */
	readonly files: readonly { readonly rowCount: number; readonly blob: Blob }[];
};

export type ReadFilesFailure =
	| { readonly kind: 'damaged-version'; readonly version: string }
	| { readonly kind: 'storage-unavailable'; readonly reason: string };

/**
 * The files of a version's rows, or of the rows it refused.
 *
 * Fails: damaged-version when the version, or a part it names, is not stored or has another length
 */
export async function readVersionFiles(
	db: WorkspaceDb,
	id: VersionId,
	rows: 'data' | 'rejects'
): Promise<Result<StoredFiles, ReadFilesFailure>> {
	try {
		const version = await db.versions.get(id);
		if (!version) return err({ kind: 'damaged-version', version: id });
		const wanted = rows === 'data' ? version.files : (version.rejects?.files ?? []);
		const ids = wanted.flatMap((file) => file.parts.map((part) => part.id));
		const stored = await db.parts.bulkGet(ids);
		const blobById = new Map(stored.flatMap((row) => (row ? [[row.id, row.blob] as const] : [])));
		const files: { rowCount: number; blob: Blob }[] = [];
		for (const file of wanted) {
			const blobs = file.parts.map((part) => blobById.get(part.id));
			if (!blobs.every((blob, index) => blob !== undefined && blob.size === file.parts[index]?.sizeBytes)) {
				return err({ kind: 'damaged-version', version: id });
			}
			files.push({ rowCount: file.rowCount, blob: new Blob(blobs.filter((blob) => blob !== undefined)) });
		}
		return ok({ version, files });
	} catch (error) {
		return err({ kind: 'storage-unavailable', reason: error instanceof Error ? error.name : 'unknown' });
	}
}
