// The columns of a merge, with types that hold what all three versions have in them.
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { mergeSchemas, type MergedSchema, type SchemaClash } from '../core/version/merge-schema.ts';
import { misfitsSql } from '../core/version/narrow.ts';
import { wideSchema } from '../core/version/widen.ts';
import type { Version } from '../core/version/version.ts';
import type { RunSqlFailure } from './run-sql.ts';
import type { SegmentWork } from './segment-work.ts';

const WHICH = ['base', 'ours', 'theirs'] as const;
const VIEW = '@side';

export type MergeVersions = Readonly<Record<(typeof WHICH)[number], Version>>;

/** A column that one line stores narrower gets the type back that it had, if a value of another line needs it. */
export async function mergedSchema(
	versions: MergeVersions,
	work: SegmentWork
): Promise<
	Result<MergedSchema, RunSqlFailure | { readonly kind: 'schemas-clash'; readonly clashes: readonly SchemaClash[] }>
> {
	const { base, ours, theirs } = versions;
	const merged = mergeSchemas(
		{ base: base.schema, ours: ours.schema, theirs: theirs.schema },
		{ base: wideSchema(base), ours: wideSchema(ours), theirs: wideSchema(theirs) }
	);
	if (!merged.ok) return err({ kind: 'schemas-clash', clashes: merged.error });
	const wider = new Map<string, string>();
	for (const which of WHICH) {
		const columns = merged.value.columns.flatMap((column) => {
			const own = column[which];
			if (!own || column.wide === undefined || own.type === column.type) return [];
			return [{ name: own.name, narrow: column.type, wide: own.type, merged: column.name, type: column.wide }];
		});
		if (columns.length === 0) continue;
		const relation = { name: VIEW, version: versions[which].id, rows: 'data' } as const;
		const counted = await work.rows(misfitsSql(quoteName(VIEW), columns), [relation]);
		if (!counted.ok) return counted;
		for (const [index, column] of columns.entries())
			if (Number(counted.value[0]?.[`n${index}`]) > 0) wider.set(column.merged, column.type);
	}
	const columns = merged.value.columns.map((column) => ({ ...column, type: wider.get(column.name) ?? column.type }));
	return ok({ ...merged.value, columns });
}
