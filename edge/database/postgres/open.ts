// Connections to PostgreSQL, and transactions on them.
import { Client } from 'pg';
import { err, ok, type Result } from '#core/result.ts';
import { databaseFailed, type OpenFailure } from '../failure.ts';
import type { PinnedSocket } from '../pinned-socket.ts';
import { CONNECT_MS, IDLE_MS, LOCK_MS, socketTo, type Begin, type Target } from '../reach.ts';
import { failureOf } from './failure.ts';

export type Database = { readonly client: Client; readonly socket: PinnedSocket };

/** Text as PostgreSQL writes it: what it means is decided where it is read. */
const asTexts = { getTypeParser: () => (value: string) => value };

export async function openDatabase(target: Target): Promise<Result<Database, OpenFailure>> {
	const { host, port, database, user, password, tls } = target.server;
	// What comes before the encryption is one letter: nobody may put in more.
	const socket = socketTo(target, () => 1);
	const client = new Client({
		host,
		port,
		database,
		user,
		// As a function, so that an empty one is not looked for elsewhere.
		password: () => password,
		ssl: tls === 'verify',
		stream: () => socket as never,
		types: asTexts,
		connectionTimeoutMillis: CONNECT_MS,
		application_name: 'weir'
	});
	// Told to whoever waits for an answer; nobody else has to hear of it.
	client.on('error', () => undefined);
	try {
		await client.connect();
		return ok({ client, socket });
	} catch (error) {
		const failure = socket.isProving ? databaseFailed('tls') : failureOf(error, false);
		socket.end();
		return err(failure);
	}
}

/** A transaction in which values are written as the page reads them. */
export async function begin({ client }: Database, { isReadOnly, timeoutMs }: Begin): Promise<void> {
	await client.query(
		[
			isReadOnly ? 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' : 'BEGIN',
			`SET LOCAL statement_timeout = ${timeoutMs}`,
			`SET LOCAL lock_timeout = ${LOCK_MS}`,
			`SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}`,
			"SET LOCAL datestyle = 'ISO'",
			"SET LOCAL intervalstyle = 'postgres'",
			"SET LOCAL timezone = 'UTC'",
			'SET LOCAL extra_float_digits = 1',
			'SET LOCAL standard_conforming_strings = on'
		].join('; ')
	);
}
