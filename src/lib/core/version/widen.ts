// Columns that a layout narrowed, and new values that need the type they had before.
import { quoteName, quoteText } from '../sql/quote.ts';
import { layoutOf, type ColumnType } from './layout.ts';
import type { Narrowed } from './narrow.ts';
import type { Column, Version } from './version.ts';

type LaidOut = Pick<Version, 'schema' | 'layout'>;

/** Narrowed columns, of those named. */
export function narrowedColumns(version: LaidOut, names: readonly string[]): readonly Narrowed[] {
	return version.schema.flatMap(({ name, type }) => {
		const before = layoutOf(version).narrowed.find((one) => one.name === name);
		return before && before.type !== type && names.includes(name) ? [{ name, narrow: type, wide: before.type }] : [];
	});
}

/** What new values are read as: columns that were narrowed have the types they had. */
export function wideSchema(version: LaidOut): readonly Column[] {
	const narrowed = narrowedColumns(
		version,
		version.schema.map(({ name }) => name)
	);
	return withWide(version.schema, narrowed);
}

export function withWide(schema: readonly Column[], columns: readonly Narrowed[]): readonly Column[] {
	return schema.map((column) => {
		const found = columns.find(({ name }) => name === column.name);
		return found ? { name: column.name, type: found.wide } : column;
	});
}

/** The columns of `to` that have another type in `from`. */
export function retyped(from: readonly Column[], to: readonly Column[]): readonly Column[] {
	return to.filter(({ name, type }) => from.some((one) => one.name === name && one.type !== type));
}

/** A FROM item with the rows of `table`, whose columns are `from`, with the types of `to`. */
export function retypedTableSql(table: string, from: readonly Column[], to: readonly Column[]): string {
	const columns = retyped(from, to);
	if (columns.length === 0) return table;
	const casts = columns.map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`);
	return `(SELECT * REPLACE (${casts.join(', ')}) FROM ${table})`;
}

/** A FROM item of texts as values of their columns' types; a text that is no value of its type is null. */
export function textsTableSql(columns: readonly ColumnType[], texts: ReadonlyMap<string, readonly string[]>): string {
	const rows = columns.flatMap(({ name }) =>
		(texts.get(name) ?? []).map((text) => {
			const cells = columns.map((column) =>
				column.name === name ? `TRY_CAST(${quoteText(text)} AS ${column.type})` : `NULL::${column.type}`
			);
			return `(${cells.join(', ')})`;
		})
	);
	return `(VALUES ${rows.join(', ')}) AS given(${columns.map(({ name }) => quoteName(name)).join(', ')})`;
}
