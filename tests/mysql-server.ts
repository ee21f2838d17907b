// A MySQL or MariaDB of the tests' own: the program that the machine has, on data that are made anew and thrown away.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { freePort } from './free-port.ts';

export type MysqlProgram = { readonly name: 'MariaDB' | 'MySQL'; readonly path: string };

export type TestMysql = {
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

/** Those that the machine has, none twice. `MARIADB` and `MYSQLD` name them. */
export function mysqlPrograms(): readonly MysqlProgram[] {
	const { MARIADB, MYSQLD, PATH = '' } = process.env;
	const folders = ['/usr/sbin', '/usr/local/sbin', ...PATH.split(delimiter)];
	const found = (file: string): readonly string[] => folders.map((folder) => join(folder, file)).filter(existsSync);
	const [mariaDb] = MARIADB ? [MARIADB] : found('mariadbd');
	// MariaDB goes by this name too.
	const [mysql] = MYSQLD ? [MYSQLD] : found('mysqld').filter((path) => !/mariadb/i.test(versionOf(path)));
	return [
		...(mariaDb && existsSync(`${words}/mysql_system_tables.sql`) ? [{ name: 'MariaDB' as const, path: mariaDb }] : []),
		...(mysql ? [{ name: 'MySQL' as const, path: mysql }] : [])
	];
}

function versionOf(path: string): string {
	return spawnSync(path, ['--no-defaults', '--version']).stdout?.toString() ?? '';
}

export async function startMysql(program: MysqlProgram, encrypting: Encrypting | null = null): Promise<TestMysql> {
	const folder = mkdtempSync(join(tmpdir(), 'weir-mysql-'));
	const data = join(folder, 'data');
	mkdirSync(data);
	const own = ['--no-defaults', `--datadir=${data}`, ...(process.getuid?.() === 0 ? ['--user=root'] : [])];
	const [user, password] = ['weir', 'canary-m1'];
	const accounts = join(folder, 'accounts.sql');
	writeFileSync(
		accounts,
		`create user '${user}'@'%' identified by '${password}';\ngrant all on *.* to '${user}'@'%' with grant option;\ncreate database shop character set utf8mb4;\n`
	);
	makeData(program, own);
	const port = await freePort();
	const server = spawn(
		program.path,
		[
			...own,
			`--port=${port}`,
			'--bind-address=127.0.0.1',
			`--socket=${join(folder, 'socket')}`,
			`--init-file=${accounts}`,
			'--skip-name-resolve',
			'--innodb-buffer-pool-size=64M',
			'--innodb-flush-log-at-trx-commit=0',
			...(program.name === 'MySQL' ? ['--mysqlx=0', '--secure-file-priv=NULL'] : []),
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

function makeData({ name, path }: MysqlProgram, own: readonly string[]): void {
	const made =
		name === 'MySQL'
			? spawnSync(path, [...own, '--initialize-insecure'])
			: spawnSync(path, [...own, '--bootstrap', '--skip-log-bin', '--skip-grant-tables'], {
					input: [
						'create database mysql;\nuse mysql;',
						...['mysql_system_tables', 'mysql_system_tables_data'].map((file) =>
							readFileSync(`${words}/${file}.sql`, 'utf8')
						)
					].join('\n')
				});
	if (made.status !== 0) throw new Error(`${name} made no data: ${made.stderr.toString().slice(-500)}`);
}

async function listening(server: ChildProcess): Promise<void> {
	let told = '';
	await new Promise<void>((resolve, reject) => {
		const late = setTimeout(() => reject(new Error(`The server did not start: ${told.slice(-500)}`)), START_MS);
		server.once('exit', () => reject(new Error(`The server ended: ${told.slice(-500)}`)));
		server.stderr?.on('data', (bytes: Buffer) => {
			told = (told + bytes.toString()).slice(-4000);
			if (!told.includes('ready for connections')) return;
			clearTimeout(late);
			resolve();
		});
	});
}
