// ALTER TABLE: columns are added, dropped, renamed and retyped beside the chunks of the others.
import type { ColumnSource } from '../core/parquet/parquet-file.ts';
import { ok } from '../core/result.ts';
import { columnSql, type ColumnValue } from '../core/sql/change-sql.ts';
import type { ChangeStatement } from '../core/sql/change-statement.ts';
import { quoteName } from '../core/sql/quote.ts';
import { renamedInLayout } from '../core/version/layout.ts';
import type { Column } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import { compactedPiece } from './compact-dataset.ts';
import type { Change, Outcome, StatementWork } from './statement-work.ts';

type Alter = Exclude<ChangeStatement, { kind: 'update' } | { kind: 'delete' } | { kind: 'insert' }>;

/** Every row has a changed column, so all of them count. */
export async function alter(work: StatementWork, statement: Alter): Outcome<Change> {
	const { kind, column } = statement;
	const { schema, segments } = work;
	const kept = schema.map((_column, at): ColumnSource => ({ from: 'kept', column: at }));
	const rowCount = Math.max(1, work.input.item.version.table.rowCount);
	const spliced = (to: readonly Column[], columns: readonly ColumnSource[]): Change => ({
		rowCount,
		schema: to,
		pieces: [{ kind: 'spliced', of: { kind: 'kept', segments }, columns, table: null }]
	});
	if (kind === 'add-column') {
		if (work.has(column.name)) return work.refuse(`There is a column ${column.name} already`, column.start);
		const value = { ...statement, as: column.name, otherwise: 'NULL' };
		return withColumn(work, value, schema.length);
	}
	const found = work.column(column);
	if (!found.ok) return found;
	const { name } = found.value;
	const at = schema.indexOf(found.value);
	switch (kind) {
		case 'drop-column':
			if (schema.length === 1) return work.refuse('The only column cannot be dropped', column.start);
			return ok(spliced(schema.toSpliced(at, 1), kept.toSpliced(at, 1)));
		case 'rename-column': {
			const { to } = statement;
			if (work.has(to) && to.toLowerCase() !== name.toLowerCase())
				return work.refuse(`There is a column ${to} already`, column.start);
			const key = work.input.item.version.primaryKey?.map((one) => (one === name ? to : one));
			const renamed = schema.with(at, { ...found.value, name: to });
			const change = spliced(renamed, kept.with(at, { from: 'kept', column: at, name: to }));
			const layout = renamedInLayout(work.layout, name, to);
			return ok({ ...change, ...(key ? { primaryKey: key } : {}), layout });
		}
		case 'retype-column':
			return withColumn(work, { ...statement, as: name, otherwise: quoteName(name) }, at);
	}
}

/** The table with a column that is written, at a place where there is one or behind the last. */
async function withColumn(work: StatementWork, value: Omit<ColumnValue, 'dataset'>, at: number): Outcome<Change> {
	const { schema, input } = work;
	const { version } = input.item;
	const rowCount = Math.max(1, version.table.rowCount);
	const whole = await compactedPiece({ id: input.id, version }, work.job, work.effects);
	if (!whole.ok) return whole;
	const column = await writeColumn(work, value);
	if (!column.ok) return column;
	const [made] = column.value.schema;
	const to = made ? schema.toSpliced(at, 1, made) : schema;
	const kept = schema.map((_column, number): ColumnSource => ({ from: 'kept', column: number }));
	const columns = kept.toSpliced(at, 1, { from: 'written', column: 0 });
	return ok({ rowCount, schema: to, pieces: [{ kind: 'spliced', of: whole.value, columns, table: column.value }] });
}

/** A column for every row, in row groups as the table has them. */
async function writeColumn(work: StatementWork, column: Omit<ColumnValue, 'dataset'>): Outcome<WrittenTable> {
	const { item, sql } = work.input;
	const table = await work.write(columnSql(sql, { ...column, dataset: item.dataset.name }));
	if (!table.ok) return table;
	const counts = work.segments.map(({ rowCount }) => rowCount);
	return work.cut(table.value, counts);
}
