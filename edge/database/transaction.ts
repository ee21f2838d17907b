// Work in one transaction of a connection that is closed afterwards, whichever database it is.
import type { DatabaseServer } from '#core/contract/database.ts';
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, type Result } from '#core/result.ts';
import type { Env } from '../env.ts';
import type { DatabaseFailed, OpenFailure } from './failure.ts';
import type { PinnedSocket } from './pinned-socket.ts';
import type { Begin } from './reach.ts';

type Kind<D> = {
	readonly open: (server: DatabaseServer, env: Env) => Promise<Result<D, OpenFailure>>;
	readonly begin: (database: D, how: Begin) => Promise<void>;
	readonly run: (database: D, sql: 'COMMIT' | 'ROLLBACK') => Promise<unknown>;
	readonly failureOf: (error: unknown, isOpen: boolean) => DatabaseFailed;
};

/** Does `work`, and keeps what it did only where it succeeds. */
export function transactions<D extends { readonly socket: PinnedSocket }>({ open, begin, run, failureOf }: Kind<D>) {
	return async <T, F extends ApiFailure>(
		server: DatabaseServer,
		env: Env,
		how: Begin,
		work: (database: D) => Promise<Result<T, F>>
	): Promise<Result<T, F | OpenFailure>> => {
		const opened = await open(server, env);
		if (!opened.ok) return opened;
		const database = opened.value;
		try {
			await begin(database, how);
			const done = await work(database);
			await run(database, done.ok ? 'COMMIT' : 'ROLLBACK');
			return done;
		} catch (error) {
			return err(failureOf(error, true));
		} finally {
			database.socket.end();
		}
	};
}
