// From Parquet that a worker wrote to a version: segments and parts named by their content, and the manifest by its own.
import { encodeCanonical, type Encodable } from '../core/encoding.ts';
import { packId, versionId, type DatasetId, type PackId, type PartId, type VersionId } from '../core/ids.ts';
import { invariant, ok, type Result } from '../core/result.ts';
import { planPacks, type Piece } from '../core/version/pack.ts';
import type { Segment } from '../core/version/segment.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { VERSION_FORMAT, type Lineage, type Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import { cutTable, type Part } from './cut-table.ts';
import type { Additions } from '../db/additions.ts';
import type { Effects } from './effects.ts';

export type CommitPlan = { readonly version: Version; readonly additions: Additions };

export type CommitInput = {
	readonly key: CryptoKey;
	readonly dataset: DatasetId;
	readonly parents: readonly VersionId[];
	readonly message: string;
	readonly table: WrittenTable;
	readonly rejects: WrittenTable | null;
	readonly lineage: Lineage;
};

/** Cuts, hashes, and makes the manifest. Nothing is stored. */
export async function planCommit(
	input: CommitInput,
	effects: Pick<Effects, 'keyedHash' | 'sha256' | 'now' | 'store'>
): Promise<Result<CommitPlan, StoreFailure>> {
	const table = await cutTable(input.table, input.key, effects);
	const rejects = input.rejects === null ? null : await cutTable(input.rejects, input.key, effects);
	const additions = await planAdditions(
		[...table.segments, ...(rejects?.segments ?? [])],
		[...table.parts, ...(rejects?.parts ?? [])],
		input.key,
		effects
	);
	if (!additions.ok) return additions;
	const version = await nameVersion(
		{
			dataset: input.dataset,
			parents: input.parents,
			message: input.message,
			createdAtMs: effects.now(),
			schema: input.table.schema,
			statistics: input.table.statistics,
			table: table.tree,
			rejects: rejects?.tree ?? null,
			lineage: input.lineage
		},
		input.key,
		effects
	);
	return ok({ version, additions: additions.value });
}

/** Gives a manifest the hash of its content and its own name. */
export async function nameVersion(
	content: Omit<Version, 'id' | 'format' | 'contentHash'>,
	key: CryptoKey,
	effects: Pick<Effects, 'keyedHash' | 'sha256'>
): Promise<Version> {
	const rows: Encodable = {
		schema: content.schema.map(({ name, type }) => [name, type]),
		segments: content.table.segments.map(({ id }) => id)
	};
	const contentHash = await effects.sha256(encodeCanonical(rows));
	const manifest = { ...content, format: VERSION_FORMAT, contentHash };
	return { ...manifest, id: versionId(await effects.keyedHash(key, encodeCanonical(manifest))) };
}

/** Packs the parts that are not stored yet. */
export async function planAdditions(
	segments: readonly Segment[],
	parts: readonly Part[],
	key: CryptoKey,
	effects: Pick<Effects, 'keyedHash' | 'store'>
): Promise<Result<Additions, StoreFailure>> {
	const byId = new Map(parts.map((part) => [part.id, part]));
	const stored = await effects.store.storedParts([...byId.keys()]);
	if (!stored.ok) return stored;
	const fresh = [...byId.values()].filter(({ id }) => !stored.value.has(id));
	const packs = new Map<PackId, Blob>();
	const pieces = new Map<PartId, Piece[]>();
	for (const { runs } of planPacks(fresh)) {
		const id = packId(await effects.keyedHash(key, encodeCanonical(runs)));
		const ranges: FileRange[] = [];
		let startByte = 0;
		for (const run of runs) {
			const part = byId.get(run.part);
			invariant(part, 'packs are planned from these parts');
			addRange(ranges, { file: part.file, startByte: part.startByte + run.startByte, sizeBytes: run.sizeBytes });
			const piece = { pack: id, startByte, sizeBytes: run.sizeBytes };
			pieces.set(run.part, [...(pieces.get(run.part) ?? []), piece]);
			startByte += run.sizeBytes;
		}
		packs.set(
			id,
			new Blob(ranges.map((range) => range.file.slice(range.startByte, range.startByte + range.sizeBytes)))
		);
	}
	return ok({
		segments,
		packs,
		places: [...pieces].map(([id, of]) => ({ id, pieces: of })),
		reused: [...stored.value]
	});
}

type FileRange = { readonly file: Blob; readonly startByte: number; readonly sizeBytes: number };

/** Ranges that touch become one: each slice of a Blob costs the browser most of a millisecond. */
function addRange(ranges: FileRange[], range: FileRange): void {
	const last = ranges.at(-1);
	if (last?.file === range.file && last.startByte + last.sizeBytes === range.startByte)
		ranges[ranges.length - 1] = { ...last, sizeBytes: last.sizeBytes + range.sizeBytes };
	else ranges.push(range);
}
