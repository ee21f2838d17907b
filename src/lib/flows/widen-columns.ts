// The one place where new values meet columns that a layout narrowed: a column they do not fit gets the type back that it had.
import type { ResultId } from '../core/ids.ts';
import type { ColumnSource } from '../core/parquet/parquet-file.ts';
import { ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import { layoutOf } from '../core/version/layout.ts';
import { misfitsSql } from '../core/version/narrow.ts';
import { isPatched } from '../core/version/patch.ts';
import type { CellTexts } from '../core/version/row-edits.ts';
import {
	narrowedColumns,
	retyped,
	retypedTableSql,
	textsTableSql,
	wideSchema,
	withWide
} from '../core/version/widen.ts';
import type { Column, SegmentRef, Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { TablePiece } from './compose-table.ts';
import { cutAt } from './cut-after.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { withFiles } from './lay-out.ts';
import { SegmentWork } from './segment-work.ts';

export type NewValues = {
	/** A FROM item; its columns have the types of `wideSchema`. */
	readonly table: string;
	readonly relations: readonly Relation[];
	/** Columns of the version that it has. */
	readonly given: readonly string[];
};

/** The version's columns with types that hold its own values and the new ones. */
export async function fittingSchema(
	version: Version,
	{ table, relations, given }: NewValues,
	work: SegmentWork
): Promise<Result<readonly Column[], RunSqlFailure>> {
	const narrowed = narrowedColumns(version, given);
	if (narrowed.length === 0) return ok(version.schema);
	const counted = await work.rows(misfitsSql(table, narrowed), relations);
	if (!counted.ok) return counted;
	const [row] = counted.value;
	const misfits = narrowed.filter((_column, index) => Number(row?.[`n${index}`]) > 0);
	return ok(misfits.length > 0 ? withWide(version.schema, misfits) : version.schema);
}

/** As `fittingSchema`, of texts that are cast to their column's type. */
export async function schemaFittingTexts(
	version: Version,
	cells: readonly CellTexts[],
	work: SegmentWork
): Promise<Result<readonly Column[], RunSqlFailure>> {
	const names = new Set(cells.flatMap(Object.keys));
	const narrowed = narrowedColumns(version, [...names]);
	const texts = new Map(
		narrowed.map(({ name }) => {
			const given = cells.flatMap((row) => (Object.hasOwn(row, name) ? (row[name] ?? []) : []));
			return [name, [...new Set(given)]] as const;
		})
	);
	const given = narrowed.filter(({ name }) => (texts.get(name) ?? []).length > 0);
	if (given.length === 0) return ok(version.schema);
	const columns = given.map(({ name, wide }) => ({ name, type: wide }));
	const table = textsTableSql(columns, texts);
	return fittingSchema(version, { table, relations: [], given: given.map(({ name }) => name) }, work);
}

export type FitInput = {
	readonly id: ResultId;
	readonly version: Version;
	/** New rows, with the types of `wideSchema`. */
	readonly table: WrittenTable;
	readonly given: readonly string[];
};

/** New rows that are written already, with types that hold them and the version's own. */
export async function fitWritten(
	{ id, version, table, given }: FitInput,
	work: SegmentWork,
	effects: Pick<Effects, 'engine'>
): Promise<Result<{ readonly schema: readonly Column[]; readonly table: WrittenTable }, RunSqlFailure>> {
	const wide = wideSchema(version);
	if (retyped(version.schema, wide).length === 0) return ok({ schema: version.schema, table });
	return withFiles(id, table, effects, async (rows) => {
		const fitting = await fittingSchema(version, { table: rows, relations: [], given }, work);
		if (!fitting.ok) return fitting;
		const fitted = await work.write(`SELECT * FROM ${retypedTableSql(rows, wide, fitting.value)}`, []);
		return fitted.ok ? ok({ schema: fitting.value, table: fitted.value }) : fitted;
	});
}

const KEPT_VIEW = '@kept';

/** Pieces of a table with the columns `schema`: of segments that are kept, the columns that are wider now are written again. */
export async function widenKept(
	{ id, version, pieces, schema }: WidenInput,
	job: JobHandle,
	effects: Pick<Effects, 'engine'>
): Promise<Result<readonly TablePiece[], RunSqlFailure>> {
	const wider = retyped(version.schema, schema);
	if (wider.length === 0) return ok(pieces);
	const writer = layoutOf(version);
	const work = new SegmentWork(id, job, effects, writer);
	const widened: TablePiece[] = [];
	for (const piece of pieces) {
		if (piece.kind !== 'kept' || piece.segments.length === 0) {
			widened.push(piece);
			continue;
		}
		const segments = numbersOf(piece.segments, version.table.segments);
		// The chunks of patched segments are no longer their rows: of those, all columns are written.
		const isWhole = isPatched(piece);
		const names = isWhole ? '*' : wider.map(({ name }) => quoteName(name)).join(', ');
		const rows = retypedTableSql(quoteName(KEPT_VIEW), version.schema, schema);
		const relation: Relation = { name: KEPT_VIEW, version: version.id, rows: 'data', segments };
		const written = await work.write(`SELECT ${names} FROM ${rows}`, [relation]);
		if (!written.ok) return written;
		const rowCounts = piece.segments.map(({ rowCount }) => rowCount);
		const table = await cutAt({ id, table: written.value, rowCounts, writer }, job, effects);
		if (!table.ok) return table;
		if (isWhole) {
			widened.push({ kind: 'written', table: table.value });
			continue;
		}
		const columns = version.schema.map(({ name }, column): ColumnSource => {
			const at = wider.findIndex((one) => one.name === name);
			return at < 0 ? { from: 'kept', column } : { from: 'written', column: at };
		});
		widened.push({ kind: 'spliced', of: piece, columns, table: table.value });
	}
	return ok(widened);
}

export type WidenInput = {
	readonly id: ResultId;
	readonly version: Version;
	/** Those that are kept are segments of the version, in its order. */
	readonly pieces: readonly TablePiece[];
	readonly schema: readonly Column[];
};

/** Equal segments are told apart by their place. */
function numbersOf(some: readonly SegmentRef[], all: readonly SegmentRef[]): readonly number[] {
	let at = -1;
	return some.map((ref) => (at = all.indexOf(ref, at + 1)));
}
