// The tables that a comparison reads: groups of segments that stand beside each other as one table, and the rest of each side.
import type { ColumnSource } from '../parquet/parquet-file.ts';
import { quoteName } from '../sql/quote.ts';
import { numberRanges, type Relation } from '../sql/relation.ts';
import type { Version } from '../version/version.ts';
import type { ColumnPair } from './column-pairs.ts';
import type { Pairing, SegmentGroup } from './pair-segments.ts';
import type { GroupSource, RowSources, SideSource } from './row-pairs-sql.ts';
import { rowsInVersion } from './row-positions.ts';

export type PairedRelations = {
	/** As many as `sources.groups`. */
	readonly groups: readonly Relation[];
	readonly rest: { readonly from: Relation; readonly to: Relation };
	/** Without `rest` where the groups are all there is to read. */
	readonly sources: RowSources;
};

type Compared = Pick<Version, 'id' | 'schema' | 'table'>;

/** `pairs` in the order in which their places name columns. */
export function pairedRelations(
	{ from, to }: { readonly from: Compared; readonly to: Compared },
	pairs: readonly ColumnPair[],
	pairing: Pairing
): PairedRelations {
	const grouped = pairing.groups.map((group) => groupOf({ from, to }, pairs, group));
	const rest = { from: segmentsRelation(from, pairing.rest.from), to: segmentsRelation(to, pairing.rest.to) };
	const hasRest = grouped.length === 0 || pairing.rest.from.length + pairing.rest.to.length > 0;
	const side = ({ name }: Relation, { table }: Compared, numbers: readonly number[]): SideSource => ({
		table: quoteName(name),
		rows: rowsInVersion(table.segments, numbers)
	});
	return {
		groups: grouped.map(({ relation }) => relation),
		rest,
		sources: {
			groups: grouped.map(({ source }) => source),
			rest: hasRest ? { from: side(rest.from, from, pairing.rest.from), to: side(rest.to, to, pairing.rest.to) } : null
		}
	};
}

/** All rows of a version, under a name that no other version has. */
export function wholeRelation({ id }: Pick<Version, 'id'>): Relation {
	return { name: `@version ${id}`, version: id, rows: 'data' };
}

/** Some segments of a version, under a name that nothing else has. */
export function segmentsRelation({ id, table }: Pick<Version, 'id' | 'table'>, numbers: readonly number[]): Relation {
	if (numbers.length === table.segments.length) return wholeRelation({ id });
	return { name: `@version ${id} ${numberRanges(numbers)}`, version: id, rows: 'data', segments: numbers };
}

function groupOf(
	{ from, to }: { readonly from: Compared; readonly to: Compared },
	pairs: readonly ColumnPair[],
	group: SegmentGroup
): { readonly relation: Relation; readonly source: GroupSource } {
	const columns = groupColumns({ from, to }, pairs, group);
	const beside = { version: from.id, segments: group.from, columns };
	const name = [
		`@version ${to.id} ${numberRanges(group.to)} beside ${from.id} ${numberRanges(group.from)}`,
		...columns.map((column) => `${column.name}=${column.from} ${column.column}`)
	].join(' ');
	return {
		relation: { name, version: to.id, rows: 'data', segments: group.to, beside },
		source: {
			table: quoteName(name),
			differing: group.differing,
			from: rowsInVersion(from.table.segments, group.from),
			to: rowsInVersion(to.table.segments, group.to)
		}
	};
}

/** What the version before has comes first and in its order: chunks that stand together are read together. */
function groupColumns(
	{ from, to }: { readonly from: Compared; readonly to: Compared },
	pairs: readonly ColumnPair[],
	{ differing }: SegmentGroup
): readonly ColumnSource[] {
	const twice = new Set(differing);
	const of = (side: 'from' | 'to', source: ColumnSource['from'], letter: string): readonly ColumnSource[] =>
		(side === 'from' ? from : to).schema.flatMap((own, column) => {
			const place = pairs.findIndex((pair) => pair[side]?.name === own.name);
			if (place < 0 || (side === 'to' && !twice.has(place))) return [];
			return [{ from: source, column, name: `${twice.has(place) ? letter : 'c'}${place}` }];
		});
	return [...of('from', 'kept', 'f'), ...of('to', 'written', 't')];
}
