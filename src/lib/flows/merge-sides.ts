// Where a merge finds what a side changed: columns that are the same in the base are read for the side's changed rows alone.
import { pairedRelations } from '../core/diff/paired-relations.ts';
import type { SegmentGroup } from '../core/diff/pair-segments.ts';
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
	/**
	 * Where every row of the side has the key of one of the base, and the other way round, by what the parts are: names of the merged
	 * columns that may differ. Null where rows may come or go.
	 */
	readonly changed: readonly string[] | null;
	/** And its rows stand where those of the base stand. */
	readonly isInPlace: boolean;
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
		return ok({
			source: { kind: 'tables', base: from ?? '', side: to ?? '' },
			relations,
			changed: null,
			isInPlace: false
		});
	}
	const versions = { from: base, to: side };
	const keys = pairs.filter(({ name }) => key.includes(name));
	const pairing = await pairVersions(versions, pairs, keys, effects);
	if (!pairing.ok) return pairing;
	const { groups, rest, gone, sources } = pairedRelations(versions, pairs, pairing.value);
	const isDiffering = (place: number): boolean => sources.groups.some(({ differing }) => differing.includes(place));
	return ok({
		source: { kind: 'paired', pairs, sources },
		relations: [...groups, ...(sources.rest ? [rest.from, rest.to, ...gone] : [])],
		isInPlace: sources.rest === null && standsInPlace(base, side, pairing.value.groups),
		changed: sources.rest ? null : pairs.filter((_pair, place) => isDiffering(place)).map(({ name }) => name)
	});
}

/** Whether the segments are the same, or beside each other, one by one from the first to the last. */
function standsInPlace(base: Version, side: Version, groups: readonly SegmentGroup[]): boolean {
	const [before, after] = [base.table.segments, side.table.segments];
	const beside = new Map(groups.flatMap(({ from, to }) => to.map((number, at) => [number, from[at]] as const)));
	return (
		before.length === after.length &&
		after.every(({ id, rowCount }, number) => {
			const other = before[number];
			return other?.rowCount === rowCount && (beside.has(number) ? beside.get(number) === number : other.id === id);
		})
	);
}

/** Of what differs, only what tells of the columns `names`; null when nothing is left. */
export function narrowSource(source: MergeSource, names: ReadonlySet<string>): MergeSource | null {
	if (source.kind !== 'paired' || source.sources.rest) return source;
	const isNamed = (place: number): boolean => names.has(source.pairs[place]?.name ?? '');
	const groups = source.sources.groups
		.map((group) => ({ ...group, telling: group.differing.filter(isNamed) }))
		.filter(({ telling }) => telling.length > 0);
	return groups.length === 0 ? null : { ...source, sources: { groups, rest: null } };
}
