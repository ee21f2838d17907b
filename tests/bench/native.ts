// Native DuckDB of the page's own version, on one thread: the yardstick. Run by run.ts in a process of its own.
import { DuckDBInstance } from '@duckdb/node-api';
import { eventsSql, usersSql } from './queries.ts';
import type { System } from './systems.ts';

/** Writes events and users as CSV and Parquet under `folder`, once. */
export async function generate(folder: string, rowCount: number): Promise<void> {
	const connection = await connect();
	await connection.run(`copy (${eventsSql(rowCount)}) to '${folder}/events-${rowCount}.csv' (format csv, header true)`);
	await connection.run(
		`copy (from '${folder}/events-${rowCount}.csv') to '${folder}/events-${rowCount}.parquet' (format parquet, compression zstd)`
	);
	await connection.run(`copy (${usersSql}) to '${folder}/users.csv' (format csv, header true)`);
	connection.closeSync();
}

/** Files are written under `folder`. */
export async function nativeSystem(
	folder: string,
	rowCount: number,
	flights: string
): Promise<System & { close(): void }> {
	const connection = await connect();
	const run = async (sql: string): Promise<number> => {
		const start = performance.now();
		await connection.runAndReadAll(sql);
		return performance.now() - start;
	};
	const csv = `read_csv('${folder}/events-${rowCount}.csv')`;
	const copy = (source: string): Promise<number> =>
		run(`copy (from ${source}) to '${folder}/out.parquet' (format parquet, compression zstd)`);
	const steps: Readonly<Record<string, () => Promise<number>>> = {
		'csv-load': () => run(`create or replace table events as from ${csv}`),
		'csv-ingest': () => copy(csv),
		'parquet-ingest': () => copy(`'${folder}/events-${rowCount}.parquet'`),
		'load events': () => run(`create or replace table users as from read_csv('${folder}/users.csv')`),
		'export-csv': () => run(`copy events to '${folder}/out.csv' (format csv)`),
		'export-parquet': () => copy('events'),
		'drop events': () => run('drop table events'),
		'flights-ingest': () => copy(`'${flights}'`),
		'load flights': () => run(`create or replace table flights as from '${flights}'`)
	};
	return {
		name: 'native',
		time: async (task) => (task.kind === 'query' ? run(task.sql) : ((await steps[task.id]?.()) ?? null)),
		close: () => connection.closeSync()
	};
}

async function connect() {
	const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
	return instance.connect();
}
