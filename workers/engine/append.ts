// Rows that another worker made, put into a table of the engine's own.
import { HELD_SCHEMA, heldTableSql } from '#core/sql/held.ts';
import { quoteName } from '#core/sql/quote.ts';
import type { Column } from '#core/version/version.ts';
import type { Duck } from './duck.ts';

/** The table is one of the held schema; it is made when there is none. */
export function appendRows(
	duck: Duck,
	table: string,
	columns: readonly Column[],
	arrow: Uint8Array<ArrayBuffer>
): Promise<void> {
	const defined = columns.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ');
	return duck.using((connection) => {
		duck.db.runQuery(connection, `CREATE TABLE IF NOT EXISTS ${heldTableSql(table)} (${defined})`);
		duck.db.insertArrowFromIPCStream(connection, arrow, { schema: HELD_SCHEMA, name: table, create: false });
	});
}
