// PostgreSQL at the door to databases.
import type { EngineKind } from '../engine.ts';
import { failureOf } from './failure.ts';
import { tablesOf } from './list-tables.ts';
import { begin, openDatabase, type Database } from './open.ts';
import { put } from './put-rows.ts';
import { rowsOf } from './read-rows.ts';

export const postgres: EngineKind<Database> = {
	open: openDatabase,
	begin,
	run: async ({ client }, sql) => client.query(sql),
	reset: async ({ client, socket }) => {
		// Whoever read last may have left it waiting.
		socket.resume();
		await client.query('DISCARD ALL');
	},
	close: ({ client }) => void client.end(),
	failureOf,
	tablesOf: async ({ client }) => tablesOf(client),
	rowsOf,
	put
};
