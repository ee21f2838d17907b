// Blocks whose rows are groups: what tells the groups apart, what is counted of each, and which of them are shown in which order.
// Kept apart from the SQL that says the same, so that groups that were asked for once can be added up again without the engine.
import { quoteName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { findColumn, kindOf, valueSql } from './column-sql.ts';
import type { CellType, CellValue, EditionColumn, EditionTable } from './edition.ts';
import type { Measure } from './report.ts';

export type GroupKey = { readonly name: string; readonly type: CellType; readonly sql: string };

export type GroupValue = {
	readonly name: string;
	readonly type: CellType;
	readonly merge: 'count' | 'sum' | 'avg' | 'min' | 'max';
	/** A DOUBLE over the rows, or of a count what must not be null; null counts rows. */
	readonly sql: string | null;
};

export type Groups = {
	/** In the order that groups are listed by, nulls last. */
	readonly keys: readonly GroupKey[];
	readonly values: readonly GroupValue[];
	/** Keys without which a group is left out. */
	readonly whole: readonly string[];
	readonly rank: Rank | null;
	/** Rows of the table. */
	readonly limit: number;
	/** What `totalRows` counts. */
	readonly total: 'groups' | 'rows';
};

/** The first key's values, put in order by itself or by the sum of the first value of their groups. */
export type Rank = { readonly by: 'key' | 'most' | 'least'; readonly limit: number };

/** Null where the values of two sets of rows do not give that of both together. */
export function groupValue(
	name: string,
	measure: Measure,
	columns: readonly Column[],
	from: string
): GroupValue | null {
	if (measure.kind === 'column') return null;
	const { aggregate } = measure;
	if (aggregate === 'median' || aggregate === 'distinct') return null;
	if (measure.column === null) return { name, type: 'number', merge: 'count', sql: null };
	const column = findColumn(measure.column, columns, from);
	if (!column.ok) return null;
	if (aggregate === 'count') return { name, type: 'number', merge: 'count', sql: quoteName(column.value.name) };
	const kind = kindOf(column.value);
	const value = valueSql(column.value);
	if (kind === 'number') return { name, type: 'number', merge: aggregate, sql: value.sql };
	const isOrdered = kind === 'date' && (aggregate === 'min' || aggregate === 'max');
	return isOrdered ? { name, type: value.type, merge: aggregate, sql: value.sql } : null;
}

/** What a group came to, under its key's number. */
export type GroupSums = {
	/** The keys' values, one list for each key, in the order of the keys. */
	readonly keys: readonly (readonly CellValue[])[];
	readonly rowCount: (group: number) => number;
	readonly value: (group: number, value: number) => number | null;
};

/** As `readTable` of the SQL of the same groups has it, before series and the ends of bins. */
export function listGroups(
	groups: Groups,
	sums: GroupSums
): { readonly table: EditionTable; readonly totalRows: number } {
	const whole = groups.keys.flatMap(({ name }, at) => (groups.whole.includes(name) ? [at] : []));
	const count = groups.keys.length === 0 ? 1 : (sums.keys[0]?.length ?? 0);
	const shown: number[] = [];
	for (let group = 0; group < count; group++) {
		if (groups.keys.length > 0 && sums.rowCount(group) === 0) continue;
		if (whole.every((key) => (sums.keys[key]?.[group] ?? null) !== null)) shown.push(group);
	}
	const ranked = groups.rank ? rankGroups(shown, groups.rank, sums) : { shown, count: shown.length };
	const rows = ranked.shown.slice(0, groups.limit);
	const totalRows =
		rows.length === 0
			? 0
			: groups.total === 'groups'
				? ranked.count
				: shown.reduce((all, group) => all + sums.rowCount(group), 0);
	const keys = groups.keys.map(({ name, type }, at): EditionColumn => {
		const values = sums.keys[at] ?? [];
		return { name, type, values: rows.map((group) => values[group] ?? null) };
	});
	const values = groups.values.map(({ name, type }, at): EditionColumn => ({
		name,
		type,
		values: rows.map((group) => told(sums.value(group, at)))
	}));
	return { table: { rowCount: rows.length, columns: [...keys, ...values] }, totalRows };
}

function told(value: number | null): CellValue {
	return value === null || Number.isFinite(value) ? value : String(value);
}

function rankGroups(
	shown: readonly number[],
	{ by, limit }: Rank,
	sums: GroupSums
): { readonly shown: readonly number[]; readonly count: number } {
	const names = sums.keys[0] ?? [];
	// Groups come in the order of their first key, so those of one stand together.
	const stands: { readonly groups: number[]; sum: number | null }[] = [];
	let last: CellValue | undefined;
	for (const group of shown) {
		const name = names[group] ?? null;
		if (stands.length === 0 || name !== last) stands.push({ groups: [], sum: null });
		last = name;
		const stand = stands.at(-1);
		stand?.groups.push(group);
		const value = sums.value(group, 0);
		if (stand && value !== null) stand.sum = (stand.sum ?? 0) + value;
	}
	const sorted =
		by === 'key' ? stands : stands.toSorted((one, other) => compareSums(one.sum, other.sum, by === 'most'));
	return { shown: sorted.slice(0, limit).flatMap(({ groups }) => groups), count: stands.length };
}

/** NaN is the greatest, as DuckDB has it; null comes last either way. */
function compareSums(one: number | null, other: number | null, isDescending: boolean): number {
	if (one === null || other === null) return Number(one === null) - Number(other === null);
	return isDescending ? compareNumbers(other, one) : compareNumbers(one, other);
}

export function compareNumbers(one: number, other: number): number {
	if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
	return one < other ? -1 : one > other ? 1 : 0;
}
