// PostgreSQL for the tests of the edge, which run in another runtime: one that npm installs, and the one of the environment where there is one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { TestProject } from 'vitest/node';
import { certificateOf } from './certificate.ts';
import { startTlsFront } from './database-tls.ts';
import { freePort } from './free-port.ts';
import { mysqlPrograms, startMysql, type MysqlProgram } from './mysql-server.ts';

export type TestDatabase = {
	readonly name: string;
	readonly host: string;
	readonly port: number;
	readonly database: string;
	readonly user: string;
	readonly password: string;
};

declare module 'vitest' {
	interface ProvidedContext {
		databases: readonly TestDatabase[];
		/** Fronts of the embedded one: with the certificate that the runtime of the tests trusts, for `api.source.example`, and with one that nobody does. */
		tlsFronts: { readonly trustedPort: number; readonly unknownPort: number };
		/** MariaDB and MySQL, those that the machine has. They take TLS too, with the certificate that the runtime of the tests trusts. */
		mysqlServers: readonly (TestDatabase & { readonly name: MysqlProgram['name'] })[];
	}
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const embedded = await startPostgres();
	const { host, port } = embedded;
	const databases: TestDatabase[] = [
		{ name: 'embedded', host, port, database: 'postgres', user: 'postgres', password: 'postgres' }
	];
	const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD } = process.env;
	if (PGHOST && PGUSER)
		databases.push({
			name: 'of the environment',
			host: PGHOST,
			port: Number(PGPORT ?? 5432),
			database: PGDATABASE ?? PGUSER,
			user: PGUSER,
			password: PGPASSWORD ?? ''
		});
	project.provide('databases', databases);
	const pemPath = (file: string): string => join(import.meta.dirname, `edge/${file}.pem`);
	const pem = (file: string): string => readFileSync(pemPath(file)).toString();
	const trusted = await startTlsFront(port, { key: pem('source-key'), cert: pem('source-certificate') });
	const unknown = await startTlsFront(port, certificateOf('api.source.example'));
	project.provide('tlsFronts', { trustedPort: trusted.port, unknownPort: unknown.port });
	const encrypting = { keyPath: pemPath('source-key'), certPath: pemPath('source-certificate') };
	const mysqls = await Promise.all(
		mysqlPrograms().map(async (program) => ({ name: program.name, server: await startMysql(program, encrypting) }))
	);
	project.provide(
		'mysqlServers',
		mysqls.map(({ name, server: { host, port, user, password } }) => ({
			...{ name, host, port, user, password },
			database: 'shop'
		}))
	);
	return async () => {
		await Promise.all([trusted.stop(), unknown.stop(), ...mysqls.map(({ server }) => server.stop())]);
		await embedded.stop();
	};
}

/** It serves one connection at a time, and lets others wait. */
export async function startPostgres(): Promise<{
	readonly host: string;
	readonly port: number;
	/** Beside its clients; the rows of the last statement. */
	run(sql: string): Promise<unknown>;
	stop(): Promise<void>;
}> {
	const db = await PGlite.create();
	const port = await freePort();
	const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port, maxConnections: 20 });
	await server.start();
	return {
		host: '127.0.0.1',
		port,
		run: async (sql) => (await db.exec(sql)).at(-1)?.rows,
		stop: async () => {
			await server.stop();
			await db.close();
		}
	};
}
