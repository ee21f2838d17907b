// A MariaDB of the tests' own: the program that the machine has, on data that are made anew and thrown away.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { freePort } from './free-port.ts';

export type TestMariaDb = {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly password: string;
	/** Beside its clients; the rows of the last statement. */
	run(sql: string): Promise<unknown>;
	stop(): Promise<void>;
};

/** How it encrypts; without, it takes clients in the clear alone. */
export type Encrypting = { readonly keyPath: string; readonly certPath: string };

const START_MS = 60_000;
const words = '/usr/share/mysql';

/** Null where the machine has none. `MARIADB` names the program. */
export function mariaDbProgram(): string | null {
	const named = process.env['MARIADB'];
	const folders = ['/usr/sbin', '/usr/local/sbin', ...(process.env['PATH'] ?? '').split(delimiter)];
	const found = named ?? folders.map((folder) => join(folder, 'mariadbd')).find((path) => existsSync(path));
	return found !== undefined && existsSync(`${words}/mysql_system_tables.sql`) ? found : null;
}

export async function startMariaDb(program: string, encrypting: Encrypting | null = null): Promise<TestMariaDb> {
	const folder = mkdtempSync(join(tmpdir(), 'weir-mariadb-'));
	const own = ['--no-defaults', `--datadir=${folder}`, ...(process.getuid?.() === 0 ? ['--user=root'] : [])];
	const [user, password] = ['weir', 'canary-m1'];
	const made = spawnSync(program, [...own, '--bootstrap', '--skip-log-bin', '--skip-grant-tables'], {
		input: [
			'create database mysql;\nuse mysql;',
			...['mysql_system_tables', 'mysql_system_tables_data'].map((file) =>
				readFileSync(`${words}/${file}.sql`, 'utf8')
			),
			`flush privileges;\ncreate user '${user}'@'%' identified by '${password}';`,
			`grant all on *.* to '${user}'@'%';\ncreate database shop character set utf8mb4;\n`
		].join('\n')
	});
	if (made.status !== 0) throw new Error(`MariaDB made no data: ${made.stderr.toString().slice(-500)}`);
	const port = await freePort();
	const server = spawn(
		program,
		[
			...own,
			`--port=${port}`,
			'--bind-address=127.0.0.1',
			`--socket=${join(folder, 'socket')}`,
			'--skip-name-resolve',
			'--innodb-buffer-pool-size=64M',
			'--innodb-flush-log-at-trx-commit=0',
			...(encrypting ? [`--ssl-key=${encrypting.keyPath}`, `--ssl-cert=${encrypting.certPath}`] : [])
		],
		{ stdio: ['ignore', 'ignore', 'pipe'] }
	);
	await listening(server);
	const place = { host: '127.0.0.1', port, user, password };
	const beside = await createConnection({ ...place, database: 'shop', multipleStatements: true });
	return {
		...place,
		run: async (sql) => {
			const [rows] = await beside.query(sql);
			return rows;
		},
		stop: async () => {
			await beside.end();
			const gone = new Promise<void>((resolve) => void server.once('exit', () => resolve()));
			server.kill();
			await gone;
			rmSync(folder, { recursive: true, force: true });
		}
	};
}

async function listening(server: ChildProcess): Promise<void> {
	let told = '';
	await new Promise<void>((resolve, reject) => {
		const late = setTimeout(() => reject(new Error(`MariaDB did not start: ${told.slice(-500)}`)), START_MS);
		server.once('exit', () => reject(new Error(`MariaDB ended: ${told.slice(-500)}`)));
		server.stderr?.on('data', (bytes: Buffer) => {
			told = (told + bytes.toString()).slice(-4000);
			if (!told.includes('ready for connections')) return;
			clearTimeout(late);
			resolve();
		});
	});
}
