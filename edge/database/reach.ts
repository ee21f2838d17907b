// The way to a database: the place is checked, and the socket goes to the address that was.
import type { DatabaseServer } from '#core/contract/database.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { SourceEnv } from '../env.ts';
import { checkPlace } from '../relay/guard.ts';
import { guardSettings } from '../relay/settings.ts';
import type { OpenFailure } from './failure.ts';
import { PinnedSocket, type Pinned } from './pinned-socket.ts';

/** As usual, of databases and of what pools before them; others are named by the operator. */
const PORTS: Readonly<Record<DatabaseServer['engine'], readonly number[]>> = {
	postgres: [5432, 6432],
	mysql: [3306, 6033]
};

export const CONNECT_MS = 10_000;
export const LOCK_MS = 10_000;
/** Of a transaction in which whoever reads lets it wait. */
export const IDLE_MS = 60_000;
export const READ_MS = 10 * 60_000;
export const PUT_MS = 5 * 60_000;
export const LIST_MS = 20_000;
/** A connection, for another question. */
const KEPT_SECONDS = 30;

/** Of a transaction. */
export type Begin = { readonly isReadOnly: boolean; readonly timeoutMs: number };

/** Of one list. */
export const TABLES = 2000;

/** A server whose place was checked for this question. */
export type Target = {
	readonly server: DatabaseServer;
	readonly way: Omit<Pinned, 'clearBytes'>;
	/** How long a connection waits for another question. */
	readonly keptMs: number;
};

/** Each question asks for it, whether a connection is kept or not: what the operator no longer names is reached no longer. */
export async function checkTarget(server: DatabaseServer, env: SourceEnv): Promise<Result<Target, OpenFailure>> {
	const { engine, host, port, tls } = server;
	const settings = guardSettings(env, PORTS[engine]);
	if (!settings) return err({ kind: 'relay-not-connected' });
	const place = await checkPlace({ host, port }, settings);
	if (!place.ok) return place;
	const isEncrypted = tls === 'verify';
	// A password in the clear goes no further than to where the operator knows the way.
	if (!isEncrypted && !place.value.isNamed) return err({ kind: 'place-not-allowed', reason: 'not-named' });
	const [address] = place.value.addresses;
	const way = { address, port, host: place.value.host, isEncrypted };
	return ok({ server, way, keptMs: keptSecondsOf(env) * 1000 });
}

function keptSecondsOf({ SOURCE_KEPT_SECONDS: set }: SourceEnv): number {
	return set !== undefined && /^\d{1,3}$/.test(set) ? Number(set) : KEPT_SECONDS;
}

/** Who else may have the same connection. */
export function keyOf({ server: { database, user, password }, way }: Target): string {
	return JSON.stringify([way.address, way.port, way.host, way.isEncrypted, database, user, password]);
}

export function socketTo({ way }: Target, clearBytes: Pinned['clearBytes']): PinnedSocket {
	return new PinnedSocket({ ...way, clearBytes });
}
