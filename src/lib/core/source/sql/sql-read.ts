// What is asked of a SQL database, whichever it is: chosen columns, filters, the page behind a place.
import type { FilterOperator } from '../row-filter.ts';

export type SqlSource =
	| { readonly kind: 'table'; readonly schema: string; readonly name: string }
	| { readonly kind: 'query'; readonly sql: string };

export type SqlFilter = {
	readonly column: string;
	readonly op: FilterOperator;
	/** As the database writes them. */
	readonly values: readonly string[];
};

/** Of columns as they were described. */
export type SqlRead<Column extends { readonly name: string }> = {
	readonly source: SqlSource;
	/** Those that are read, and others that it is asked by. */
	readonly known: readonly Column[];
	/** Null reads all. */
	readonly columns: readonly string[] | null;
	readonly filters: readonly SqlFilter[];
	/** Ascending, null values at the end. */
	readonly order: readonly string[];
	/** Rows behind these values of `order`; `isFrom` takes those that have them too. */
	readonly after: { readonly values: readonly string[]; readonly isFrom: boolean } | null;
	/** So many, and those that have the same values of `order` as the last. Null reads all. */
	readonly limit: number | null;
	/** `any`: CSV where all has a form in it, and no row is an empty line. */
	readonly format: 'ndjson' | 'csv' | 'any';
};

export type PlanFailure =
	| { readonly kind: 'unknown-column'; readonly column: string }
	/** CSV does not keep lists and bytes apart from texts. */
	| { readonly kind: 'not-csv'; readonly column: string }
	/** None of the column's type. */
	| { readonly kind: 'bad-value'; readonly column: string };

/** Columns that are read, in the order they are known in; or the first that is asked for and not there. */
export function chosenColumns<Column extends { readonly name: string }>({
	known,
	columns,
	filters,
	order
}: SqlRead<Column>): readonly Column[] | PlanFailure {
	const names = columns ?? known.map(({ name }) => name);
	const asked = [...names, ...filters.map(({ column }) => column), ...order];
	const missing = asked.find((name) => !known.some((one) => one.name === name));
	if (missing !== undefined) return { kind: 'unknown-column', column: missing };
	return known.filter(({ name }) => names.includes(name));
}

/** A query as it stands in brackets: it ends with its line, so that a comment at its end takes nothing along. */
export function innerQuery(sql: string): string {
	return `(${sql.trim().replace(/;$/, '')}\n)`;
}
