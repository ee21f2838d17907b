// Puts held rows back into DuckDB as a table, so that they can be sorted, filtered and profiled.
import { END_OF_STREAM, concatBytes } from '#core/sql/arrow-messages.ts';
import { HELD_SCHEMA, heldTableSql } from '#core/sql/held.ts';
import type { SourceColumn } from '#core/sql/view-sql.ts';
import type { Duck } from './duck.ts';
import type { HeldRows } from './held.ts';
import { pause, type Job } from './job.ts';

/** One insert blocks the worker: 16 batches are 32,768 rows. */
const BATCHES_AN_INSERT = 16;

/** Names in a result may repeat, those in a table may not: its columns are `c0`, `c1`, … */
export function heldColumns(rows: HeldRows): SourceColumn[] {
	return rows.columns.map((column, index) => ({ ...column, expression: `c${index}` }));
}

/** The table with all rows held so far; made at first use. */
export function heldTable(duck: Duck, rows: HeldRows, job: Job): Promise<string> {
	return rows.table(() => makeTable(duck, rows, rows.batches.length, job));
}

/** A table of the first rows alone; the caller drops it. */
export function sampleTable(duck: Duck, rows: HeldRows, rowCount: number, job: Job): Promise<string> {
	let batchCount = 0;
	for (let taken = 0; taken < rowCount && batchCount < rows.batches.length; batchCount++)
		taken = rows.rowsUntil(batchCount);
	return makeTable(duck, rows, batchCount, job);
}

export async function dropTable(duck: Duck, table: string): Promise<void> {
	await duck.using((connection) => void duck.db.runQuery(connection, `DROP TABLE IF EXISTS ${table}`));
}

async function makeTable(duck: Duck, rows: HeldRows, batchCount: number, job: Job): Promise<string> {
	const name = duck.freshName();
	const table = heldTableSql(name);
	// The engine's own types, not Arrow's: a JSON stays a JSON, a HUGEINT a HUGEINT.
	const columns = rows.columns.map(({ type }, index) => `c${index} ${type === '"NULL"' ? 'INTEGER' : type}`);
	return duck.using(async (connection) => {
		duck.db.runQuery(connection, `CREATE TABLE ${table} (${columns.join(', ')})`);
		try {
			for (let from = 0; from < batchCount; from += BATCHES_AN_INSERT) {
				job.throwIfCancelled();
				const batches = rows.batches.slice(from, Math.min(from + BATCHES_AN_INSERT, batchCount));
				const stream = concatBytes([rows.header, ...batches, END_OF_STREAM]);
				duck.db.insertArrowFromIPCStream(connection, stream, { schema: HELD_SCHEMA, name, create: false });
				await pause();
			}
		} catch (error) {
			duck.db.runQuery(connection, `DROP TABLE IF EXISTS ${table}`);
			throw error;
		}
		return table;
	});
}
