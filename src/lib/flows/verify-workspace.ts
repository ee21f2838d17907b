// Hashes everything that is stored again, and names what is not what it was.
import { documentHistory } from '../core/document/document.ts';
import type { PartId, SegmentId } from '../core/ids.ts';
import { columnOfChunks } from '../core/parquet/parquet-file.ts';
import { PATCH_COLUMNS } from '../core/parquet/patch-shell.ts';
import { BrokenThrift } from '../core/parquet/thrift.ts';
import { err, ok, type Result } from '../core/result.ts';
import { partSizesOf, versionsOf, type Snapshot } from '../core/version/snapshot.ts';
import { nameSegment, type Segment } from '../core/version/segment.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset, TableTree, Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { nameVersion } from './plan-commit.ts';
import { nameDocumentVersion } from './save-document.ts';
import { bytesOf, partReader } from './stored-parts.ts';

export type Damage = {
	readonly dataset: string;
	readonly version: string;
	readonly message: string;
	/** Columns are `line`, `column`, `reason`, `text` for rejects. */
	readonly rows: 'data' | 'rejects';
	/** Of a document, `dataset` is its kind and name. */
	readonly what: 'manifest' | 'missing-version' | 'segment' | 'part' | 'document';
	/** 0-based, end exclusive; null for all rows. */
	readonly startRow: number | null;
	readonly endRow: number | null;
	/** Null for all columns. */
	readonly columns: readonly string[] | null;
};

export type Verification = {
	readonly versionCount: number;
	readonly segmentCount: number;
	readonly partCount: number;
	readonly checkedBytes: number;
	/** Empty when everything is as it was stored. */
	readonly damages: readonly Damage[];
};

export type VerifyFailure = StoreFailure | { readonly kind: 'cancelled' };
type VerifyEffects = Pick<Effects, 'store' | 'jobs' | 'keyedHash' | 'sha256' | 'makeIdKey'>;

export async function verifyWorkspace(
	{ signal }: { readonly signal?: AbortSignal | undefined },
	effects: VerifyEffects
): Promise<Result<Verification, VerifyFailure>> {
	return asJob(effects.jobs, 'Verify everything stored', signal, async (job) => {
		const stored = await effects.store.workspace();
		if (!stored.ok) return stored;
		const key = await effects.store.idKey(effects.makeIdKey);
		if (!key.ok) return key;
		const { datasets, versions, segments, places, packs } = stored.value;
		const byId = new Map(segments.map((segment) => [segment.id, segment]));
		const readPart = partReader(places, packs);
		const reached = new Set(datasets.flatMap((dataset) => versionsOf(dataset, stored.value)));
		const sizes = partSizesOf([...reached], byId);
		const totalBytes = [...sizes.values()].reduce((sum, sizeBytes) => sum + sizeBytes, 0);
		const badParts = new Set<PartId>();
		let checkedBytes = 0;
		for (const [part, sizeBytes] of sizes) {
			if (job.signal.aborted) return err({ kind: 'cancelled' });
			const blob = readPart(part, sizeBytes);
			const bytes = blob && (await bytesOf(blob));
			if (!bytes || (await effects.keyedHash(key.value, bytes)) !== part) badParts.add(part);
			checkedBytes += sizeBytes;
			job.progress({
				fraction: totalBytes === 0 ? 1 : checkedBytes / totalBytes,
				readBytes: checkedBytes,
				totalBytes
			});
		}
		const good = new Map<SegmentId, Segment>();
		for (const segment of segments) {
			const { id, ...content } = segment;
			if ((await nameSegment(content, (bytes) => effects.keyedHash(key.value, bytes))).id === id) good.set(id, segment);
		}
		const damages: Damage[] = [];
		for (const dataset of datasets) {
			const own = versionsOf(dataset, stored.value);
			damages.push(...missingRefs(dataset, versions));
			for (const version of own) {
				if (!(await isAsNamed(version, key.value, effects)))
					damages.push({ ...damageOf(dataset, version), what: 'manifest' });
				damages.push(...damagedRows(dataset, version, 'data', good, badParts));
				damages.push(...damagedRows(dataset, version, 'rejects', good, badParts));
			}
		}
		damages.push(...(await damagedDocuments(stored.value, key.value, effects)));
		return ok({
			versionCount: reached.size,
			segmentCount: segments.length,
			partCount: sizes.size,
			checkedBytes,
			damages
		});
	});
}

async function damagedDocuments(
	{ documents, documentVersions }: Pick<Snapshot, 'documents' | 'documentVersions'>,
	key: CryptoKey,
	effects: VerifyEffects
): Promise<readonly Damage[]> {
	const rows = { rows: 'data', startRow: null, endRow: null, columns: null } as const;
	const damages: Damage[] = [];
	for (const { kind, name, head } of documents) {
		const place = { ...rows, dataset: `${kind} ${name}` };
		const history = documentHistory(head, documentVersions);
		if (history.length === 0) damages.push({ ...place, version: head, message: '', what: 'missing-version' });
		for (const { id, ...content } of history) {
			const named = await nameDocumentVersion(content, key, effects);
			if (named.id !== id) damages.push({ ...place, version: id, message: content.message, what: 'document' });
		}
	}
	return damages;
}

function damageOf(dataset: Dataset, { id, message }: Pick<Version, 'id' | 'message'>): Omit<Damage, 'what'> {
	return { dataset: dataset.name, version: id, message, rows: 'data', startRow: null, endRow: null, columns: null };
}

function missingRefs(dataset: Dataset, versions: readonly Version[]): readonly Damage[] {
	const there = new Set(versions.map(({ id }) => id));
	const named = [dataset.head, ...Object.values(dataset.branches), ...Object.values(dataset.tags)];
	return [...new Set(named)]
		.filter((id) => !there.has(id))
		.map((id) => ({ ...damageOf(dataset, { id, message: '' }), what: 'missing-version' as const }));
}

async function isAsNamed(version: Version, key: CryptoKey, effects: VerifyEffects): Promise<boolean> {
	const { id, contentHash, format: _format, ...content } = version;
	// What lost its shape has no canonical bytes: `encodeCanonical` refuses a number that is none.
	const hasShape = Array.isArray(content.schema) && Array.isArray(content.table.segments);
	if (!hasShape) return false;
	const named = await nameVersion(content, key, effects);
	return named.id === id && named.contentHash === contentHash;
}

function damagedRows(
	dataset: Dataset,
	version: Version,
	rows: Damage['rows'],
	good: ReadonlyMap<SegmentId, Segment>,
	badParts: ReadonlySet<PartId>
): readonly Damage[] {
	const tree = rows === 'data' ? version.table : version.rejects;
	if (!tree) return [];
	const names = rows === 'data' ? version.schema.map(({ name }) => name) : ['line', 'column', 'reason', 'text'];
	const owners = ownersOf(tree);
	const damages: Damage[] = [];
	let startRow = 0;
	for (const { id, rowCount, patch } of tree.segments) {
		const place = { ...damageOf(dataset, version), rows, startRow, endRow: startRow + rowCount };
		const [segment, over] = [good.get(id), patch && good.get(patch.id)];
		startRow += rowCount;
		if (!segment || (patch && !over)) {
			damages.push({ ...place, what: 'segment' });
			continue;
		}
		const bad = (of: Segment, owner: (chunk: number) => number): readonly number[] =>
			of.chunks.flatMap(({ part }, chunk) => (badParts.has(part) ? [owner(chunk)] : []));
		const own = bad(segment, (chunk) => owners?.[chunk] ?? chunk);
		// Those of a patch that say which rows it means are before the columns.
		const first = PATCH_COLUMNS;
		const patched = over ? bad(over, (chunk) => (chunk < first ? -1 : (owners?.[chunk - first] ?? chunk - first))) : [];
		if (patched.includes(-1)) damages.push({ ...place, what: 'part' });
		else {
			const columns = [...new Set([...own, ...patched])].map((column) => names[column] ?? `column ${column + 1}`);
			if (columns.length > 0) damages.push({ ...place, what: 'part', columns });
		}
	}
	return damages;
}

/** Null when the shell itself is damaged: then the manifest is told to be. */
function ownersOf({ shell }: TableTree): readonly number[] | null {
	try {
		return columnOfChunks(shell);
	} catch (error) {
		if (error instanceof BrokenThrift) return null;
		throw error;
	}
}
