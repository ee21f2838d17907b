// A million rows of PostgreSQL through workerd into a committed version, against `psql` copying them to a file and native DuckDB reading that
// into Parquet. Of the server that PGHOST, PGPORT, PGUSER, PGPASSWORD and PGDATABASE name. Argument: --save (writes its part of SOURCES.md).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { WeirConsole } from '../../src/lib/flows/console-types.ts';
import { startWeir } from '../weir-server.ts';
import { conditions, loadBefore } from './conditions.ts';
import { inPage, installPeers } from './pages.ts';
import { savePart } from './save-part.ts';

const ROWS = 1_000_000;
const RUNS = 3;
const TABLE = 'weir_bench_orders';
const {
	PGHOST: host,
	PGPORT: port = '5432',
	PGUSER: user,
	PGPASSWORD: password = '',
	PGDATABASE: database = user
} = process.env;

type Timed = { readonly copyMs: number; readonly importMs: number; readonly weirMs: number };

if (host && user) await measure();
else console.log('PostgreSQL is left out: PGHOST and PGUSER name no server.');

async function measure(): Promise<void> {
	installPeers();
	const load = loadBefore();
	psql(
		`CREATE TABLE IF NOT EXISTS ${TABLE} (id bigint PRIMARY KEY, city text, price numeric(10,2), at timestamptz, note text)`
	);
	psql(`TRUNCATE ${TABLE}; INSERT INTO ${TABLE} SELECT i, 'city ' || i % 1000, i % 100000 / 4.0,
		'2026-01-01T00:00:00Z'::timestamptz + i * interval '1 second', md5(i::text) FROM generate_series(1, ${ROWS}) i`);
	const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
	const weir = await startWeir({ isBuilt: process.env.WEIR_SKIP_BUILD === '1', sourceHosts: `${host}:${port}` });
	try {
		const runs = await inPage(weir.url, async (page) => {
			await page.waitForFunction(() => 'weir' in globalThis);
			await page.evaluate(connect, { host, port, user, password, database, table: TABLE });
			const timed: Timed[] = [];
			for (let run = 0; run < RUNS; run++) {
				const peer = await measurePeer(folder);
				const weirMs = await page.evaluate(loadOnce, ROWS);
				console.log(JSON.stringify({ ...peer, weirMs }));
				timed.push({ ...peer, weirMs });
			}
			return timed;
		});
		const text = report(runs, statSync(join(folder, 'rows.csv')).size, load);
		console.log(text);
		if (process.argv.includes('--save')) savePart('SOURCES.md', '# Sources, measured', text);
	} finally {
		await weir.stop();
		rmSync(folder, { recursive: true });
		psql(`DROP TABLE ${TABLE}`);
	}
}

function psql(sql: string): void {
	execFileSync('psql', ['-qX', '-v', 'ON_ERROR_STOP=1', '-c', sql], { env: { ...process.env, PGDATABASE: database } });
}

async function measurePeer(folder: string): Promise<Pick<Timed, 'copyMs' | 'importMs'>> {
	const [csv, parquet] = [join(folder, 'rows.csv'), join(folder, 'rows.parquet')];
	const begun = performance.now();
	psql(`\\copy ${TABLE} TO '${csv}' WITH (FORMAT csv, HEADER)`);
	const copied = performance.now();
	const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
	const connection = await instance.connect();
	await connection.run(`COPY (FROM read_csv('${csv}')) TO '${parquet}' (FORMAT parquet, COMPRESSION zstd)`);
	connection.closeSync();
	return { copyMs: copied - begun, importMs: performance.now() - copied };
}

type Server = Readonly<Record<'host' | 'port' | 'user' | 'password' | 'database' | 'table', string | undefined>>;

async function connect({ host, port, user, password, database, table }: Server): Promise<void> {
	const { weir } = globalThis as never as { weir: WeirConsole };
	const words = await weir.recoveryWords();
	const text = words.ok ? words.value.join(' ') : '';
	const on = await weir.turnOnSync({ passphrase: 'a sentence that opens it', words: text, device: 'Bench' });
	if (!on.ok) throw new Error(on.error.kind);
	const lines = [`kind: postgres`, `host: ${host}`, `port: ${port}`, `database: ${database}`, `user: ${user}`];
	const kept = await weir.connect('orders', [...lines, 'tls: off', `table: ${table}`, ''].join('\n'), {
		secrets: { password: password ?? '' }
	});
	if (!kept.ok) throw new Error(JSON.stringify(kept.error));
	await weir.sql('SELECT 1');
}

async function loadOnce(rowCount: number): Promise<number> {
	const { weir } = globalThis as never as { weir: WeirConsole };
	const begun = performance.now();
	const loaded = await weir.loadConnection('orders');
	const ms = performance.now() - begun;
	if (!loaded.ok || loaded.value.keptCount !== rowCount) throw new Error(JSON.stringify(loaded));
	return ms;
}

function report(runs: readonly Timed[], csvBytes: number, load: string): string {
	const median = (of: (timed: Timed) => number): number =>
		runs.map(of).toSorted((a, b) => a - b)[runs.length >> 1] ?? NaN;
	const [copyMs, importMs, weirMs] = [
		median((one) => one.copyMs),
		median((one) => one.importMs),
		median((one) => one.weirMs)
	];
	const ratio = median((one) => one.weirMs / (one.copyMs + one.importMs));
	const perSecond = (ms: number): string => Math.round(ROWS / (ms / 1000)).toLocaleString('en');
	return `## Rows of PostgreSQL

${ROWS.toLocaleString('en')} rows of five columns, ${(csvBytes / 1e6).toFixed(1)} MB as CSV, of a server on the same machine (\`tests/bench/sources-database.ts\`). Weir's load goes from the database
through workerd into the page and ends with a committed version; the peer is \`psql\` with \`\\copy\` to a file and native DuckDB on one thread from there to Parquet. Medians of ${RUNS} runs, one after the other in turns.

| what | seconds | rows a second |
| --- | ---: | ---: |
| Weir, whole table into a version | ${(weirMs / 1000).toFixed(2)} | ${perSecond(weirMs)} |
| \`psql\` to a file | ${(copyMs / 1000).toFixed(2)} | ${perSecond(copyMs)} |
| native DuckDB, that file to Parquet | ${(importMs / 1000).toFixed(2)} | ${perSecond(importMs)} |
| **Weir against both together** | **${ratio.toFixed(1)} ×** | |

${conditions(load)}
`;
}
