// The root hash: equal for two workspaces that hold the same datasets, whatever their keys, packs and ids are.
import { documentHistory, type Document, type DocumentVersion } from '../document/document.ts';
import { encodeCanonical, type Encodable } from '../encoding.ts';
import type { DocumentVersionId, PartId, SegmentId, VersionId } from '../ids.ts';
import { historyOf, reachedBy, refsOf } from './history.ts';
import { originsFirst, versionsOf, type Snapshot } from './snapshot.ts';
import type { Segment } from './segment.ts';
import type { TableTree, Version } from './version.ts';

export type RootHash = {
	/** Of all datasets with their names. */
	readonly root: string;
	readonly datasets: readonly { readonly name: string; readonly hash: string }[];
};

type Sha256 = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

/**
 * SHA-256, hex, over canonical bytes, from the leaves up:
 *
 * segment: row count, and of each chunk SHA-256 of its bytes and its metadata; with a patch, the hashes of both
 * version: hashes of its parents that are there; message, author, time, schema, statistics, tables, primary key, lineage
 *          without its inputs
 * dataset: open branch, and the hash of the version that each branch and tag names
 * root:    name and hash of every dataset, by name; and, where there are any, kind, name and hash of every document
 *
 * document: hashes of its version's parents, text, message and time, from the oldest version to the head
 *
 * `partHashes` holds SHA-256 of every part that a branch or tag reaches. `rules` is 1 for what a backup of format 1 says: it
 * followed first parents alone, and knew neither author nor primary key.
 */
export async function rootHash(
	snapshot: Pick<Snapshot, 'datasets' | 'versions' | 'collected' | 'segments' | 'documents' | 'documentVersions'>,
	partHashes: ReadonlyMap<PartId, string>,
	sha256: Sha256,
	rules: 1 | 2 = 2
): Promise<RootHash> {
	const hash = (value: Encodable): Promise<string> => sha256(encodeCanonical(value));
	const { datasets, versions, segments, documents, documentVersions } = snapshot;
	const reached = new Set(
		datasets.flatMap((dataset) =>
			rules === 1 ? reachedBy(dataset).flatMap((id) => historyOf(id, versions)) : versionsOf(dataset, snapshot)
		)
	);
	const byId = new Map(segments.map((segment) => [segment.id, segment]));
	const segmentHashes = new Map<SegmentId, string>();
	const versionHashes = new Map<VersionId, string>();
	const segmentHash = async (id: SegmentId): Promise<string> => {
		const known = segmentHashes.get(id);
		if (known !== undefined) return known;
		const made = await hash(segmentFacts(byId.get(id), partHashes));
		segmentHashes.set(id, made);
		return made;
	};
	const treeFacts = async (tree: TableTree): Promise<Encodable> => {
		const hashes: Encodable[] = [];
		for (const { id, patch } of tree.segments) {
			const own = await segmentHash(id);
			hashes.push(patch ? [own, await segmentHash(patch.id)] : own);
		}
		return { shell: tree.shell, rowCount: tree.rowCount, segments: hashes };
	};
	for (const version of originsFirst([...reached])) {
		const table = await treeFacts(version.table);
		const rejects = version.rejects && (await treeFacts(version.rejects));
		const parents = version.parents.map((id) => versionHashes.get(id) ?? null);
		versionHashes.set(version.id, await hash({ ...versionFacts(version, rules), table, rejects, parents }));
	}
	const named: { name: string; hash: string }[] = [];
	for (const dataset of datasets) {
		const refs = Object.entries(refsOf(dataset)).map(([name, id]) => [name, versionHashes.get(id) ?? null] as const);
		named.push({ name: dataset.name, hash: await hash({ branch: dataset.branch, refs: Object.fromEntries(refs) }) });
	}
	named.sort((one, other) => (one.name < other.name ? -1 : 1));
	const listed = named.map((one) => [one.name, one.hash]);
	const texts = await documentFacts(documents, documentVersions, hash);
	return { root: await hash(texts.length === 0 ? listed : { datasets: listed, documents: texts }), datasets: named };
}

async function documentFacts(
	documents: readonly Document[],
	versions: readonly DocumentVersion[],
	hash: (value: Encodable) => Promise<string>
): Promise<readonly (readonly [string, string, string])[]> {
	const hashes = new Map<DocumentVersionId, string>();
	const facts: (readonly [string, string, string])[] = [];
	for (const { kind, name, head } of documents) {
		for (const { id, parents, text, message, createdAtMs } of documentHistory(head, versions)) {
			const before = parents.map((parent) => hashes.get(parent) ?? null);
			hashes.set(id, await hash({ parents: before, text, message, createdAtMs }));
		}
		facts.push([kind, name, hashes.get(head) ?? '']);
	}
	return facts.sort(([kind, name], [otherKind, other]) => (kind + name < otherKind + other ? -1 : 1));
}

function segmentFacts(segment: Segment | undefined, partHashes: ReadonlyMap<PartId, string>): Encodable {
	if (!segment) return null;
	return {
		rowCount: segment.rowCount,
		chunks: segment.chunks.map(({ part, meta }) => [partHashes.get(part) ?? null, meta])
	};
}

function versionFacts(version: Version, rules: 1 | 2) {
	const { message, createdAtMs, schema, statistics, lineage, author, primaryKey } = version;
	const facts = {
		message,
		createdAtMs,
		schema,
		statistics,
		lineage: { ...lineage, inputs: undefined, recipe: undefined }
	};
	return rules === 1 ? facts : { ...facts, author, primaryKey };
}
