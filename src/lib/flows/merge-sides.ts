// Where a merge finds what a side changed: columns that are the same in the base are read for the side's changed rows alone.
import { pairedRelations } from '../core/diff/paired-relations.ts';
import { ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import type { MergedColumn } from '../core/version/merge-schema.ts';
import { mergePairs, type MergeSource } from '../core/version/merge-sql.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { pairVersions } from './pair-versions.ts';
import type { RunSqlFailure } from './run-sql.ts';

export type SideChanges = {
	readonly source: MergeSource;
	readonly relations: readonly Relation[];
	/** Every row of the side has the key of one of the base, and the other way round, by what the parts are. */
	readonly hasSameKeys: boolean;
};

type SideInput = {
	readonly which: 'ours' | 'theirs';
	readonly base: Version;
	readonly side: Version;
	readonly columns: readonly MergedColumn[];
	readonly key: readonly string[];
};

export async function sideChanges(
	{ which, base, side, columns, key }: SideInput,
	effects: Pick<Effects, 'store'>
): Promise<Result<SideChanges, RunSqlFailure>> {
	const pairs = mergePairs(columns, which);
	if (!pairs) {
		// Cells of another type are cast to the merged one before they are compared.
		const relation = (one: Version, other: Version, name: string): Relation => ({
			name: `@${name} of ${which}`,
			version: one.id,
			rows: 'data',
			unlike: other.id
		});
		const relations = [relation(base, side, 'base'), relation(side, base, 'rows')] as const;
		const [from, to] = relations.map(({ name }) => quoteName(name));
		return ok({ source: { kind: 'tables', base: from ?? '', side: to ?? '' }, relations, hasSameKeys: false });
	}
	const versions = { from: base, to: side };
	const keys = pairs.filter(({ name }) => key.includes(name));
	const pairing = await pairVersions(versions, pairs, keys, effects);
	if (!pairing.ok) return pairing;
	const { groups, rest, gone, sources } = pairedRelations(versions, pairs, pairing.value);
	return ok({
		source: { kind: 'paired', pairs, sources },
		relations: [...groups, ...(sources.rest ? [rest.from, rest.to, ...gone] : [])],
		hasSameKeys: sources.rest === null
	});
}
