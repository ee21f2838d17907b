// Pairs the segments of two versions, for which it looks up what those are made of.
import { areAlike, type ColumnPair } from '../core/diff/column-pairs.ts';
import { pairSegments, type PartedTable, type Pairing } from '../core/diff/pair-segments.ts';
import { columnOfChunks } from '../core/parquet/parquet-file.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';

/** Fails: damaged-version when a segment is not stored */
export async function pairVersions(
	{ from, to }: { readonly from: Version; readonly to: Version },
	pairs: readonly ColumnPair[],
	keys: readonly ColumnPair[],
	effects: Pick<Effects, 'store'>
): Promise<Result<Pairing, SqlFailure | StoreFailure>> {
	const own = [from, to].map(({ table }) => new Set(table.segments.map(({ id }) => id)));
	const isAlike = areAlike(from.schema, to.schema, pairs);
	// A segment that both have needs no look, if it means the same columns in both.
	const ids = new Set(own.flatMap((of) => [...of]));
	const patched = new Set(
		[from, to].flatMap(({ table }) => table.segments.flatMap(({ id, patch }) => (patch ? [id] : [])))
	);
	const wanted = [...ids].filter((id) => !isAlike || !own.every((of) => of.has(id)) || patched.has(id));
	const found = await effects.store.segments(wanted);
	if (!found.ok) return found;
	if (found.value === null) return err({ kind: 'damaged-version', version: to.id });
	const segments = new Map(found.value.map((segment) => [segment.id, segment]));
	const partsOf = ({ schema, table }: Version): PartedTable => ({
		schema,
		owners: columnOfChunks(table.shell),
		refs: table.segments,
		segments
	});
	return ok(pairSegments({ from: partsOf(from), to: partsOf(to) }, pairs, keys));
}
