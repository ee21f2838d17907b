// A MySQL or MariaDB of the tests, as the door to databases is asked for it.
import { expect } from 'vitest';
import type { DatabaseServer } from '#core/contract/database.ts';
import { openDatabase, run } from '#edge/database/mysql/open.ts';
import { checkTarget } from '#edge/database/reach.ts';
import type { TestDatabase } from '../database-server.ts';

export type MysqlPlace = {
	readonly server: DatabaseServer;
	readonly settings: { readonly SOURCE_RELAY: string; readonly SOURCE_HOSTS: string };
	/** Runs what makes ready, one statement after the other. */
	readonly sql: (...texts: readonly string[]) => Promise<void>;
};

export function placeOf({ host, port, database, user, password }: TestDatabase): MysqlPlace {
	const server: DatabaseServer = { engine: 'mysql', tls: 'off', host, port, database, user, password };
	const settings = { SOURCE_RELAY: 'named', SOURCE_HOSTS: `${host}:${port}` };
	return {
		server,
		settings,
		sql: async (...texts) => {
			const target = await checkTarget(server, settings);
			if (!target.ok) return expect.unreachable(JSON.stringify(target.error));
			const opened = await openDatabase(target.value);
			if (!opened.ok) return expect.unreachable(JSON.stringify(opened.error));
			for (const text of texts) await run(opened.value, text);
			opened.value.socket.end();
		}
	};
}
