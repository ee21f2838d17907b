// Reads a version's tables back as Parquet files: lazy Blobs over the packs that hold their parts.
import type { PackId, SegmentId } from '#core/ids.ts';
import {
	MAGIC,
	assembleParquet,
	columnOfChunks,
	spliceShells,
	type ColumnSource,
	type RowGroup
} from '#core/parquet/parquet-file.ts';
import { numberedShell, patchShell } from '#core/parquet/patch-shell.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Relation } from '#core/sql/relation.ts';
import { joinPieces, type Piece } from '#core/version/pack.ts';
import { isPatched, segmentName, type PatchedRows } from '#core/version/patch.ts';
import type { ChunkRef, Segment } from '#core/version/segment.ts';
import type { TableTree, Version } from '#core/version/version.ts';
import type { WorkspaceDb } from './schema.ts';

export type StoredTable = {
	readonly version: Version;
	/** The rows asked for; null when the version has none of that kind. */
	readonly tree: TableTree | null;
	/** One Parquet file of the tree, without its patches; nothing is read until somebody slices it. */
	readonly file: Blob | null;
	/** Of the file, where its bytes are: runs of packs by their names, and what was made for it without one. */
	readonly runs: readonly FileRun[];
	/** Null when no segment has a patch, unless the rows are asked for in another form. */
	readonly patches: StoredPatches | null;
};

export type FileRun = {
	readonly name: PackId | null;
	readonly blob: Blob;
	readonly startByte: number;
	readonly sizeBytes: number;
};

/** With it, the columns of both files are `c0`, `c1`, …, whatever the table calls them. */
export type StoredPatches = {
	/** All patches, before whose columns stand `p` and `d`; null when there are none. */
	readonly file: Blob | null;
	/** One for each segment of the tree. */
	readonly segments: readonly PatchedRows[];
};

export type ReadTableFailure =
	| { readonly kind: 'damaged-version'; readonly version: string }
	| { readonly kind: 'storage-unavailable'; readonly reason: string };

/** Which of a version's rows are asked for. */
export type TableChoice = Pick<Relation, 'version' | 'rows' | 'unlike' | 'segments' | 'beside' | 'form'>;

/**
 * The file of a version's rows, or of some of them.
 *
 * Fails: damaged-version when the version, or a segment or part it names, is not stored or has another length
 */
export async function readTable(
	db: WorkspaceDb,
	{ version: id, rows, unlike, segments: numbers, beside, form }: TableChoice
): Promise<Result<StoredTable, ReadTableFailure>> {
	const damaged = err({ kind: 'damaged-version', version: id } as const);
	try {
		// In one, so that no other tab moves parts between a look at where they are and a look at what is there.
		return await db.transaction('r', [db.versions, db.segments, db.places, db.packs], () => read());
	} catch (error) {
		return err({ kind: 'storage-unavailable', reason: error instanceof Error ? error.name : 'unknown' });
	}

	async function read(): Promise<Result<StoredTable, ReadTableFailure>> {
		const version = await db.versions.get(id);
		if (!version) return damaged;
		const whole = rows === 'data' ? version.table : version.rejects;
		if (whole === null) return ok({ version, tree: null, file: null, runs: [], patches: null });
		const other = unlike === undefined ? undefined : await db.versions.get(unlike);
		if (unlike !== undefined && !other) return err({ kind: 'damaged-version', version: unlike });
		const asked = new Set(numbers);
		const chosen = numbers
			? withSegments(
					whole,
					whole.segments.filter((_ref, at) => asked.has(at))
				)
			: whole;
		const tree = other ? without(chosen, other.table) : chosen;
		const segments = await readSegments(
			db,
			tree.segments.map((ref) => ref.id)
		);
		if (!segments) return damaged;
		const { shell } = tree;
		if (beside || (!isPatched(tree) && form === undefined)) {
			// Note: read here and not in a function of its own, from which Dexie does not find back into the transaction.
			const tableBeside = beside && (await db.versions.get(beside.version))?.table;
			const ids = beside?.segments.flatMap((number) => tableBeside?.segments[number]?.id ?? []) ?? [];
			const kept = tableBeside && (await readSegments(db, ids));
			const joined = beside
				? kept && besides({ shell: tableBeside.shell, segments: kept }, { shell, segments }, beside.columns)
				: { shell, segments };
			const file = joined && (await fileOf(db, joined));
			return file ? ok({ version, tree, ...file, patches: null }) : damaged;
		}
		const file = await fileOf(db, { shell: numberedShell(shell), segments });
		const patches = await readPatches(db, tree, segments, form);
		return file && patches ? ok({ version, tree, ...file, patches }) : damaged;
	}
}

/** In the order asked for; null when one is not stored. */
export async function readSegments(db: WorkspaceDb, ids: readonly SegmentId[]): Promise<readonly Segment[] | null> {
	const stored = await db.segments.bulkGet([...ids]);
	const found = stored.filter((segment) => segment !== undefined);
	return found.length === ids.length ? found : null;
}

async function readPatches(
	db: WorkspaceDb,
	{ shell, segments }: TableTree,
	bases: readonly Segment[],
	form: Relation['form']
): Promise<StoredPatches | null> {
	const ids = form === 'written' ? [] : segments.flatMap(({ patch }) => patch?.id ?? []);
	const patches = await readSegments(db, ids);
	if (!patches) return null;
	const file =
		patches.length === 0 ? null : await fileOf(db, { shell: patchShell(numberedShell(shell)), segments: patches });
	if (patches.length > 0 && !file) return null;
	const rows = segments.map(({ rowCount, patch }, at) => ({
		rowCount,
		baseRows: bases[at]?.rowCount ?? 0,
		patchRows: patch?.rowCount ?? 0
	}));
	return { file: file?.file ?? null, segments: rows };
}

/** Segments that are there as often in both are left out on both sides. */
function without(tree: TableTree, other: TableTree): TableTree {
	const counts = new Map<string, number>();
	for (const name of other.segments.map(segmentName)) counts.set(name, (counts.get(name) ?? 0) + 1);
	const segments = tree.segments.filter((segment) => {
		const left = counts.get(segmentName(segment)) ?? 0;
		counts.set(segmentName(segment), left - 1);
		return left <= 0;
	});
	return withSegments(tree, segments);
}

function withSegments(tree: TableTree, segments: TableTree['segments']): TableTree {
	return { ...tree, segments, rowCount: segments.reduce((sum, { rowCount }) => sum + rowCount, 0) };
}

type Table = { readonly shell: TableTree['shell']; readonly segments: readonly RowGroup<ChunkRef>[] };

/** Row groups of the columns that are named, from two versions; null when they are not as told. */
function besides({ shell, segments }: Table, written: Table, columns: readonly ColumnSource[]): Table | null {
	if (segments.length !== written.segments.length) return null;
	const owners = { kept: columnOfChunks(shell), written: columnOfChunks(written.shell) };
	const groups = segments.flatMap((kept, at) => {
		const beside = written.segments[at];
		if (beside?.rowCount !== kept.rowCount) return [];
		const sides = { kept, written: beside };
		const chunks = columns.flatMap(({ from, column }) =>
			sides[from].chunks.filter((_chunk, chunk) => owners[from][chunk] === column)
		);
		return [{ rowCount: kept.rowCount, chunks }];
	});
	return groups.length === segments.length
		? { shell: spliceShells(shell, written.shell, columns), segments: groups }
		: null;
}

async function fileOf(
	db: WorkspaceDb,
	{ shell, segments }: Table
): Promise<{ readonly file: Blob; readonly runs: readonly FileRun[] } | null> {
	const chunks = segments.flatMap((segment) => segment.chunks);
	const places = await db.places.bulkGet(chunks.map(({ part }) => part));
	const pieces: Piece[] = [];
	for (const [index, chunk] of chunks.entries()) {
		const own = places[index]?.pieces ?? [];
		if (own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) !== chunk.sizeBytes) return null;
		pieces.push(...own);
	}
	const names = [...new Set(pieces.map(({ pack }) => pack))];
	const packs = new Map<PackId, Blob>();
	for (const row of await db.packs.bulkGet(names)) if (row) packs.set(row.id, row.blob);
	const runs: FileRun[] = [madeRun(MAGIC)];
	for (const { pack, startByte, sizeBytes } of joinPieces(pieces)) {
		const blob = packs.get(pack);
		if (!blob || blob.size < startByte + sizeBytes) return null;
		runs.push({ name: pack, blob, startByte, sizeBytes });
	}
	runs.push(madeRun(assembleParquet(shell, segments).tail));
	const slices = runs.map(({ blob, startByte, sizeBytes }) =>
		startByte === 0 && blob.size === sizeBytes ? blob : blob.slice(startByte, startByte + sizeBytes)
	);
	return { file: new Blob(slices), runs };
}

function madeRun(bytes: Uint8Array<ArrayBuffer>): FileRun {
	return { name: null, blob: new Blob([bytes]), startByte: 0, sizeBytes: bytes.length };
}
