// From a cut table to a version: packs of the parts that are new, and the manifest named by its content.
import { encodeCanonical, type Encodable } from '../core/encoding.ts';
import { versionId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { Segment } from '../core/version/segment.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { isPatched } from '../core/version/patch.ts';
import { UNPATCHED_FORMAT, VERSION_FORMAT, type Version } from '../core/version/version.ts';
import type { CutTable, Part } from '#workers/cutter/api.ts';
import type { Additions } from '../db/additions.ts';
import type { Effects } from './effects.ts';

export type CommitPlan = { readonly version: Version; readonly additions: Additions };

export type CommitInput = Pick<
	Version,
	'dataset' | 'parents' | 'message' | 'author' | 'schema' | 'statistics' | 'lineage' | 'primaryKey' | 'layout'
> & {
	readonly key: CryptoKey;
	readonly table: CutTable;
	readonly rejects: CutTable | null;
};

/** Packs what is not stored yet, and makes the manifest. Nothing is stored. */
export async function planCommit(
	{ key, table, rejects, ...content }: CommitInput,
	effects: Pick<Effects, 'keyedHash' | 'sha256' | 'now' | 'store' | 'cutter'>
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
		segments: content.table.segments.map(({ id, patch }) => (patch ? [id, patch.id] : id))
	};
	const contentHash = await effects.sha256(encodeCanonical(rows));
	const format = isPatched(content.table) ? VERSION_FORMAT : UNPATCHED_FORMAT;
	const manifest = { ...content, format, contentHash };
	return { ...manifest, id: versionId(await effects.keyedHash(key, encodeCanonical(manifest))) };
}

/** Packs the parts that are not stored yet. */
export async function planAdditions(
	segments: readonly Segment[],
	parts: readonly Part[],
	key: CryptoKey,
	effects: Pick<Effects, 'store' | 'cutter'>
): Promise<Result<Additions, StoreFailure>> {
	const byId = new Map(parts.map((part) => [part.id, part]));
	const stored = await effects.store.storedParts([...byId.keys()]);
	if (!stored.ok) return stored;
	const fresh = [...byId.values()].filter(({ id }) => !stored.value.has(id));
	const packed = await effects.cutter.pack(fresh, key);
	return packed.ok ? ok({ segments, ...packed.value, reused: [...stored.value] }) : packed;
}
