// Puts a new version's table together: segments that a stored version has already, and Parquet that was written since.
import { MAGIC, assembleParquet, schemaOf } from '../core/parquet/parquet-file.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { ResultId } from '../core/ids.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { treeOf, type Column, type ColumnStatistics, type SegmentRef, type Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { CutTable } from '#workers/cutter/api.ts';
import type { Effects } from './effects.ts';

export type TablePiece =
	| { readonly kind: 'kept'; readonly segments: readonly SegmentRef[] }
	| { readonly kind: 'written'; readonly table: WrittenTable };

export type ComposedTable = CutTable & { readonly statistics: readonly ColumnStatistics[] };

export type ComposeInput = {
	readonly id: ResultId;
	/** The version in which the kept segments are. */
	readonly base: Version;
	/** Of the new table: that of the base wherever a segment of it is kept. */
	readonly schema: readonly Column[];
	readonly pieces: readonly TablePiece[];
};

/** Nothing is stored. */
export async function composeTable(
	{ id, base, schema, pieces }: ComposeInput,
	key: CryptoKey,
	effects: Pick<Effects, 'engine' | 'store' | 'cutter'>
): Promise<Result<ComposedTable, StoreFailure | SqlFailure>> {
	const keepsSome = pieces.some((piece) => piece.kind === 'kept' && piece.segments.length > 0);
	let shell = keepsSome ? base.table.shell : null;
	const segments: CutTable['segments'][number][] = [];
	const parts: CutTable['parts'][number][] = [];
	for (const piece of pieces) {
		if (piece.kind === 'kept') {
			const stored = await effects.store.segments(piece.segments.map((ref) => ref.id));
			if (!stored.ok) return stored;
			if (stored.value === null) return err({ kind: 'damaged-version', version: base.id });
			segments.push(...stored.value);
			continue;
		}
		const made = await effects.cutter.cut(filesOf(piece.table), key);
		if (!made.ok) return made;
		const cut = made.value;
		shell ??= cut.tree.shell;
		invariant(isSame(schemaOf(cut.tree.shell), schemaOf(shell)), 'written rows have the schema of those they join');
		segments.push(...cut.segments);
		parts.push(...cut.parts);
	}
	shell ??= base.table.shell;
	// Statistics stand in the footer alone, so the engine is given a file that is nothing else.
	const footer = new Blob([MAGIC, assembleParquet(shell, segments).tail]);
	const statistics = await effects.engine.statistics(id, footer, schema);
	return statistics.ok
		? ok({ tree: treeOf(shell, segments), segments, parts, statistics: statistics.value })
		: statistics;
}

export function filesOf({ files }: Pick<WrittenTable, 'files'>): readonly Blob[] {
	return files.map(({ blob }) => blob);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
	return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
