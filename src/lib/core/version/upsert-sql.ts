// The SQL of taking new rows into a table by key: which segments change, their new rows, and the rows that are new.
import { quoteName, quoteText } from '../sql/quote.ts';
import type { Column } from './version.ts';

export type Upsert = {
	/** FROM items. */
	readonly table: string;
	readonly incoming: string;
	readonly schema: readonly Column[];
	/** Columns of the schema that the incoming rows have, under the same names and types; the key is among them. */
	readonly given: readonly string[];
	readonly key: readonly string[];
};

/** One row: `rows`, `nulls` (rows whose key is null in part), `distincts` (keys), and up to five repeated keys as `repeated`. */
export function keyCheckSql(table: string, key: readonly string[]): string {
	const names = key.map((name, index) => `${quoteName(name)} AS k${index}`);
	const cells = key.map((_name, index) => `k${index}`);
	const isNull = cells.map((cell) => `${cell} IS NULL`).join(' OR ');
	const text = cells.map((cell) => `${cell}::VARCHAR`).join(", ', ', ");
	return `SELECT coalesce(sum(n), 0)::DOUBLE AS rows, coalesce(sum(n) FILTER (WHERE ${isNull}), 0)::DOUBLE AS nulls,
		count(*)::DOUBLE AS distincts, min(concat(${text}), 5) FILTER (WHERE n > 1) AS repeated
		FROM (SELECT ${cells.join(', ')}, count(*) AS n FROM (SELECT ${names.join(', ')} FROM ${table}) GROUP BY ALL)`;
}

/**
 * The rows that the incoming rows change: their place as `"@row"`, the incoming cells as `v0`, …, in the order of `given`, and
 * whether a cell changes as `d0`, …, by the number of its column. `table` has the rows with their places.
 */
export function upsertHitsSql({ table, incoming, schema, given, key }: Upsert): string {
	const values = given.map((name, index) => `i.${quoteName(name)} AS v${index}`);
	const others = given.filter((name) => !key.includes(name));
	const differs = differences({ schema, given, key });
	const flags = others.map((name, at) => `${differs[at]} AS d${schema.findIndex((column) => column.name === name)}`);
	const cells = schema.map((_column, index) => `c${index}`);
	return `SELECT s.r AS "@row", ${[...values, ...flags].join(', ')} FROM ${table} AS s(r, ${cells.join(', ')})
		JOIN ${incoming} AS i ON ${matches(schema, key)} WHERE ${differs.length === 0 ? 'false' : differs.join(' OR ')}`;
}

/** A column's cell in a row that is hit, where `s` is the row as it is and `h` the hit. */
export function upsertCell({ schema, given, key }: Pick<Upsert, 'schema' | 'given' | 'key'>, index: number): string {
	const name = schema[index]?.name ?? '';
	const at = key.includes(name) ? -1 : given.indexOf(name);
	return at < 0 ? `s.c${index}` : `h.v${at}`;
}

/** The rows of `table`, in order, with the cells that the incoming rows give. */
export function updatedRowsSql({ table, incoming, schema, given, key }: Upsert): string {
	const values = schema.map(({ name }) =>
		given.includes(name) && !key.includes(name)
			? `CASE WHEN i.hit THEN i.${quoteName(name)} ELSE s.${cell(schema, name)} END AS ${quoteName(name)}`
			: `s.${cell(schema, name)} AS ${quoteName(name)}`
	);
	return `SELECT ${values.join(', ')} FROM ${numbered(table, schema)}
		LEFT JOIN (SELECT true AS hit, * FROM ${incoming}) AS i ON ${matches(schema, key)} ORDER BY s.r`;
}

/** Incoming rows whose key `table` has not, in order. */
export function newRowsSql({ table, incoming, schema, given, key }: Upsert): string {
	return `SELECT ${conformed(schema, given)} FROM (SELECT row_number() OVER () AS "@r", * FROM ${incoming}) AS i
		ANTI JOIN ${numbered(table, schema)} ON ${matches(schema, key)} ORDER BY i."@r"`;
}

/** Of rows that have the same key the last. */
export function lastOfKeySql(table: string, key: readonly string[]): string {
	const names = key.map(quoteName).join(', ');
	return `(SELECT * EXCLUDE ("@n") FROM (SELECT row_number() OVER () AS "@n", * FROM ${table}) QUALIFY row_number() OVER (PARTITION BY ${names} ORDER BY "@n" DESC) = 1)`;
}

/**
 * One row that counts the incoming ones: `added` has `table` not, `changed` it has with other values, `same` as they are. `extra`
 * are columns that the schema lacks and would get: a value in one of them is another one.
 */
export function upsertCountsSql({
	table,
	incoming,
	schema,
	given,
	key,
	extra
}: Upsert & { readonly extra: readonly string[] }): string {
	const differs = [...differences({ schema, given, key }), ...extra.map((name) => `i.${quoteName(name)} IS NOT NULL`)];
	const isOther = differs.length === 0 ? 'false' : `(${differs.join(' OR ')})`;
	return `SELECT count(*) FILTER (WHERE s.r IS NULL)::DOUBLE AS added, count(*) FILTER (WHERE s.r IS NOT NULL AND ${isOther})::DOUBLE AS changed,
		count(*) FILTER (WHERE s.r IS NOT NULL AND NOT ${isOther})::DOUBLE AS same FROM ${incoming} AS i LEFT JOIN ${numbered(table, schema)} ON ${matches(schema, key)}`;
}

/** Incoming rows with all columns of the schema, in order; those they lack are null. */
export function conformedRowsSql({ incoming, schema, given }: Pick<Upsert, 'incoming' | 'schema' | 'given'>): string {
	return `SELECT ${conformed(schema, given)} FROM ${incoming} AS i`;
}

/** Parquet files that the engine knows by name. */
export function parquetFilesSql(names: readonly string[]): string {
	return `read_parquet([${names.map(quoteText).join(', ')}])`;
}

/** The columns of the schema from `i`, as their types; those it lacks are null. */
export function conformed(schema: readonly Column[], given: readonly string[]): string {
	return schema
		.map(
			({ name, type }) =>
				`CAST(${given.includes(name) ? `i.${quoteName(name)}` : 'NULL'} AS ${type}) AS ${quoteName(name)}`
		)
		.join(', ');
}

/** `s` with the row number `r` and the columns as `c0`, `c1`, …: no name of a column gets in the way. */
export function numbered(table: string, schema: readonly Column[]): string {
	const cells = schema.map((_column, index) => `c${index}`);
	return `(SELECT row_number() OVER () - 1, * FROM ${table}) AS s(r, ${cells.join(', ')})`;
}

/** Whether `s` has another value than `i`, for each column that is given and not of the key. */
export function differences({ schema, given, key }: Pick<Upsert, 'schema' | 'given' | 'key'>): readonly string[] {
	const others = given.filter((name) => !key.includes(name));
	return others.map((name) => `s.${cell(schema, name)} IS DISTINCT FROM i.${quoteName(name)}`);
}

export function matches(schema: readonly Column[], key: readonly string[]): string {
	return key.map((name) => `s.${cell(schema, name)} = i.${quoteName(name)}`).join(' AND ');
}

function cell(schema: readonly Column[], name: string): string {
	return `c${schema.findIndex((column) => column.name === name)}`;
}
