// The SQL that reads a table or a query of PostgreSQL: chosen columns, filters, the page behind a place. Values are settings of the transaction,
// which its COPY reads where it could not take a parameter.
import { csvValue, duckDbTypeOf, jsonValue, type PostgresType } from './postgres-types.ts';
import { chosenColumns, innerQuery, type PlanFailure, type SqlRead, type SqlSource } from './sql-read.ts';

/** A column as it was described. */
export type SqlColumn = {
	readonly name: string;
	readonly type: PostgresType;
	/** As PostgreSQL writes the type, for casts. */
	readonly native: string;
};

export type PlannedRead = {
	/** One statement. */
	readonly copy: string;
	/** What the statement reads as `weir.p0` and so on. */
	readonly settings: readonly string[];
	readonly format: 'ndjson' | 'csv';
	readonly columns: readonly { readonly name: string; readonly type: string }[];
};

export function quoteIdentifier(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** What stands after FROM. */
export function fromSql(source: SqlSource): string {
	if (source.kind === 'table') return `${quoteIdentifier(source.schema)}.${quoteIdentifier(source.name)} AS q`;
	return `${innerQuery(source.sql)} AS q`;
}

export function planRead(read: SqlRead<SqlColumn>): PlannedRead | PlanFailure {
	const { known } = read;
	const chosen = chosenColumns(read);
	if ('kind' in chosen) return chosen;
	const csv = chosen.map(({ name, type }) => csvValue(columnOf(name), type));
	const unfit = chosen.find((_column, index) => csv[index] === null);
	if (read.format === 'csv' && unfit) return { kind: 'not-csv', column: unfit.name };
	const isCsv = read.format === 'csv' || (read.format === 'any' && !unfit && chosen.length > 1);
	const values = isCsv ? csv : chosen.map(({ name, type }) => jsonValue(columnOf(name), type));
	const list = chosen.map(({ name }, index) => `${values[index]} AS ${quoteIdentifier(name)}`).join(', ');
	const settings: string[] = [];
	const setting = (value: string, column: string): string => {
		settings.push(value);
		const native = known.find(({ name }) => name === column)?.native ?? 'text';
		return `current_setting('weir.p${settings.length - 1}')::${native}`;
	};
	const where = [
		...read.filters.map(({ column, op, values }) => {
			const told = values.map((value) => setting(value, column)).join(', ');
			return `${columnOf(column)} ${op === 'in' ? `IN (${told})` : `${op} ${told}`}`;
		}),
		...afterSql(read, setting)
	];
	const order = read.order.map((name) => orderedBy(columnOf(name), name, known));
	const rows = [
		`SELECT ${list} FROM ${fromSql(read.source)}`,
		...(where.length > 0 ? [`WHERE ${where.join(' AND ')}`] : []),
		...(order.length > 0 ? [`ORDER BY ${order.join(', ')}`] : []),
		...(read.limit === null
			? []
			: [order.length > 0 ? `FETCH FIRST ${read.limit} ROWS WITH TIES` : `LIMIT ${read.limit}`])
	].join(' ');
	// JSON writes no control character as it is: with two of them as quote and delimiter, a line is the row and nothing else.
	const copy = isCsv
		? `COPY (${rows}) TO STDOUT WITH (FORMAT csv)`
		: `COPY (SELECT row_to_json(r) FROM (${rows}) AS r) TO STDOUT WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')`;
	return {
		copy,
		settings,
		format: isCsv ? 'csv' : 'ndjson',
		columns: chosen.map(({ name, type }) => ({ name, type: duckDbTypeOf(type) }))
	};
}

function columnOf(name: string): string {
	return `q.${quoteIdentifier(name)}`;
}

/** Texts by their bytes, as they are compared here: a language's own order is none that both sides know. */
function orderedBy(value: string, name: string, known: readonly SqlColumn[]): string {
	const type = known.find((one) => one.name === name)?.type;
	return type && duckDbTypeOf(type) === 'VARCHAR' ? `(${value}::text COLLATE "C")` : value;
}

/** Rows with a null in `order` stand behind all others, and are never passed over in silence. */
function afterSql(
	{ after, order, known }: SqlRead<SqlColumn>,
	setting: (value: string, column: string) => string
): readonly string[] {
	if (after === null || order.length === 0) return [];
	const columns = order.map((name) => orderedBy(columnOf(name), name, known));
	const values = order.map((name, index) => orderedBy(setting(after.values[index] ?? '', name), name, known));
	const nulls = order.map((name) => `${columnOf(name)} IS NULL`).join(' OR ');
	return [`((${columns.join(', ')}) ${after.isFrom ? '>=' : '>'} (${values.join(', ')}) OR ${nulls})`];
}
