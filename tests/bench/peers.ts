// What runs inside the benchmark's page beside Weir: bare DuckDB-WASM and the JavaScript and SQL peers. Bundled by run.ts.
import { PGlite } from '@electric-sql/pglite';
import * as duckdb from '@duckdb/duckdb-wasm';
import * as aq from 'arquero';
import Papa from 'papaparse';
import initSqlJs from 'sql.js';
import { inferSchema, initParser } from 'udsv';
import type { Query } from './queries.ts';
import type { Task } from './systems.ts';

type Timings = Record<string, number>;
type Paths = { readonly wasm: string; readonly worker: string; readonly sqlWasm: string };

async function best(rounds: number, task: () => Promise<unknown>): Promise<number> {
	let fastest = Infinity;
	for (let round = 0; round < rounds; round++) {
		const start = performance.now();
		await task();
		fastest = Math.min(fastest, performance.now() - start);
	}
	return fastest;
}

async function openBare(paths: Paths): Promise<duckdb.AsyncDuckDB> {
	const db = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(paths.worker));
	await db.instantiate(paths.wasm);
	await db.open({ allowUnsignedExtensions: true, query: { castBigIntToDouble: false } });
	const connection = await db.connect();
	await connection.query(`SET custom_extension_repository='${location.origin}/ext'`);
	await connection.query('LOAD parquet');
	await connection.close();
	return db;
}

/** Start of the bare engine: worker, wasm, Parquet, first answer. */
async function bareStart(paths: Paths): Promise<number> {
	const start = performance.now();
	const db = await openBare(paths);
	const connection = await db.connect();
	await connection.query('select 1');
	const elapsed = performance.now() - start;
	await db.terminate();
	return elapsed;
}

type BareInput = { readonly paths: Paths; readonly events: File; readonly users: File; readonly flights: File };

let bare: {
	readonly db: duckdb.AsyncDuckDB;
	readonly connection: duckdb.AsyncDuckDBConnection;
	readonly eventBytes: number;
} | null = null;

let folderCount = 0;

async function bareOpen({ paths, ...files }: BareInput): Promise<void> {
	const db = await openBare(paths);
	const named = { 'events.csv': files.events, 'users.csv': files.users, 'flights.parquet': files.flights };
	for (const [name, file] of Object.entries(named))
		await db.registerFileHandle(name, file, duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true);
	bare = { db, connection: await db.connect(), eventBytes: files.events.size };
}

/** One task of `run.ts` by DuckDB-WASM alone, in ms; null for what it is not asked to do. */
async function bareTime(task: Task): Promise<number | null> {
	if (!bare) throw new Error('bareOpen comes first');
	const { db, connection, eventBytes } = bare;
	const copy = async (source: string): Promise<void> => {
		const folder = `out${++folderCount}`;
		await connection.query(
			`copy (from ${source}) to '${folder}' (format parquet, compression zstd, file_size_bytes '10MB')`
		);
		for (const file of await db.globFiles(`${folder}/*`)) {
			await db.copyFileToBuffer(file.fileName);
			await db.dropFile(file.fileName);
		}
	};
	const run = (sql: string): Promise<number> => best(1, () => connection.query(sql));
	if (task.kind === 'query') return run(task.sql);
	switch (task.id) {
		case 'csv-load':
			return run("create or replace table events as from read_csv('events.csv')");
		case 'csv-ingest':
			return best(1, () => copy("read_csv('events.csv')"));
		case 'flights-ingest':
			return best(1, () => copy("'flights.parquet'"));
		case 'load events':
			return run("create or replace table users as from read_csv('users.csv')");
		case 'drop events':
			return run('drop table events');
		case 'load flights':
			return run("create or replace table flights as from 'flights.parquet'");
		case 'export-csv':
			// Its file grows by copying itself: of 10 million rows this takes five minutes.
			if (eventBytes > 100_000_000) return null;
			return best(1, async () => {
				await connection.query("copy events to 'bare.csv' (format csv)");
				await db.copyFileToBuffer('bare.csv');
				await db.dropFile('bare.csv');
			});
		default:
			return null;
	}
}

type Row = { ts: string; user_id: number; category: string; value: number; note: string | null };

/** uDSV: the fastest CSV parser in JavaScript; typed rows. */
async function udsv(events: File): Promise<Timings> {
	const text = await events.text();
	return {
		'csv-load': await best(2, async () => {
			const parser = initParser(inferSchema(text));
			return parser.typedArrs(text).length;
		})
	};
}

/** Papa Parse with typed objects. */
async function papaparse(events: File): Promise<Timings> {
	const text = await events.text();
	return {
		'csv-load': await best(1, async () => Papa.parse(text, { header: true, dynamicTyping: true }).data.length)
	};
}

/** Arquero: a dataframe in JavaScript. */
async function arquero(events: File, users: File): Promise<Timings> {
	const text = await events.text();
	const timings: Timings = {};
	timings['csv-load'] = await best(1, async () => aq.fromCSV(text));
	const table = aq.fromCSV(text);
	const people = aq.fromCSV(await users.text());
	const op = aq.op;
	timings['scan'] = await best(2, async () =>
		table
			.filter((d: Row) => d.value > 0.25)
			.rollup({ n: op.count(), s: op.sum('value') })
			.objects()
	);
	timings['group'] = await best(2, async () =>
		table
			.groupby('category')
			.rollup({ n: op.count(), mean: op.mean('value') })
			.orderby('category')
			.objects()
	);
	timings['group-user'] = await best(2, async () =>
		table
			.groupby('user_id')
			.rollup({ s: op.sum('value') })
			.rollup({ n: op.count(), top: op.max('s') })
			.objects()
	);
	timings['join'] = await best(1, async () =>
		table
			.join(people, 'user_id')
			.groupby('segment')
			.rollup({ n: op.count(), mean: op.mean('value') })
			.orderby('segment')
			.objects()
	);
	timings['window'] = await best(1, async () =>
		table
			.groupby('user_id')
			.orderby('ts')
			.derive({ m: aq.rolling((d: Row) => op.mean(d.value), [-2, 0]) })
			.ungroup()
			.rollup({ mean: op.mean('m') })
			.objects()
	);
	timings['sort'] = await best(1, async () =>
		table
			.orderby('value', 'ts')
			.derive({ x: (d: Row) => op.row_number() * d.value })
			.rollup({ s: op.sum('x') })
			.objects()
	);
	timings['top'] = await best(1, async () => table.orderby(aq.desc('value'), 'ts').slice(0, 100).objects());
	return timings;
}

/** sql.js: SQLite in WebAssembly. Its rows come from Papa Parse, which is part of the load. */
async function sqljs(paths: Paths, events: File, users: File, queries: readonly Query[]): Promise<Timings> {
	const SQL = await initSqlJs({ locateFile: () => paths.sqlWasm });
	const db = new SQL.Database();
	const timings: Timings = {};
	timings['csv-load'] = await best(1, async () => {
		db.run('drop table if exists events');
		db.run('create table events (ts text, user_id integer, category text, value real, note text)');
		insert(db, 'events', (Papa.parse(await events.text(), { dynamicTyping: true }).data as unknown[][]).slice(1), 5);
	});
	db.run('create table users (user_id integer primary key, segment text)');
	insert(db, 'users', (Papa.parse(await users.text(), { dynamicTyping: true }).data as unknown[][]).slice(1), 2);
	for (const query of queries) timings[query.id] = await best(1, async () => db.exec(query.sql));
	db.close();
	return timings;
}

type SqlDatabase = {
	run(sql: string): void;
	prepare(sql: string): { run(values: unknown[]): void; free(): void };
};

function insert(db: SqlDatabase, table: string, rows: readonly unknown[][], width: number): void {
	db.run('begin');
	const statement = db.prepare(`insert into ${table} values (${Array(width).fill('?').join(',')})`);
	for (const row of rows) if (row.length === width) statement.run([...row]);
	statement.free();
	db.run('commit');
}

/** PGlite: PostgreSQL in WebAssembly, loaded by COPY. */
async function pglite(events: File, users: File, queries: readonly Query[]): Promise<Timings> {
	const db = await PGlite.create();
	const timings: Timings = {};
	await db.exec(
		'create table events (ts timestamp, user_id integer, category text, value double precision, note text)'
	);
	await db.exec('create table users (user_id integer primary key, segment text)');
	timings['csv-load'] = await best(1, async () => {
		await db.exec('truncate events');
		await db.query("copy events from '/dev/blob' with (format csv, header true)", [], { blob: events });
	});
	await db.query("copy users from '/dev/blob' with (format csv, header true)", [], { blob: users });
	await db.exec('analyze');
	for (const query of queries) timings[query.id] = await best(1, () => db.query(query.sql));
	await db.close();
	return timings;
}

let lazy: duckdb.AsyncDuckDBConnection | null = null;

/** One Parquet file, which DuckDB-WASM reads lazily, as `one.parquet` and `lines`. */
async function lazyOpen({ paths, file }: { readonly paths: Paths; readonly file: File }): Promise<void> {
	const db = await openBare(paths);
	lazy = await db.connect();
	await db.registerFileHandle('one.parquet', file, duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true);
	await lazy.query("create view lines as from read_parquet('one.parquet')");
}

/** All of them, one after another, in ms. */
async function lazyTime(sqls: readonly string[]): Promise<number> {
	if (!lazy) throw new Error('lazyOpen comes first');
	const start = performance.now();
	for (const sql of sqls) await lazy.query(sql);
	return performance.now() - start;
}

Object.assign(globalThis, {
	weirBench: { lazyOpen, lazyTime, bareStart, bareOpen, bareTime, udsv, papaparse, arquero, sqljs, pglite }
});
