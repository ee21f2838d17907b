// Puts a new version's table together: segments that a stored version has already, and Parquet that was written since.
import { MAGIC, assembleParquet, schemaOf, type ColumnSource } from '../core/parquet/parquet-file.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { ResultId } from '../core/ids.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Segment } from '../core/version/segment.ts';
import { treeOf, type Column, type ColumnStatistics, type SegmentRef, type Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { CutTable } from '#workers/cutter/api.ts';
import type { Effects } from './effects.ts';

export type TablePiece =
	| { readonly kind: 'kept'; readonly segments: readonly SegmentRef[] }
	| { readonly kind: 'written'; readonly table: WrittenTable }
	/** Segments with columns of their own and of a table that has a row group for each; null where nothing was written. */
	| {
			readonly kind: 'spliced';
			readonly segments: readonly SegmentRef[];
			readonly columns: readonly ColumnSource[];
			readonly table: Pick<WrittenTable, 'files'> | null;
	  }
	/** Some of the segments, by number, have the row groups of a table in their place, one each. */
	| {
			readonly kind: 'exchanged';
			readonly segments: readonly SegmentRef[];
			readonly numbers: readonly number[];
			readonly by: TablePiece;
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

/** Nothing is stored. */
export async function composeTable(
	{ id, base, schema, pieces }: ComposeInput,
	key: CryptoKey,
	effects: ComposeEffects
): Promise<Result<ComposedTable, StoreFailure | SqlFailure>> {
	const cuts: CutTable[] = [];
	for (const piece of pieces) {
		const cut = await cutPiece(piece, base, key, effects);
		if (!cut.ok) return cut;
		cuts.push(cut.value);
	}
	const shell = cuts.find((cut) => cut.segments.length > 0)?.tree.shell ?? cuts.at(-1)?.tree.shell ?? base.table.shell;
	for (const { tree } of cuts)
		invariant(
			tree.segments.length === 0 || isSame(schemaOf(tree.shell), schemaOf(shell)),
			'written rows have the schema of those they join'
		);
	const [segments, parts] = [cuts.flatMap((cut) => cut.segments), cuts.flatMap((cut) => cut.parts)];
	// Statistics stand in the footer alone, so the engine is given a file that is nothing else.
	const footer = new Blob([MAGIC, assembleParquet(shell, segments).tail]);
	const statistics = await effects.engine.statistics(id, footer, schema);
	return statistics.ok
		? ok({ tree: treeOf(shell, segments), segments, parts, statistics: statistics.value })
		: statistics;
}

async function cutPiece(
	piece: TablePiece,
	base: Version,
	key: CryptoKey,
	effects: ComposeEffects
): Promise<Result<CutTable, StoreFailure | SqlFailure>> {
	const { shell } = base.table;
	const stored = async (
		refs: readonly SegmentRef[]
	): Promise<Result<readonly Segment[], StoreFailure | SqlFailure>> => {
		const segments = await effects.store.segments(refs.map((ref) => ref.id));
		if (!segments.ok) return segments;
		return segments.value === null ? err({ kind: 'damaged-version', version: base.id }) : ok(segments.value);
	};
	switch (piece.kind) {
		case 'written':
			return effects.cutter.cut(filesOf(piece.table), key);
		case 'kept': {
			const segments = await stored(piece.segments);
			return segments.ok ? ok({ tree: treeOf(shell, segments.value), segments: segments.value, parts: [] }) : segments;
		}
		case 'spliced': {
			const segments = await stored(piece.segments);
			if (!segments.ok) return segments;
			const files = piece.table ? filesOf(piece.table) : [];
			return effects.cutter.splice({ shell, segments: segments.value }, piece.columns, files, key);
		}
		case 'exchanged': {
			const by = await cutPiece(piece.by, base, key, effects);
			if (!by.ok) return by;
			const before = await stored(piece.segments);
			if (!before.ok) return before;
			invariant(by.value.segments.length === piece.numbers.length, 'each segment has one in its place');
			const places = new Map(piece.numbers.map((number, at) => [number, by.value.segments[at]]));
			const segments = before.value.map((segment, number) => places.get(number) ?? segment);
			return ok({ tree: treeOf(by.value.tree.shell, segments), segments, parts: by.value.parts });
		}
	}
}

export function filesOf({ files }: Pick<WrittenTable, 'files'>): readonly Blob[] {
	return files.map(({ blob }) => blob);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
