// The rows of a tab as a report names them: a dataset where they are one as it stands, else a query.
import type { Report } from '#core/report/report.ts';
import { quoteName, writeReference } from '#core/sql/quote.ts';
import { splitStatements } from '#core/sql/tokens.ts';
import { viewSql } from '#core/sql/view-sql.ts';
import type { QueryTab } from './query-tab.svelte.ts';

export type ChartedRows = {
	readonly from: string;
	/** What `from` selects; null where it is a dataset. */
	readonly sql: string | null;
	/** Those that charts are wanted of; none are all. */
	readonly columns: readonly string[];
};

const RESULT = 'result';

/** `columns`: those chosen. Filters hold, the order does not matter. Null where there are no rows. */
export function chartedRows(tab: QueryTab, columns: readonly string[]): ChartedRows | null {
	const { rows, view, kind, title } = tab;
	if (!rows || rows.columns.length === 0) return null;
	if (kind === 'dataset' && view.filters.length === 0) return { from: title, sql: null, columns };
	const text = tab.ran.text || tab.text;
	const statements = splitStatements(text);
	const [only] = statements;
	const asked = only && statements.length === 1 ? text.slice(only.start, only.end) : text;
	const source = kind === 'dataset' ? writeReference(title) : `(${asked}\n)`;
	const filtered = viewSql(
		source,
		rows.columns.map((column) => ({ ...column, expression: quoteName(column.name) })),
		{ filters: view.filters, orderBy: [] }
	);
	return { from: RESULT, sql: view.filters.length === 0 ? asked : filtered, columns };
}

/** A report whose only query they are. */
export function reportOf({ from, sql }: ChartedRows): Report | null {
	const place = { line: 1, column: 1, from: 0, to: 0 };
	const blocks = sql === null ? [] : [{ kind: 'query' as const, name: from, sql, isShown: false, place }];
	return { title: null, description: null, layout: 'page', blocks };
}
