// The queries behind a statement that changes a dataset: which rows it means, what they become, and how segments are written so.
import type { Column } from '../version/version.ts';
import type { ChangeStatement, Span } from './change-statement.ts';
import { quoteName } from './quote.ts';
import { rewrite, type Edit, type Rewritten } from './rewrite.ts';

type Of<K extends ChangeStatement['kind']> = Extract<ChangeStatement, { readonly kind: K }>;

/** Column of a row's place, from 0, among the rows that the segments of its version were written with. */
const ROW = '"@row"';

/**
 * Rows of `numbered` that an UPDATE or DELETE means, as `"@row"`, with the new values as `v0`, `v1`, … in the order of `SET`;
 * `numbered` are the rows of the dataset in that form.
 */
export function hitsSql(
	sql: string,
	statement: Of<'update'> | Of<'delete'>,
	{ numbered, types }: { readonly numbered: string; readonly types: readonly string[] }
): Rewritten {
	const { alias, where } = statement;
	const from = `FROM ${numbered} AS ${quoteName(alias)}`;
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

/** How many of the `hits` each segment has, as `segment` and `rows`, and how many of those are `gone`, as `removed`; none, left out. */
export function hitCountsSql(hits: string, baseRows: readonly number[], gone = 'false'): string {
	if (baseRows.length === 0) return 'SELECT 0 AS segment, 0 AS rows, 0 AS removed WHERE false';
	return `SELECT g.segment::INTEGER AS segment, count(*)::DOUBLE AS rows, (count(*) FILTER (WHERE ${gone}))::DOUBLE AS removed
		FROM ${hits} AS h
		ASOF JOIN ${startsSql(baseRows)} ON h.${ROW} >= g.first GROUP BY ALL ORDER BY segment`;
}

/** What becomes of rows that are hit. */
export type RowChange = {
	/** Table of the hits: a row's place in the version as `"@row"`, and what `gone` and `cell` read. */
	readonly hits: string;
	/** Whether the row goes, in terms of `h`, its hit. */
	readonly gone: string;
	/** The new cell of a column, in terms of `h`, and of `s`, the row as it is: `s.c0`, … */
	readonly cell: (index: number) => string;
};

/**
 * Columns of the rows of `placed` as changed, in order and without those that go; `placed` has the segments `numbers`.
 *
 * Note: a scalar subquery keeps the order of the rows, which an outer join does not.
 */
export function changedRowsSql(
	placed: string,
	{ hits, gone, cell }: RowChange,
	columns: readonly (Column & { readonly index: number })[],
	baseRows: readonly number[],
	numbers: readonly number[]
): string {
	const shown = columns.map(({ name, type, index }) => {
		const [own, changed] = [`s.c${index}`, cell(index)];
		const value = changed === own ? own : `CASE WHEN h IS NULL THEN ${own} ELSE ${changed} END`;
		return `CAST(${value} AS ${type}) AS ${quoteName(name)}`;
	});
	const found = `(SELECT h FROM (${movedHitsSql(hits, baseRows, numbers)}) AS h WHERE h.${ROW} = p.place) AS h`;
	return `SELECT ${shown.join(', ')} FROM (SELECT *, ${found} FROM ${placed} AS p) AS s
		${gone === 'false' ? '' : `WHERE h IS NULL OR NOT (${gone})`}`;
}

/** The hits, with their places among the rows of the segments `numbers` alone. */
export function movedHitsSql(hits: string, baseRows: readonly number[], numbers: readonly number[]): string {
	if (numbers.length === baseRows.length) return `SELECT * FROM ${hits}`;
	return `SELECT h.* REPLACE (h.${ROW} - g.first + g.moved AS ${ROW}) FROM ${hits} AS h
		ASOF JOIN ${startsSql(baseRows, numbers)} ON h.${ROW} >= g.first WHERE h.${ROW} < g.first + g.count`;
}

/** `moved` is the first row's place among the rows of the segments `numbers` alone. */
function startsSql(
	baseRows: readonly number[],
	numbers: readonly number[] = baseRows.map((_count, number) => number)
): string {
	const isMeant = new Set(numbers);
	let [first, moved] = [0, 0];
	const rows = baseRows.flatMap((count, number) => {
		const row = `(${number}, ${first}, ${count}, ${moved})`;
		first += count;
		if (!isMeant.has(number)) return [];
		moved += count;
		return [row];
	});
	return `(VALUES ${rows.join(', ')}) AS g(segment, first, count, moved)`;
}
