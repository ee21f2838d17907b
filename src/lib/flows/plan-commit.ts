// From a cut table to a version: packs of the parts that are new, and the manifest named by its content.
import { encodeCanonical, type Encodable } from '../core/encoding.ts';
import { packId, versionId, type PackId, type PartId } from '../core/ids.ts';
import { invariant, ok, type Result } from '../core/result.ts';
import { planPacks, type Piece } from '../core/version/pack.ts';
import type { Segment } from '../core/version/segment.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { VERSION_FORMAT, type Version } from '../core/version/version.ts';
import type { CutTable, Part } from './cut-table.ts';
import type { Additions } from '../db/additions.ts';
import type { Effects } from './effects.ts';

export type CommitPlan = { readonly version: Version; readonly additions: Additions };

export type CommitInput = Pick<Version, 'dataset' | 'parents' | 'message' | 'schema' | 'statistics' | 'lineage'> & {
	readonly key: CryptoKey;
	readonly table: CutTable;
	readonly rejects: CutTable | null;
};

/** Packs what is not stored yet, and makes the manifest. Nothing is stored. */
export async function planCommit(
	{ key, table, rejects, ...content }: CommitInput,
	effects: Pick<Effects, 'keyedHash' | 'sha256' | 'now' | 'store' | 'rest'>
): Promise<Result<CommitPlan, StoreFailure>> {
	const additions = await planAdditions(
		[...table.segments, ...(rejects?.segments ?? [])],
		[...table.parts, ...(rejects?.parts ?? [])],
		key,
		effects
	);
	if (!additions.ok) return additions;
	const manifest = { ...content, createdAtMs: effects.now(), table: table.tree, rejects: rejects?.tree ?? null };
	return ok({ version: await nameVersion(manifest, key, effects), additions: additions.value });
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
	effects: Pick<Effects, 'keyedHash' | 'store' | 'rest'>
): Promise<Result<Additions, StoreFailure>> {
	const byId = new Map(parts.map((part) => [part.id, part]));
	const stored = await effects.store.storedParts([...byId.keys()]);
	if (!stored.ok) return stored;
	const fresh = [...byId.values()].filter(({ id }) => !stored.value.has(id));
	const packs = new Map<PackId, Blob>();
	const pieces = new Map<PartId, Piece[]>();
	for (const { runs } of planPacks(fresh)) {
		// Each pack in a task of its own: those of a large table together would hold the page for a quarter of a second.
		await effects.rest();
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
