// The SQL of patches: rows of patched segments in their order, and the patches that a removal makes.
import { quoteName, quoteText } from '../sql/quote.ts';
import type { RelationForm } from '../sql/relation.ts';
import type { PatchedRange, PatchedRows } from './patch.ts';
import type { Column } from './version.ts';

/** Segments and their patches as the engine has them; columns of both are `c0`, `c1`, … */
export type PatchedTable = {
	/** Name of the Parquet file of the segments as they were written. */
	readonly file: string;
	/** Table of the patches' rows; null when there are none. */
	readonly patches: string | null;
	/** The patches only remove rows: their table has no cells. */
	readonly removesOnly: boolean;
	readonly schema: readonly Column[];
};

export function removesOnly(segments: readonly PatchedRows[]): boolean {
	return segments.every(({ rowCount, baseRows, patchRows }) => baseRows - rowCount === patchRows);
}

/** The rows of the table of patches, out of their Parquet file: `place`, and unless they only remove rows `gone`, `c0`, … */
export function patchTableSql(
	file: string,
	segments: readonly PatchedRows[],
	{ schema, removesOnly: isBare }: Pick<PatchedTable, 'schema' | 'removesOnly'>
): string {
	const rows = `FROM read_parquet(${quoteText(file)}, file_row_number = true)`;
	const place = `p + ${stepSql('file_row_number', patchStarts(segments))} AS place`;
	if (isBare) return `SELECT ${place} ${rows}`;
	const cells = schema.map((_column, index) => `c${index}`).join(', ');
	// The last row is what rows without a patch are joined with: see note in `rowsSql`.
	return `SELECT ${place}, d AS gone, ${cells} ${rows} UNION ALL SELECT -1, false, ${nullsOf(schema)}`;
}

/** A FROM item of the rows, in order; of a range, those of its segments. */
export function patchedSql(table: PatchedTable, form: RelationForm | null, range: PatchedRange | null = null): string {
	return form === 'patches' ? patchesSql(table) : `(${rowsSql(table, form, range)})`;
}

function patchesSql({ patches, removesOnly: isBare, schema }: PatchedTable): string {
	if (patches === null) return `(SELECT 0::BIGINT AS place, true AS gone, ${nullsOf(schema)} WHERE false)`;
	if (isBare) return `(SELECT place, true AS gone, ${nullsOf(schema)} FROM ${patches})`;
	return `(SELECT * FROM ${patches} WHERE place >= 0)`;
}

/**
 * Note: why an inner join. Rows of a LEFT JOIN leave DuckDB's hash join with those first, of every 2,048, that found a match. A
 * scalar subquery keeps the order, and so does an inner join in which every row finds one match: the row of its patch, or the
 * row at -1. An anti join keeps it too, and lets filters through to the file's statistics.
 */
function rowsSql(
	{ file, patches, removesOnly: isBare, schema }: PatchedTable,
	form: RelationForm | null,
	range: PatchedRange | null
): string {
	const within = range ? ` WHERE file_row_number >= ${range.baseStart} AND file_row_number < ${range.baseEnd}` : '';
	const base = `read_parquet(${quoteText(file)}, file_row_number = true)`;
	const select = (cell: (index: number) => string): string => {
		const isNamed = form === null || form === 'numbered';
		const cells = schema.map(({ name }, index) => `${cell(index)} AS ${isNamed ? quoteName(name) : `c${index}`}`);
		const place = `b.file_row_number AS ${isNamed ? '"@row"' : 'place'}`;
		return `SELECT ${[...(form === null ? [] : [place]), ...cells].join(', ')}`;
	};
	const own = select((index) => `b.c${index}`);
	if (patches === null) return `${own} FROM (SELECT * FROM ${base}${within}) AS b`;
	if (isBare)
		return `${own} FROM (SELECT * FROM ${base}${within}) AS b ANTI JOIN ${patches} AS q ON q.place = b.file_row_number`;
	const found = `coalesce((SELECT q.place FROM ${patches} AS q WHERE q.place = b.file_row_number), -1) AS k`;
	return `${select((index) => `CASE WHEN b.k < 0 THEN b.c${index} ELSE q.c${index} END`)}
		FROM (SELECT *, ${found} FROM ${base} AS b${within}) AS b JOIN ${patches} AS q ON q.place = b.k WHERE NOT q.gone`;
}

/**
 * A FROM item of the rows that `one` has and `other` removed, with their numbers in `one` as `"@row"`. Both are the same segments
 * as written, in one order, and their patches only remove.
 */
export function goneSql(one: PatchedTable, other: PatchedTable): string {
	const base = `read_parquet(${quoteText(one.file)}, file_row_number = true)`;
	const left = one.patches === null ? '' : ` ANTI JOIN ${one.patches} AS q ON q.place = b.file_row_number`;
	const places = `SELECT row_number() OVER () - 1 AS r, b.file_row_number AS place FROM ${base} AS b${left}`;
	const gone = `SELECT n.r, n.place FROM (${places}) AS n SEMI JOIN ${other.patches ?? '(SELECT -1 AS place)'} AS g ON g.place = n.place`;
	const cells = one.schema.map(({ name }, index) => `b.c${index} AS ${quoteName(name)}`);
	return `(SELECT g.r AS "@row", ${cells.join(', ')} FROM ${base} AS b JOIN (${gone}) AS g ON g.place = b.file_row_number)`;
}

/** Of each segment with a patch: the number of the patch's first row in the file of patches, and of its own first row. */
function patchStarts(segments: readonly PatchedRows[]): readonly { readonly first: number; readonly value: number }[] {
	let [first, value] = [0, 0];
	return segments.flatMap(({ baseRows, patchRows }) => {
		const own = { first, value };
		first += patchRows;
		value += baseRows;
		return patchRows > 0 ? [own] : [];
	});
}

/** The value of the last step that begins at or before `column`, by halving. */
function stepSql(column: string, steps: readonly { readonly first: number; readonly value: number }[]): string {
	const middle = steps[steps.length >> 1];
	if (steps.length < 2 || !middle) return `${steps[0]?.value ?? 0}::BIGINT`;
	const [before, after] = [steps.slice(0, steps.length >> 1), steps.slice(steps.length >> 1)];
	return `CASE WHEN ${column} < ${middle.first} THEN ${stepSql(column, before)} ELSE ${stepSql(column, after)} END`;
}

/** The rows of segments in their order, after the number of each one's segment as `number`; `placed` is the segments in that form. */
export function numberedRowsSql(
	placed: string,
	baseRows: readonly number[],
	schema: readonly Column[],
	number: string
): string {
	let first = 0;
	const steps = baseRows.map((count, value) => {
		first += count;
		return { first: first - count, value };
	});
	const cells = schema.map(({ name }, index) => `c${index} AS ${quoteName(name)}`).join(', ');
	return `SELECT ${stepSql('place', steps)} AS ${quoteName(number)}, ${cells} FROM ${placed}`;
}

function nullsOf(schema: readonly Column[]): string {
	return schema.map(({ type }, index) => `CAST(NULL AS ${type}) AS c${index}`).join(', ');
}

/** The rows of new patches that only remove: the segment's number among `baseRows`, and cells as patches store them. */
export function removalsSql(places: string, baseRows: readonly number[], schema: readonly Column[]): string {
	let first = 0;
	const starts = baseRows.map((count, segment) => {
		first += count;
		return `(${segment}, ${first - count})`;
	});
	return `SELECT g.segment::INTEGER AS segment, (o.place - g.first)::INTEGER AS p, true AS d, ${nullsOf(schema)}
		FROM (${places}) AS o ASOF JOIN (VALUES ${starts.join(', ')}) AS g(segment, first) ON o.place >= g.first
		ORDER BY o.place`;
}
