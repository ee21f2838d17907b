// The queries behind a statement that changes a dataset: which rows it means, what they become, and how segments are written so.
import type { Column, SegmentRef } from '../version/version.ts';
import type { ChangeStatement, Span } from './change-statement.ts';
import { quoteName } from './quote.ts';
import { rewrite, type Edit, type Rewritten } from './rewrite.ts';

type Of<K extends ChangeStatement['kind']> = Extract<ChangeStatement, { readonly kind: K }>;

/** Column of a row's number, from 0, in the tables below. */
const ROW = '"@row"';

/** Rows that an UPDATE or DELETE means, as `"@row"`, with the new values as `v0`, `v1`, … in the order of `SET`. */
export function hitsSql(sql: string, statement: Of<'update'> | Of<'delete'>, types: readonly string[]): Rewritten {
	const { dataset, alias, where } = statement;
	const from = `FROM (SELECT row_number() OVER () - 1 AS ${ROW}, * FROM ${quoteName(dataset)}) AS ${quoteName(alias)}`;
	const edits: Edit[] = [];
	let start = 0;
	if (statement.kind === 'delete') {
		edits.push({ start, end: where?.start ?? sql.length, text: `SELECT ${ROW} ${from}${where ? ' WHERE (' : ''}` });
	} else {
		for (const [index, { value }] of statement.sets.entries()) {
			const before = index === 0 ? `SELECT ${ROW}, CAST((` : castEnd(types[index - 1], index - 1, ', CAST((');
			edits.push({ start, end: value.start, text: before });
			start = value.end;
		}
		const last = statement.sets.length - 1;
		const text = castEnd(types[last], last, ` ${from}${where ? ' WHERE (' : ''}`);
		edits.push({ start, end: where?.start ?? sql.length, text });
	}
	if (where) edits.push({ start: where.end, end: sql.length, text: '\n)' });
	return rewrite(sql, edits);
}

/** A line of its own: a comment may end the value. */
function castEnd(type: string | undefined, index: number, then: string): string {
	return `\n) AS ${type}) AS v${index}${then}`;
}

export type ColumnValue = {
	readonly dataset: string;
	readonly as: string;
	readonly type: string;
	/** In the statement; without it, `otherwise` is the value in SQL. */
	readonly value: Span | null;
	readonly otherwise: string;
};

/** All rows in order, with one column. */
export function columnSql(sql: string, { dataset, as, type, value, otherwise }: ColumnValue): Rewritten {
	const cast = `AS ${type}) AS ${quoteName(as)} FROM ${quoteName(dataset)}`;
	if (!value) return rewrite(sql, [{ start: 0, end: sql.length, text: `SELECT CAST(${otherwise} ${cast}` }]);
	return rewrite(sql, [
		{ start: 0, end: value.start, text: 'SELECT CAST((' },
		{ start: value.end, end: sql.length, text: `\n) ${cast}` }
	]);
}

/** The rows an INSERT adds, with all columns of the schema; `given` are those it gives, in its order. */
export function insertedSql(
	sql: string,
	{ query }: Of<'insert'>,
	schema: readonly Column[],
	given: readonly string[]
): Rewritten {
	const cells = schema.map(({ name, type }) => {
		const at = given.indexOf(name);
		return `CAST(${at < 0 ? 'NULL' : `i.c${at}`} AS ${type}) AS ${quoteName(name)}`;
	});
	return rewrite(sql, [
		{ start: 0, end: query.start, text: `SELECT ${cells.join(', ')} FROM (` },
		{ start: query.end, end: sql.length, text: `\n) AS i(${given.map((_name, at) => `c${at}`).join(', ')})` }
	]);
}

/**
 * How many of the `hits` each segment has, as `segment` and `rows`, and of how many of those `gone` says so, as `removed`;
 * segments with none are left out.
 */
export function hitCountsSql(hits: string, segments: readonly SegmentRef[], gone = 'false'): string {
	if (segments.length === 0) return 'SELECT 0 AS segment, 0 AS rows, 0 AS removed WHERE false';
	return `SELECT g.segment::INTEGER AS segment, count(*)::DOUBLE AS rows, (count(*) FILTER (WHERE ${gone}))::DOUBLE AS removed
		FROM ${hits} AS h
		ASOF JOIN ${startsSql(segments)} ON h.${ROW} >= g.first GROUP BY ALL ORDER BY segment`;
}

/** `table` holds the segments `touched` in order: their rows, in order, without the hits. */
export function withoutHitsSql(
	table: string,
	hits: string,
	schema: readonly Column[],
	segments: readonly SegmentRef[],
	touched: readonly number[]
): string {
	const shown = schema.map(({ name }) => `s.${quoteName(name)}`).join(', ');
	return `SELECT ${shown} FROM (SELECT row_number() OVER () - 1 AS ${ROW}, * FROM ${table}) AS s
		ANTI JOIN (${movedHitsSql(hits, segments, touched)}) AS h ON h.${ROW} = s.${ROW} ORDER BY s.${ROW}`;
}

/** As `withoutHitsSql`, of the columns `shown` alone, in their types: where a row is hit, those of `set` have its values, in that order. */
export function withHitsSql(
	table: string,
	hits: string,
	columns: { readonly shown: readonly Column[]; readonly set: readonly string[] },
	segments: readonly SegmentRef[],
	touched: readonly number[]
): string {
	const names = columns.shown.map(({ name }) => quoteName(name));
	const shown = columns.shown.map(({ name, type }, index) => {
		const value = columns.set.indexOf(name);
		const cell = value < 0 ? `s.c${index}` : `CASE WHEN h.hit THEN h.v${value} ELSE s.c${index} END`;
		return `CAST(${cell} AS ${type}) AS ${quoteName(name)}`;
	});
	const cells = names.map((_name, index) => `c${index}`);
	return `SELECT ${shown.join(', ')} FROM (SELECT row_number() OVER () - 1, ${names.join(', ')} FROM ${table}) AS s(r, ${cells.join(', ')})
		LEFT JOIN (SELECT true AS hit, * FROM (${movedHitsSql(hits, segments, touched)})) AS h ON h.${ROW} = s.r ORDER BY s.r`;
}

/** The hits, with their row numbers in a table of the touched segments alone. */
export function movedHitsSql(hits: string, segments: readonly SegmentRef[], touched: readonly number[]): string {
	if (touched.length === segments.length) return `SELECT * FROM ${hits}`;
	return `SELECT h.* REPLACE (h.${ROW} - g.first + g.moved AS ${ROW}) FROM ${hits} AS h
		ASOF JOIN ${startsSql(segments, touched)} ON h.${ROW} >= g.first WHERE h.${ROW} < g.first + g.count`;
}

/** `moved` is the first row's number among the touched segments alone. */
function startsSql(
	segments: readonly SegmentRef[],
	touched: readonly number[] = segments.map((_ref, at) => at)
): string {
	const isTouched = new Set(touched);
	let [first, moved] = [0, 0];
	const rows = segments.flatMap(({ rowCount }, number) => {
		const row = `(${number}, ${first}, ${rowCount}, ${moved})`;
		first += rowCount;
		if (!isTouched.has(number)) return [];
		moved += rowCount;
		return [row];
	});
	return `(VALUES ${rows.join(', ')}) AS g(segment, first, count, moved)`;
}
