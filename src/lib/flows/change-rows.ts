// UPDATE, DELETE and INSERT: which rows they mean, and what becomes of those.
import { ok } from '../core/result.ts';
import { hitsSql, insertedSql } from '../core/sql/change-sql.ts';
import type { ChangeStatement } from '../core/sql/change-statement.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { TablePiece } from './compose-table.ts';
import { cutAfter, keptKey } from './cut-after.ts';
import { fitWritten, fittingSchema, widenKept } from './widen-columns.ts';
import type { Change, Hits, Outcome, StatementWork } from './statement-work.ts';

type Of<K extends ChangeStatement['kind']> = Extract<ChangeStatement, { readonly kind: K }>;

/** Rewriting segments of which little stays would leave many that are tiny. */
const KEPT_SHARE = 0.5;

export async function update(work: StatementWork, statement: Of<'update'>): Outcome<Change> {
	const named = work.columns(
		statement.sets.map(({ column }) => column),
		'set'
	);
	if (!named.ok) return named;
	const types = named.value.map((column) => work.wide[work.schema.indexOf(column)]?.type ?? column.type);
	const numbered = quoteName(work.changes.numbered.name);
	const found = await work.findHits(hitsSql(work.input.sql, statement, { numbered, types }), 'false');
	if (!found.ok) return found;
	const { rowCount, touched } = found.value;
	if (rowCount === 0) return ok({ rowCount, schema: work.schema, pieces: [] });
	const set = named.value.map(({ name }) => name);
	const cells = set.map((name, index) => `v${index} AS ${quoteName(name)}`).join(', ');
	const given = { table: `(SELECT ${cells} FROM ${work.hits})`, relations: [], given: set };
	const fitting = await fittingSchema(work.input.item.version, given, work.work);
	if (!fitting.ok) return fitting;
	const schema = fitting.value;
	const values = schema.map(({ name }) => set.indexOf(name));
	const columns = values.flatMap((value, column) => (value < 0 ? [] : [column]));
	const cell = (column: number): string => ((values[column] ?? -1) < 0 ? `s.c${column}` : `h.v${values[column]}`);
	const changed = await work.changes.change({ hits: work.hits, gone: 'false', cell, touched, schema, columns });
	return changed.ok ? ok({ rowCount, schema, pieces: [changed.value] }) : changed;
}

export async function remove(work: StatementWork, statement: Of<'delete'>): Outcome<Change> {
	const { schema, input } = work;
	const numbered = quoteName(work.changes.numbered.name);
	const found = await work.findHits(hitsSql(input.sql, statement, { numbered, types: [] }), 'true');
	if (!found.ok) return found;
	const { rowCount, touched } = found.value;
	if (rowCount === 0) return ok({ rowCount, schema, pieces: [] });
	const cell = (column: number): string => `s.c${column}`;
	const change = { hits: work.hits, gone: 'true', cell, touched, schema, columns: [] };
	const written = await work.changes.writtenWhole(change);
	if (!written.ok) return written;
	const { had, stay, segmentCount } = written.value;
	if (stay < had * KEPT_SHARE && segmentCount > 1) return removeAnew(work, found.value);
	const changed = await work.changes.change(change);
	return changed.ok ? ok({ rowCount, schema, pieces: [changed.value] }) : changed;
}

/** All rows that stay, written anew. */
async function removeAnew(work: StatementWork, { rowCount }: Hits): Outcome<Change> {
	const { schema, input } = work;
	const { numbered } = work.changes;
	const shown = schema.map(({ name }) => `s.${quoteName(name)}`).join(', ');
	const sql = `SELECT ${shown} FROM ${quoteName(numbered.name)} AS s ANTI JOIN ${work.hits} AS h ON h."@row" = s."@row"`;
	const written = await work.work.write(sql, [numbered]);
	if (!written.ok) return written;
	const key = keptKey(input.item.version, schema);
	const cut = { id: input.id, table: written.value, key, earlier: input.item.version };
	const table = await cutAfter(cut, work.job, work.effects);
	return table.ok ? ok({ rowCount, schema, pieces: [{ kind: 'written', table: table.value }] }) : table;
}

export async function insert(work: StatementWork, statement: Of<'insert'>): Outcome<Change> {
	const { schema, segments } = work;
	const columns = work.columns(statement.columns ?? [], 'named');
	if (!columns.ok) return columns;
	const given = (statement.columns ? columns.value : schema).map(({ name }) => name);
	const wide = await work.write(insertedSql(work.input.sql, statement, work.wide, given));
	if (!wide.ok) return wide;
	const { id, item } = work.input;
	const fitting = { id, version: item.version, table: wide.value, given };
	const fitted = await fitWritten(fitting, work.work, work.effects);
	if (!fitted.ok) return fitted;
	const { table } = fitted.value;
	const added: readonly TablePiece[] = [
		{ kind: 'kept', segments },
		{ kind: 'written', table }
	];
	const widening = { id, version: item.version, pieces: added, schema: fitted.value.schema };
	const pieces = await widenKept(widening, work.job, work.effects);
	if (!pieces.ok) return pieces;
	return ok({ rowCount: table.rowCount, schema: fitted.value.schema, pieces: pieces.value });
}
