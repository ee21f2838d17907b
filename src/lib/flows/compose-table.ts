// Puts a new version's table together: segments that a stored version has already, and Parquet that was written since.
import { MAGIC, assembleParquet, schemaOf, type ColumnSource } from '../core/parquet/parquet-file.ts';
import { PATCH_COLUMNS, numberedShell, patchShell } from '../core/parquet/patch-shell.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { ResultId } from '../core/ids.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { storedSegments, treeOf, unpatched, type TableSegment } from '../core/version/segment.ts';
import type { Column, ColumnStatistics, SegmentRef, TableTree, Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { CutTable } from '#workers/cutter/api.ts';
import type { Effects } from './effects.ts';

export type TablePiece =
	| { readonly kind: 'kept'; readonly segments: readonly SegmentRef[] }
	| { readonly kind: 'written'; readonly table: Pick<WrittenTable, 'files'> }
	/**
	 * Segments with columns of their own and of a table that has a row group for each; null where nothing was written. Patches
	 * stay: where a table was written, it has as many columns as before, and all rows the segments were written with.
	 */
	| {
			readonly kind: 'spliced';
			readonly of: TablePiece;
			readonly columns: readonly ColumnSource[];
			readonly table: Pick<WrittenTable, 'files'> | null;
	  }
	/** Some segments, by number, with new patches: a file of one row group for each, and the rows each leaves. */
	| {
			readonly kind: 'patched';
			readonly of: TablePiece;
			readonly numbers: readonly number[];
			readonly patches: readonly { readonly file: Blob; readonly rowCount: number }[];
	  }
	/** Some segments, by number, have others in their place: one each, or any number in the place of one. */
	| {
			readonly kind: 'exchanged';
			readonly of: TablePiece;
			readonly by: readonly { readonly numbers: readonly number[]; readonly piece: TablePiece }[];
	  };

export type ComposedTable = CutTable & { readonly statistics: readonly ColumnStatistics[] };

export type ComposeInput = {
	readonly id: ResultId;
	/** The version in which the kept segments are. */
	readonly base: Version;
	/** Of the new table: that of the base wherever a segment of it is kept. */
	readonly schema: readonly Column[];
	readonly pieces: readonly TablePiece[];
};

type ComposeEffects = Pick<Effects, 'engine' | 'store' | 'cutter'>;
type Cut = {
	readonly shell: TableTree['shell'];
	readonly segments: readonly TableSegment[];
	readonly parts: CutTable['parts'];
};

/** Nothing is stored. */
export async function composeTable(
	{ id, base, schema, pieces }: ComposeInput,
	key: CryptoKey,
	effects: ComposeEffects
): Promise<Result<ComposedTable, StoreFailure | SqlFailure>> {
	const cuts: Cut[] = [];
	for (const piece of pieces) {
		const cut = await cutPiece(piece, base, key, effects);
		if (!cut.ok) return cut;
		cuts.push(cut.value);
	}
	const shell = cuts.find((cut) => cut.segments.length > 0)?.shell ?? cuts.at(-1)?.shell ?? base.table.shell;
	for (const cut of cuts)
		invariant(
			cut.segments.length === 0 || isSame(schemaOf(cut.shell), schemaOf(shell)),
			'written rows have the schema of those they join'
		);
	const segments = cuts.flatMap((cut) => cut.segments);
	// A column that was written and then replaced is in no segment.
	const named = new Set(storedSegments(segments).flatMap(({ chunks }) => chunks.map(({ part }) => part)));
	const parts = cuts.flatMap((cut) => cut.parts.filter(({ id: part }) => named.has(part)));
	const statistics = await statisticsOf(id, { shell, segments }, schema, effects);
	return statistics.ok
		? ok({
				tree: treeOf(shell, segments),
				segments: storedSegments(segments),
				parts,
				statistics: statistics.value
			})
		: statistics;
}

/** Of patched segments nothing is known: bounds may have gone with rows, and come with others. */
async function statisticsOf(
	id: ResultId,
	{ shell, segments }: Pick<Cut, 'shell' | 'segments'>,
	schema: readonly Column[],
	effects: ComposeEffects
): Promise<Result<readonly ColumnStatistics[], SqlFailure>> {
	if (segments.some(({ patch }) => patch !== null))
		return ok(schema.map(({ name }) => ({ column: name, nullCount: null, min: null, max: null })));
	// Statistics stand in the footer alone, so the engine is given a file that is nothing else.
	const bases = segments.map(({ base }) => base);
	return effects.engine.statistics(id, new Blob([MAGIC, assembleParquet(shell, bases).tail]), schema);
}

async function cutPiece(
	piece: TablePiece,
	base: Version,
	key: CryptoKey,
	effects: ComposeEffects
): Promise<Result<Cut, StoreFailure | SqlFailure>> {
	const { shell } = base.table;
	switch (piece.kind) {
		case 'written':
			return plain(await effects.cutter.cut(filesOf(piece.table), key));
		case 'kept': {
			const segments = await stored(piece.segments, base, effects);
			return segments.ok ? ok({ shell, segments: segments.value, parts: [] }) : segments;
		}
		case 'spliced':
			return spliced(piece, base, key, effects);
		case 'patched': {
			const before = await cutPiece(piece.of, base, key, effects);
			if (!before.ok) return before;
			const patches = await effects.cutter.cut(
				piece.patches.map(({ file }) => file),
				key
			);
			if (!patches.ok) return patches;
			const { tree, segments: written, parts } = patches.value;
			invariant(
				written.length === piece.numbers.length &&
					isSame(schemaOf(numberedShell(tree.shell)), schemaOf(numberedShell(patchShell(shell)))),
				'each segment has a patch with the columns of its table'
			);
			const segments = [...before.value.segments];
			for (const [at, number] of piece.numbers.entries()) {
				const [segment, patch, rowCount] = [segments[number], written[at], piece.patches[at]?.rowCount];
				if (segment && patch && rowCount !== undefined) segments[number] = { base: segment.base, patch, rowCount };
			}
			return ok({ shell: before.value.shell, segments, parts: [...before.value.parts, ...parts] });
		}
		case 'exchanged': {
			const before = await cutPiece(piece.of, base, key, effects);
			if (!before.ok) return before;
			const segments = before.value.segments.map((segment): readonly TableSegment[] => [segment]);
			const parts = [...before.value.parts];
			let newest = before.value.shell;
			for (const { numbers, piece: by } of piece.by) {
				const cut = await cutPiece(by, base, key, effects);
				if (!cut.ok) return cut;
				const own = cut.value.segments;
				invariant(numbers.length === 1 || own.length === numbers.length, 'each segment has one in its place');
				for (const [at, number] of numbers.entries())
					segments[number] = numbers.length === 1 ? own : own.slice(at, at + 1);
				parts.push(...cut.value.parts);
				if (own.length > 0) newest = cut.value.shell;
			}
			return ok({ shell: newest, segments: segments.flat(), parts });
		}
	}
}

async function spliced(
	{ of, columns, table }: Extract<TablePiece, { kind: 'spliced' }>,
	base: Version,
	key: CryptoKey,
	effects: ComposeEffects
): Promise<Result<Cut, StoreFailure | SqlFailure>> {
	const before = await cutPiece(of, base, key, effects);
	if (!before.ok) return before;
	const { shell, segments, parts } = before.value;
	const kept = { shell, segments: segments.map((segment) => segment.base) };
	const cut = plain(await effects.cutter.splice(kept, columns, table ? filesOf(table) : [], key));
	if (!cut.ok) return cut;
	const all = { ...cut.value, parts: [...parts, ...cut.value.parts] };
	const patches = segments.flatMap(({ patch }) => patch ?? []);
	if (patches.length === 0) return ok(all);
	if (table !== null) {
		invariant(
			isSame(schemaOf(cut.value.shell), schemaOf(shell)),
			'a patched segment is written whole before it gets a new column'
		);
		return ok({
			...all,
			segments: segments.map((old, at) => ({ ...old, base: cut.value.segments[at]?.base ?? old.base }))
		});
	}
	const first = [0, 1].map((column): ColumnSource => ({ from: 'kept', column }));
	const moved = columns.map((source) => ({ ...source, column: source.column + PATCH_COLUMNS }));
	const over = await effects.cutter.splice(
		{ shell: patchShell(shell), segments: patches },
		[...first, ...moved],
		[],
		key
	);
	if (!over.ok) return over;
	const byOld = new Map(patches.map(({ id }, at) => [id, over.value.segments[at]]));
	const patched = cut.value.segments.map((segment, at) => {
		const old = segments[at];
		return { ...segment, patch: (old?.patch && byOld.get(old.patch.id)) ?? null, rowCount: old?.rowCount ?? 0 };
	});
	return ok({ ...all, segments: patched });
}

async function stored(
	refs: readonly SegmentRef[],
	base: Version,
	effects: Pick<Effects, 'store'>
): Promise<Result<readonly TableSegment[], StoreFailure | SqlFailure>> {
	const found = await effects.store.segments(refs.flatMap(({ id, patch }) => (patch ? [id, patch.id] : [id])));
	if (!found.ok) return found;
	if (found.value === null) return err({ kind: 'damaged-version', version: base.id });
	const byId = new Map(found.value.map((segment) => [segment.id, segment]));
	return ok(
		refs.flatMap(({ id, rowCount, patch }) => {
			const segment = byId.get(id);
			return segment ? [{ base: segment, patch: (patch && byId.get(patch.id)) ?? null, rowCount }] : [];
		})
	);
}

/** Rows that were just written have no patches. */
function plain(cut: Result<CutTable, StoreFailure>): Result<Cut, StoreFailure> {
	if (!cut.ok) return cut;
	const { tree, segments, parts } = cut.value;
	return ok({ shell: tree.shell, segments: segments.map(unpatched), parts });
}

export function filesOf({ files }: Pick<WrittenTable, 'files'>): readonly Blob[] {
	return files.map(({ blob }) => blob);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
