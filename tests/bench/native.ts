// Native DuckDB of the page's own version, on one thread: the yardstick. Run by run.ts in a process of its own.
import { DuckDBInstance } from '@duckdb/node-api';
import { eventQueries, eventsSql, flightQueries, usersSql } from './queries.ts';

export type Timings = Record<string, number>;

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

/** Best of `rounds` for each task, in ms. */
export async function measureNative(
	folder: string,
	rowCount: number,
	flights: string,
	rounds: number
): Promise<Timings> {
	const connection = await connect();
	const timings: Timings = {};
	const csv = `${folder}/events-${rowCount}.csv`;
	const time = async (id: string, sql: string, count = rounds): Promise<void> => {
		let best = Infinity;
		for (let round = 0; round < count; round++) {
			const start = performance.now();
			await connection.runAndReadAll(sql);
			best = Math.min(best, performance.now() - start);
		}
		timings[id] = best;
	};
	await time('csv-load', `create or replace table events as from read_csv('${csv}')`, Math.min(rounds, 3));
	await time(
		'csv-ingest',
		`copy (from read_csv('${csv}')) to '${folder}/out.parquet' (format parquet, compression zstd)`,
		2
	);
	await time(
		'parquet-ingest',
		`copy (from '${folder}/events-${rowCount}.parquet') to '${folder}/out.parquet' (format parquet, compression zstd)`,
		2
	);
	await connection.run(`create or replace table users as from read_csv('${folder}/users.csv')`);
	for (const query of eventQueries) await time(query.id, query.sql);
	await time('export-csv', `copy events to '${folder}/out.csv' (format csv)`, 2);
	await time('export-parquet', `copy events to '${folder}/out.parquet' (format parquet, compression zstd)`, 2);
	if (rowCount <= 1_000_000) await time('result-1m', 'select * from events limit 1000000', 2);
	await connection.run('drop table events');
	await time(
		'flights-ingest',
		`copy (from '${flights}') to '${folder}/out.parquet' (format parquet, compression zstd)`,
		2
	);
	await connection.run(`create or replace table flights as from '${flights}'`);
	for (const query of flightQueries) await time(query.id, query.sql);
	connection.closeSync();
	return timings;
}

async function connect() {
	const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
	return instance.connect();
}
