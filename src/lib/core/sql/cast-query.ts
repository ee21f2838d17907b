// What goes round a query so that its columns have the types that a format or a reader keeps.
import type { Column } from '../version/version.ts';
import { quoteName } from './quote.ts';

/** What goes round a query so that its columns have types a format keeps; nothing when they have them already. */
export function castQuery(
	columns: readonly Column[] | null,
	keptType: (type: string) => string
): { readonly prefix: string; readonly suffix: string } {
	if (!columns) return { prefix: 'SELECT * FROM (', suffix: '\n)' };
	if (columns.every(({ type }) => keptType(type) === type)) return { prefix: '', suffix: '' };
	return selectFrom(columns, (column, { type }) =>
		keptType(type) === type ? column : `CAST(${column} AS ${keptType(type)})`
	);
}

/** `SELECT … FROM (` and what closes it: the columns of a query one by one, though names may repeat. */
export function selectFrom(
	columns: readonly Column[],
	expressionOf: (column: string, of: Column) => string,
	nameOf: (name: string) => string = (name) => name
): { readonly prefix: string; readonly suffix: string } {
	const selected = columns.map(
		(column, index) => `${expressionOf(`c${index}`, column)} AS ${quoteName(nameOf(column.name))}`
	);
	const names = columns.map((_column, index) => `c${index}`);
	return { prefix: `SELECT ${selected.join(', ')} FROM (`, suffix: `\n) AS rows_(${names.join(', ')})` };
}
