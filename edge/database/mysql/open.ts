// Connections to MySQL and MariaDB, and transactions on them.
import { createConnection, type Connection, type FieldPacket, type QueryOptions } from 'mysql2';
import { err, ok, type Result } from '#core/result.ts';
import { databaseFailed, type OpenFailure } from '../failure.ts';
import type { PinnedSocket } from '../pinned-socket.ts';
import { CONNECT_MS, IDLE_MS, LOCK_MS, socketTo, type Begin, type Target } from '../reach.ts';
import { failureOf } from './failure.ts';
import { waysToSignIn } from './sign-in.ts';

export type Database = {
	readonly connection: Connection;
	readonly socket: PinnedSocket;
	readonly isMariaDb: boolean;
	/** Where it was opened. */
	readonly target: Target;
};

/** A row's values as the bytes that came: what they mean is decided where they are read. */
export type RawRow = readonly (Uint8Array | null)[];
export const asBytes = { rowsAsArray: true, typeCast: false } as const satisfies Partial<QueryOptions>;

/** Of a transaction that waits for whoever reads it. */
const WRITE_SECONDS = 600;
const SORT_BYTES = 32 * 1024 * 1024;

export async function openDatabase(target: Target): Promise<Result<Database, OpenFailure>> {
	const { host, port, database, user, password, tls } = target.server;
	const socket = socketTo(target, greetingBytes);
	const connection = createConnection({
		...{ host, port, database, user, password },
		stream: () => socket.connect(),
		// Its parsers would be written as code and run, which the runtime refuses.
		disableEval: true,
		...(tls === 'verify' && { ssl: {} }),
		authPlugins: waysToSignIn(target.server),
		// Files of this machine are nobody's business.
		flags: ['-LOCAL_FILES', '-MULTI_STATEMENTS'],
		charset: 'utf8mb4',
		connectTimeout: CONNECT_MS
	});
	// The runtime encrypts what it opened itself, by the name that the socket was made for.
	Object.assign(connection, {
		startTLS: (onSecure: () => void) => {
			socket.startTls();
			onSecure();
		}
	});
	try {
		const greeting = await new Promise<{ readonly serverVersion?: string }>((resolve, reject) => {
			connection.once('connect', resolve);
			connection.once('error', reject);
		});
		// Told to whoever waits for an answer; nobody else has to hear of it.
		connection.on('error', () => undefined);
		return ok({ connection, socket, isMariaDb: /mariadb/i.test(greeting.serverVersion ?? ''), target });
	} catch (error) {
		const failure = socket.isProving ? databaseFailed('tls') : failureOf(error, false);
		socket.end();
		return err(failure);
	}
}

/** The server's greeting is one packet, with its length in front. Source: MySQL internals, "Protocol::Packet". */
function greetingBytes(begun: Uint8Array): number | null {
	const [low, middle, high] = begun;
	if (low === undefined || middle === undefined || high === undefined) return null;
	return 4 + low + (middle << 8) + (high << 16);
}

/** Answers with what a statement gives: rows as bytes, or how many rows it reached. */
export async function run(
	{ connection }: Database,
	sql: string
): Promise<{ readonly rows: readonly RawRow[]; readonly fields: readonly FieldPacket[]; readonly rowCount: number }> {
	return new Promise((resolve, reject) => {
		connection.query({ sql, ...asBytes }, (error, answer: unknown, fields) => {
			if (error) reject(error);
			else if (Array.isArray(answer)) resolve({ rows: answer as RawRow[], fields, rowCount: answer.length });
			else resolve({ rows: [], fields: [], rowCount: (answer as { readonly affectedRows: number }).affectedRows });
		});
	});
}

/** A transaction in which values are written as the page reads them, and times are in UTC. */
export async function begin(database: Database, { isReadOnly, timeoutMs }: Begin): Promise<void> {
	const timeout = database.isMariaDb ? `max_statement_time = ${timeoutMs / 1000}` : `max_execution_time = ${timeoutMs}`;
	const settings = [
		timeout,
		`lock_wait_timeout = ${LOCK_MS / 1000}`,
		`innodb_lock_wait_timeout = ${LOCK_MS / 1000}`,
		`wait_timeout = ${IDLE_MS / 1000}`,
		`net_write_timeout = ${WRITE_SECONDS}`,
		"time_zone = '+00:00'",
		// MySQL sorts whole documents, each of which has to fit in; it takes no more of it than it needs.
		...(isReadOnly && !database.isMariaDb ? [`sort_buffer_size = ${SORT_BYTES}`] : []),
		...(isReadOnly ? [] : ["sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION')"])
	];
	await run(database, `SET ${settings.map((one) => `SESSION ${one}`).join(', ')}`);
	await run(database, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
	await run(database, isReadOnly ? 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY' : 'START TRANSACTION');
}

/** By another connection: a server sees that this one is closed only once its statement is done. */
export async function kill({ connection, target }: Database): Promise<void> {
	const other = await openDatabase(target);
	if (!other.ok) return;
	try {
		await run(other.value, `KILL ${connection.threadId}`);
	} catch {
		// It had ended by itself.
	} finally {
		other.value.socket.end();
	}
}
