// The way to a database: the place is checked, and the socket goes to the address that was. See note: why there is no pool.
//
// Note: why there is no pool. The runtime binds a socket to the request that opened it: another request cannot write to it, or read from it.
// So each request connects, reads or writes once, and ends. A pool belongs before the database, where PgBouncer or ProxySQL does it.
import type { DatabaseServer } from '#core/contract/database.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Env } from '../env.ts';
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

/** Of a transaction. */
export type Begin = { readonly isReadOnly: boolean; readonly timeoutMs: number };

/** Of one list. */
export const TABLES = 2000;

export async function reach(
	{ engine, host, port, tls }: DatabaseServer,
	clearBytes: Pinned['clearBytes'],
	env: Env
): Promise<Result<PinnedSocket, OpenFailure>> {
	const settings = guardSettings(env, PORTS[engine]);
	if (!settings) return err({ kind: 'relay-not-connected' });
	const place = await checkPlace({ host, port }, settings);
	if (!place.ok) return place;
	const isEncrypted = tls === 'verify';
	// A password in the clear goes no further than to where the operator knows the way.
	if (!isEncrypted && !place.value.isNamed) return err({ kind: 'place-not-allowed', reason: 'not-named' });
	const [address] = place.value.addresses;
	return ok(new PinnedSocket({ address, port, host: place.value.host, isEncrypted, clearBytes }));
}
