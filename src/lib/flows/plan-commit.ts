// From Parquet that a worker wrote to a version: parts named by their content, and the manifest named by its own.
import { encodeCanonical, type Encodable } from '../core/encoding.ts';
import { partId, versionId, type DatasetId, type PartId, type VersionId } from '../core/ids.ts';
import { PART_MAX_BYTES, VERSION_FORMAT } from '../core/version/version.ts';
import type { Lineage, PartRef, Version, VersionFile } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';

export type CommitPlan = { readonly version: Version; readonly parts: ReadonlyMap<PartId, Blob> };

export type CommitInput = {
	readonly key: CryptoKey;
	readonly dataset: DatasetId;
	readonly parents: readonly VersionId[];
	readonly message: string;
	readonly table: WrittenTable;
	readonly rejects: WrittenTable | null;
	readonly lineage: Lineage;
};

/** Cuts files into parts of at most 16 MiB, hashes them, and makes the manifest. Nothing is stored. */
export async function planCommit(
	input: CommitInput,
	effects: Pick<Effects, 'keyedHash' | 'sha256' | 'now'>
): Promise<CommitPlan> {
	const parts = new Map<PartId, Blob>();
	const files = await filesOf(input.table, input.key, parts, effects);
	const rejects =
		input.rejects === null
			? null
			: { rowCount: input.rejects.rowCount, files: await filesOf(input.rejects, input.key, parts, effects) };
	const content: Encodable = {
		schema: input.table.schema.map(({ name, type }) => [name, type]),
		parts: files.map((file) => file.parts.map((part) => part.id))
	};
	const manifest = {
		format: VERSION_FORMAT,
		dataset: input.dataset,
		parents: input.parents,
		message: input.message,
		createdAtMs: effects.now(),
		schema: input.table.schema,
		statistics: input.table.statistics,
		rowCount: input.table.rowCount,
		sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
		files,
		rejects,
		lineage: input.lineage,
		contentHash: await effects.sha256(encodeCanonical(content))
	};
	const id = versionId(await effects.keyedHash(input.key, encodeCanonical(manifest)));
	return { version: { ...manifest, id }, parts };
}

async function filesOf(
	table: WrittenTable,
	key: CryptoKey,
	parts: Map<PartId, Blob>,
	effects: Pick<Effects, 'keyedHash'>
): Promise<readonly VersionFile[]> {
	const files: VersionFile[] = [];
	for (const { rowCount, blob } of table.files) {
		const refs: PartRef[] = [];
		for (let start = 0; start < blob.size; start += PART_MAX_BYTES) {
			const part = blob.slice(start, start + PART_MAX_BYTES);
			const id = partId(await effects.keyedHash(key, new Uint8Array(await part.arrayBuffer())));
			parts.set(id, part);
			refs.push({ id, sizeBytes: part.size });
		}
		files.push({ rowCount, sizeBytes: blob.size, parts: refs });
	}
	return files;
}
