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
	/** Of `sources.rest`, what `gone` reads. */
	readonly gone: readonly Relation[];
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
	const { rest: numbers, removals } = pairing;
	const rest = { from: segmentsRelation(from, numbers.from), to: segmentsRelation(to, numbers.to) };
	const gone = {
		from: goneRelation({ one: from, other: to }, { one: removals.from, other: removals.to }),
		to: goneRelation({ one: to, other: from }, { one: removals.to, other: removals.from })
	};
	const isRead = numbers.from.length + numbers.to.length + removals.to.length > 0;
	const side = (which: 'from' | 'to'): SideSource => {
		const { table } = which === 'from' ? from : to;
		const lost = gone[which];
		return {
			table: quoteName(rest[which].name),
			rows: rowsInVersion(table.segments, numbers[which]),
			isEmpty: numbers[which].length === 0,
			...(lost ? { gone: { table: quoteName(lost.name), rows: rowsInVersion(table.segments, removals[which]) } } : {})
		};
	};
	return {
		groups: grouped.map(({ relation }) => relation),
		rest,
		gone: [gone.from, gone.to].filter((relation) => relation !== null),
		sources: {
			groups: grouped.map(({ source }) => source),
			rest: grouped.length === 0 || isRead ? { from: side('from'), to: side('to') } : null
		}
	};
}

/** The rows of segments of `one` that the same segments of `other` lack; null where those have no patches. */
function goneRelation(
	{ one, other }: { readonly one: Compared; readonly other: Compared },
	numbers: { readonly one: readonly number[]; readonly other: readonly number[] }
): Relation | null {
	if (numbers.other.every((number) => other.table.segments[number]?.patch === undefined)) return null;
	return {
		name: `@version ${one.id} ${numberRanges(numbers.one)} gone in ${other.id} ${numberRanges(numbers.other)}`,
		version: one.id,
		rows: 'data',
		segments: numbers.one,
		gone: { version: other.id, segments: numbers.other }
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
