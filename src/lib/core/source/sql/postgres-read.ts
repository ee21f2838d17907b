// The SQL that reads a table or a query of PostgreSQL: chosen columns, filters, the page behind a place. Values are settings of the transaction,
// which its COPY reads where it could not take a parameter.
import type { FilterOperator } from '../row-filter.ts';
import { csvValue, duckDbTypeOf, jsonValue, type PostgresType } from './postgres-types.ts';

export type SqlSource =
	| { readonly kind: 'table'; readonly schema: string; readonly name: string }
	| { readonly kind: 'query'; readonly sql: string };

export type SqlFilter = {
	readonly column: string;
	readonly op: FilterOperator;
	/** As PostgreSQL writes them. */
	readonly values: readonly string[];
};

/** A column as it was described. */
export type SqlColumn = {
	readonly name: string;
	readonly type: PostgresType;
	/** As PostgreSQL writes the type, for casts. */
	readonly native: string;
};

export type SqlRead = {
	readonly source: SqlSource;
	/** Those that are read, and others that it is asked by. */
	readonly known: readonly SqlColumn[];
	/** Null reads all. */
	readonly columns: readonly string[] | null;
	readonly filters: readonly SqlFilter[];
	/** Ascending, null values at the end. */
	readonly order: readonly string[];
	/** Rows behind these values of `order`; `isFrom` takes those that have them too. */
	readonly after: { readonly values: readonly string[]; readonly isFrom: boolean } | null;
	/** So many, and those that have the same values of `order` as the last. Null reads all. */
	readonly limit: number | null;
	readonly format: 'ndjson' | 'csv';
};

export type PlannedRead = {
	/** One statement. */
	readonly copy: string;
	/** What the statement reads as `weir.p0` and so on. */
	readonly settings: readonly string[];
	readonly columns: readonly { readonly name: string; readonly type: string }[];
};

export type PlanFailure =
	| { readonly kind: 'unknown-column'; readonly column: string }
	/** CSV does not keep lists and bytes apart from texts. */
	| { readonly kind: 'not-csv'; readonly column: string };

export function quoteIdentifier(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** What stands after FROM; a query ends with its line, so that a comment at its end takes nothing along. */
export function fromSql(source: SqlSource): string {
	if (source.kind === 'table') return `${quoteIdentifier(source.schema)}.${quoteIdentifier(source.name)} AS q`;
	return `(${source.sql.trim().replace(/;$/, '')}\n) AS q`;
}

export function planRead(read: SqlRead): PlannedRead | PlanFailure {
	const { known, format } = read;
	const names = read.columns ?? known.map(({ name }) => name);
	const asked = [...names, ...read.filters.map(({ column }) => column), ...read.order];
	const missing = asked.find((name) => !known.some((one) => one.name === name));
	if (missing !== undefined) return { kind: 'unknown-column', column: missing };
	const chosen = known.filter(({ name }) => names.includes(name));
	const values = chosen.map(({ name, type }) =>
		format === 'csv' ? csvValue(columnOf(name), type) : jsonValue(columnOf(name), type)
	);
	const unfit = chosen.find((_column, index) => values[index] === null);
	if (unfit) return { kind: 'not-csv', column: unfit.name };
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
	const copy =
		format === 'csv'
			? `COPY (${rows}) TO STDOUT WITH (FORMAT csv, NULL '\\N')`
			: `COPY (SELECT row_to_json(r) FROM (${rows}) AS r) TO STDOUT WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')`;
	return { copy, settings, columns: chosen.map(({ name, type }) => ({ name, type: duckDbTypeOf(type) })) };
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
	{ after, order, known }: SqlRead,
	setting: (value: string, column: string) => string
): readonly string[] {
	if (after === null || order.length === 0) return [];
	const columns = order.map((name) => orderedBy(columnOf(name), name, known));
	const values = order.map((name, index) => orderedBy(setting(after.values[index] ?? '', name), name, known));
	const nulls = order.map((name) => `${columnOf(name)} IS NULL`).join(' OR ');
	return [`((${columns.join(', ')}) ${after.isFrom ? '>=' : '>'} (${values.join(', ')}) OR ${nulls})`];
}
