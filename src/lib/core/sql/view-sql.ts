// The SQL of a grid's order and filters over a table the engine has.
import type { Column } from '../version/version.ts';
import { quoteName, quoteText } from './quote.ts';
import type { GridFilter, GridView } from './relation.ts';
import { typeFamily } from './types.ts';

/** A column and the expression that reads it from the source. */
export type SourceColumn = Column & { readonly expression: string };

/**
 * `source` is a table, view or parenthesised query. Columns the view names but the source lacks are ignored: the view
 * may be older than the rows.
 */
export function viewSql(source: string, columns: readonly SourceColumn[], view: GridView): string {
	const byName = new Map(columns.toReversed().map((column) => [column.name, column]));
	const conditions = view.filters.flatMap((filter) => {
		const column = byName.get(filter.column);
		return column ? [conditionSql(column, filter)] : [];
	});
	const order = view.orderBy.flatMap(({ column: name, descending }) => {
		const column = byName.get(name);
		return column ? [`${column.expression} ${descending ? 'DESC' : 'ASC'} NULLS LAST`] : [];
	});
	const selected = columns.map(({ name, expression }) => `${expression} AS ${quoteName(name)}`).join(', ');
	const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
	return `SELECT ${selected} FROM ${source}${where}${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`}`;
}

function conditionSql({ expression, type }: SourceColumn, { operator, value }: GridFilter): string {
	const isText = type === 'VARCHAR' || typeFamily(type) === 'nested';
	const left = isText ? `CAST(${expression} AS VARCHAR)` : expression;
	// A text that is no value of the type compares as null, so that no row passes.
	const right = isText ? quoteText(value) : `TRY_CAST(${quoteText(value)} AS ${type})`;
	switch (operator) {
		case 'contains':
			return `contains(lower(CAST(${expression} AS VARCHAR)), lower(${quoteText(value)}))`;
		case 'equals':
			return `${left} = ${right}`;
		case 'not-equals':
			return `${left} IS DISTINCT FROM ${right}`;
		case 'at-least':
			return `${left} >= ${right}`;
		case 'at-most':
			return `${left} <= ${right}`;
		case 'is-null':
			return `${expression} IS NULL`;
		case 'is-not-null':
			return `${expression} IS NOT NULL`;
	}
}
