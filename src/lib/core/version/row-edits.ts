// Edits of single rows: which segments of a table they touch, and the SQL that gives each of those its new rows.
import { quoteName, quoteText } from '../sql/quote.ts';
import type { Column, SegmentRef } from './version.ts';

/** Texts by column name, as DuckDB casts them to the column's type; null is NULL. A column left out stays, or is NULL. */
export type CellTexts = Readonly<Record<string, string | null>>;

/** Rows are numbered from 0 as the version has them, whatever else is edited. Of two changes of one cell, the later counts. */
export type RowEdits = {
	readonly changed: readonly { readonly row: number; readonly cells: CellTexts }[];
	readonly removed: readonly number[];
	/** Each comes before the row `before`; the row count means the end. Several before one row keep their order. */
	readonly added: readonly { readonly before: number; readonly cells: CellTexts }[];
};

/** Edits of one segment, with rows numbered from its first one. */
export type SegmentEdits = RowEdits & { readonly segment: number };

/** The touched segments in order; rows added to a table without segments are in segment 0. */
export function editsBySegment(edits: RowEdits, segments: readonly SegmentRef[]): readonly SegmentEdits[] {
	const starts: number[] = [];
	let rowCount = 0;
	for (const segment of segments) {
		starts.push(rowCount);
		rowCount += segment.rowCount;
	}
	const last = Math.max(0, segments.length - 1);
	const segmentOf = (row: number): number => {
		const after = starts.findIndex((start) => start > row);
		return after < 0 ? last : after - 1;
	};
	const touched = new Map<
		number,
		{ changed: RowEdits['changed'][number][]; removed: number[]; added: RowEdits['added'][number][] }
	>();
	const of = (row: number) => {
		const segment = segmentOf(row);
		const found = touched.get(segment) ?? { changed: [], removed: [], added: [] };
		touched.set(segment, found);
		return { found, start: starts[segment] ?? 0 };
	};
	const changes = new Map<number, CellTexts>();
	for (const { row, cells } of edits.changed) changes.set(row, { ...changes.get(row), ...cells });
	for (const [row, cells] of changes) {
		const { found, start } = of(row);
		found.changed.push({ row: row - start, cells });
	}
	for (const row of edits.removed) {
		const { found, start } = of(row);
		found.removed.push(row - start);
	}
	for (const { before, cells } of edits.added) {
		const { found, start } = of(before);
		found.added.push({ before: before - start, cells });
	}
	return [...touched].sort(([one], [other]) => one - other).map(([segment, found]) => ({ segment, ...found }));
}

/**
 * A query for the rows of `table` as edited, in order.
 *
 * Fails:  the query ends in a conversion error when a text is no value of its column's type
 */
export function editedRowsSql(table: string, schema: readonly Column[], edits: RowEdits): string {
	const cells = schema.map((_column, index) => `c${index}`);
	const edited = schema.flatMap(({ name, type }, index) =>
		edits.changed.some((change) => Object.hasOwn(change.cells, name)) ? [{ name, type, index }] : []
	);
	const values = schema.map((_column, index) => {
		const edit = edited.find((column) => column.index === index);
		return edit ? `CASE WHEN e.h${index} THEN CAST(e.v${index} AS ${edit.type}) ELSE s.c${index} END` : `s.c${index}`;
	});
	const numbered = `(SELECT row_number() OVER () - 1, * FROM ${table}) AS s(r, ${cells.join(', ')})`;
	const changes = edits.changed.map(({ row, cells: texts }) =>
		[`${row}`, ...edited.map(({ name }) => `${Object.hasOwn(texts, name)}, ${textOf(texts, name)}`)].join(', ')
	);
	const changed =
		edited.length === 0
			? ''
			: `LEFT JOIN (VALUES (${changes.join('), (')})) AS e(r, ${edited.map(({ index }) => `h${index}, v${index}`).join(', ')}) ON e.r = s.r`;
	const kept = edits.removed.length === 0 ? '' : `WHERE s.r NOT IN (${edits.removed.join(', ')})`;
	const parts = [`SELECT s.r, 1, 0, ${values.join(', ')} FROM ${numbered} ${changed} ${kept}`];
	if (edits.added.length > 0) {
		const added = edits.added.map(({ before, cells: texts }, order) =>
			[`${before}`, '0', `${order}`, ...schema.map(({ name, type }) => `CAST(${textOf(texts, name)} AS ${type})`)].join(
				', '
			)
		);
		parts.push(`SELECT * FROM (VALUES (${added.join('), (')}))`);
	}
	const shown = schema.map(({ name }, index) => `c${index} AS ${quoteName(name)}`).join(', ');
	return `SELECT ${shown} FROM (${parts.join(' UNION ALL ')}) AS rows_(r, o, n, ${cells.join(', ')}) ORDER BY r, o, n`;
}

/**
 * A query for the edits of rows that stay where they are: `"@row"`, `gone`, and for each edited column whether it is (`h0`) and
 * its text (`v0`), numbered as `columns`, which has the numbers of the edited columns, tells.
 */
export function rowEditsSql(
	{ changed, removed }: Pick<RowEdits, 'changed' | 'removed'>,
	schema: readonly Column[]
): { readonly sql: string; readonly columns: readonly number[] } {
	const cells = new Map<number, CellTexts>();
	for (const { row, cells: texts } of changed) cells.set(row, { ...cells.get(row), ...texts });
	const names = new Set(changed.flatMap((change) => Object.keys(change.cells)));
	const columns = schema.flatMap(({ name }, index) => (names.has(name) ? [index] : []));
	const gone = new Set(removed);
	const rows = [...new Set([...cells.keys(), ...gone])].map((row) => {
		const texts = cells.get(row) ?? {};
		const values = columns.flatMap((column) => {
			const name = schema[column]?.name ?? '';
			return [`${Object.hasOwn(texts, name)}`, textOf(texts, name)];
		});
		return `(${[row, gone.has(row), ...values].join(', ')})`;
	});
	const shown = ['"@row"', 'gone', ...columns.flatMap((_column, at) => [`h${at}`, `v${at}`])];
	return { sql: `SELECT * FROM (VALUES ${rows.join(', ')}) AS e(${shown.join(', ')})`, columns };
}

/** Edits of segments in which no row is added, with rows numbered as the version has them. */
export function joinEdits(
	edits: readonly SegmentEdits[],
	segments: readonly SegmentRef[]
): Pick<RowEdits, 'changed' | 'removed'> {
	let rowCount = 0;
	const starts = segments.map((segment) => (rowCount += segment.rowCount) - segment.rowCount);
	return {
		changed: edits.flatMap(({ segment, changed }) =>
			changed.map(({ row, cells }) => ({ row: row + (starts[segment] ?? 0), cells }))
		),
		removed: edits.flatMap(({ segment, removed }) => removed.map((row) => row + (starts[segment] ?? 0)))
	};
}

/** The query's rows with their places instead of their numbers; `numbered` are the version's rows in that form. */
export function placedEditsSql(sql: string, numbered: string): string {
	return `SELECT n.place AS "@row", e.* EXCLUDE ("@row")
		FROM (SELECT row_number() OVER () - 1 AS r, "@row" AS place FROM ${numbered}) AS n JOIN (${sql}) AS e ON e."@row" = n.r`;
}

/** The new cell of a column, where `s` is the row as it is and `h` its edit. */
export function editedCell(index: number, columns: readonly number[], schema: readonly Column[]): string {
	const at = columns.indexOf(index);
	return at < 0
		? `s.c${index}`
		: `CASE WHEN h.h${at} THEN CAST(h.v${at} AS ${schema[index]?.type}) ELSE s.c${index} END`;
}

function textOf(texts: CellTexts, name: string): string {
	const text = Object.hasOwn(texts, name) ? (texts[name] ?? null) : null;
	return text === null ? 'NULL::VARCHAR' : quoteText(text);
}
