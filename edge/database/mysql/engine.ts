// MySQL and MariaDB at the door to databases.
import type { EngineKind } from '../engine.ts';
import { failureOf } from './failure.ts';
import { tablesOf } from './list-tables.ts';
import { begin, kill, openDatabase, run, type Database } from './open.ts';
import { put } from './put-rows.ts';
import { rowsOf } from './read-rows.ts';

export const mysql: EngineKind<Database> = {
	open: openDatabase,
	begin,
	run,
	reset: async (database) => {
		const { connection } = database;
		// Whoever read last may have left it waiting.
		connection.resume();
		await new Promise<void>((resolve, reject) => {
			connection.reset((error) => (error ? reject(error) : resolve()));
		});
		// A reset forgets what was agreed at the start.
		await run(database, 'SET NAMES utf8mb4');
	},
	close: ({ connection, socket }) => {
		connection.end();
		socket.end();
	},
	kill,
	failureOf,
	tablesOf,
	rowsOf,
	put
};
