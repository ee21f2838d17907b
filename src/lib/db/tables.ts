// Reads a version's tables back as Parquet files: lazy Blobs over the packs that hold their parts.
import type { PackId, SegmentId } from '#core/ids.ts';
import { MAGIC, assembleParquet, columnOfChunks, spliceShells, type RowGroup } from '#core/parquet/parquet-file.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Relation } from '#core/sql/relation.ts';
import { joinPieces, type Piece } from '#core/version/pack.ts';
import type { ChunkRef, Segment } from '#core/version/segment.ts';
import type { TableTree, Version } from '#core/version/version.ts';
import type { WorkspaceDb } from './schema.ts';

export type StoredTable = {
	readonly version: Version;
	/** The rows asked for; null when the version has none of that kind. */
	readonly tree: TableTree | null;
	/** One Parquet file of the tree; nothing is read until somebody slices it. */
	readonly file: Blob | null;
};

export type ReadTableFailure =
	| { readonly kind: 'damaged-version'; readonly version: string }
	| { readonly kind: 'storage-unavailable'; readonly reason: string };

/** Which of a version's rows are asked for. */
export type TableChoice = Pick<Relation, 'version' | 'rows' | 'unlike' | 'segments' | 'beside'>;

/**
 * The file of a version's rows, or of some of them.
 *
 * Fails: damaged-version when the version, or a segment or part it names, is not stored or has another length
 */
export async function readTable(
	db: WorkspaceDb,
	{ version: id, rows, unlike, segments: numbers, beside }: TableChoice
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
		if (whole === null) return ok({ version, tree: null, file: null });
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
		const table = segments && { shell: tree.shell, segments };
		const joined = table && beside ? await besides(db, table, beside) : table;
		const file = joined && (await fileOf(db, joined));
		return file ? ok({ version, tree, file }) : damaged;
	}
}

/** In the order asked for; null when one is not stored. */
export async function readSegments(db: WorkspaceDb, ids: readonly SegmentId[]): Promise<readonly Segment[] | null> {
	const stored = await db.segments.bulkGet([...ids]);
	const found = stored.filter((segment) => segment !== undefined);
	return found.length === ids.length ? found : null;
}

/** Segments that are there as often in both are left out on both sides. */
function without(tree: TableTree, other: TableTree): TableTree {
	const counts = new Map<SegmentId, number>();
	for (const { id } of other.segments) counts.set(id, (counts.get(id) ?? 0) + 1);
	const segments = tree.segments.filter(({ id }) => {
		const left = counts.get(id) ?? 0;
		counts.set(id, left - 1);
		return left <= 0;
	});
	return withSegments(tree, segments);
}

function withSegments(tree: TableTree, segments: TableTree['segments']): TableTree {
	return { ...tree, segments, rowCount: segments.reduce((sum, { rowCount }) => sum + rowCount, 0) };
}

type Table = { readonly shell: TableTree['shell']; readonly segments: readonly RowGroup<ChunkRef>[] };

/** Row groups of the columns that are named, from two versions; null when one of them is not as told. */
async function besides(
	db: WorkspaceDb,
	written: Table,
	{ version: id, segments: numbers, columns }: NonNullable<Relation['beside']>
): Promise<Table | null> {
	const other = await db.versions.get(id);
	const ids = numbers.flatMap((number) => other?.table.segments[number]?.id ?? []);
	const segments = await readSegments(db, ids);
	if (!other || !segments || ids.length !== written.segments.length) return null;
	const { shell } = other.table;
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
	return groups.length === ids.length ? { shell: spliceShells(shell, written.shell, columns), segments: groups } : null;
}

async function fileOf(db: WorkspaceDb, { shell, segments }: Table): Promise<Blob | null> {
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
	const slices: Blob[] = [];
	for (const { pack, startByte, sizeBytes } of joinPieces(pieces)) {
		const blob = packs.get(pack);
		if (!blob || blob.size < startByte + sizeBytes) return null;
		slices.push(startByte === 0 && blob.size === sizeBytes ? blob : blob.slice(startByte, startByte + sizeBytes));
	}
	return new Blob([MAGIC, ...slices, assembleParquet(shell, segments).tail]);
}
