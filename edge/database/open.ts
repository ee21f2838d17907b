// Opens a connection to a database for one request. See note: why there is no pool.
//
// Note: why there is no pool. The runtime binds a socket to the request that opened it: another request cannot write to it, or read from it.
// So each request connects, reads or writes once, and ends. A pool belongs before the database, where PgBouncer does it.
import { Client } from 'pg';
import type { DatabaseServer } from '#core/contract/database.ts';
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Env } from '../env.ts';
import { checkPlace, type GuardFailure } from '../relay/guard.ts';
import { guardSettings } from '../relay/settings.ts';
import { databaseFailed, failureOf, type DatabaseFailed } from './failure.ts';
import { PinnedSocket } from './pinned-socket.ts';

export type Database = { readonly client: Client; readonly socket: PinnedSocket };
export type OpenFailure = GuardFailure | DatabaseFailed | { readonly kind: 'relay-not-connected' };

/** PostgreSQL and PgBouncer; others are named by the operator. */
const PORTS = [5432, 6432];
const CONNECT_MS = 10_000;
const LOCK_MS = 10_000;
/** Of a transaction in which whoever reads lets it wait. */
const IDLE_MS = 60_000;

/** Text as PostgreSQL writes it: what it means is decided where it is read. */
const asTexts = { getTypeParser: () => (value: string) => value };

export async function openDatabase(server: DatabaseServer, env: Env): Promise<Result<Database, OpenFailure>> {
	const { host, port, database, user, password, tls } = server;
	const settings = guardSettings(env, PORTS);
	if (!settings) return err({ kind: 'relay-not-connected' });
	const place = await checkPlace({ host, port }, settings);
	if (!place.ok) return place;
	const isEncrypted = tls === 'verify';
	// A password in the clear goes no further than to where the operator knows the way.
	if (!isEncrypted && !place.value.isNamed) return err({ kind: 'place-not-allowed', reason: 'not-named' });
	const [address] = place.value.addresses;
	const socket = new PinnedSocket({ address, port, host: place.value.host, isEncrypted });
	const client = new Client({
		host: address,
		port,
		database,
		user,
		// As a function, so that an empty one is not looked for elsewhere.
		password: () => password,
		ssl: isEncrypted,
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

export type Begin = { readonly isReadOnly: boolean; readonly timeoutMs: number };

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

/** Does `work` in a transaction of a connection that is closed afterwards. */
export async function inTransaction<T, F extends ApiFailure>(
	server: DatabaseServer,
	env: Env,
	how: Begin,
	work: (database: Database) => Promise<Result<T, F>>
): Promise<Result<T, F | OpenFailure>> {
	const opened = await openDatabase(server, env);
	if (!opened.ok) return opened;
	const { client, socket } = opened.value;
	try {
		await begin(opened.value, how);
		const done = await work(opened.value);
		await client.query(done.ok ? 'COMMIT' : 'ROLLBACK');
		return done;
	} catch (error) {
		return err(failureOf(error, true));
	} finally {
		socket.end();
	}
}
