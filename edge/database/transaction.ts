// Work in one transaction of a connection that the pool has or opens, whichever database it is.
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import { databaseFailed, type DatabaseFailed, type OpenFailure } from './failure.ts';
import type { PinnedSocket } from './pinned-socket.ts';
import { Pool, type Begun, type Lease } from './pool.ts';
import { CONNECT_MS, keyOf, type Begin, type Target } from './reach.ts';

export type TransactionKind<D> = {
	readonly open: (target: Target) => Promise<Result<D, OpenFailure>>;
	readonly begin: (database: D, how: Begin) => Promise<void>;
	readonly run: (database: D, sql: 'COMMIT' | 'ROLLBACK') => Promise<unknown>;
	readonly reset: (database: D) => Promise<void>;
	readonly close: (database: D) => void;
	/** Ends what it runs, of a server that binds no time to what writes. */
	readonly kill?: (database: D) => Promise<void>;
	readonly failureOf: (error: unknown, isOpen: boolean) => DatabaseFailed;
};

export class Transactions<D extends { readonly socket: PinnedSocket }> {
	readonly #kind: TransactionKind<D>;
	readonly #pool: Pool<Target, D, OpenFailure>;

	constructor(kind: TransactionKind<D>) {
		this.#kind = kind;
		const { open, reset, close } = kind;
		const onClosed = (database: D, tell: () => void): void => void database.socket.once('close', tell);
		this.#pool = new Pool({ keyOf, open, reset, close, onClosed });
	}

	async begin(target: Target, how: Begin): Promise<Result<Begun<D>, OpenFailure>> {
		for (;;) {
			const taken = await this.#pool.take(target);
			if (!taken.ok) return taken;
			const { database, isUsed, drop } = taken.value;
			try {
				await this.#kind.begin(database, how);
				return ok({ database, drop, end: (sql) => this.#end(taken.value, sql, target.keptMs) });
			} catch (error) {
				drop();
				const failed = this.#kind.failureOf(error, true);
				// The other end had closed it while nobody looked: nothing was done yet, and a new one is not used.
				if (!(isUsed && failed.reason === 'lost')) return err(failed);
			}
		}
	}

	/** Does `work`, and keeps what it did only where it succeeds, in time. */
	async run<T, F extends ApiFailure>(
		target: Target,
		how: Begin,
		work: (database: D) => Promise<Result<T, F>>
	): Promise<Result<T, F | OpenFailure>> {
		const begun = await this.begin(target, how);
		if (!begun.ok) return begun;
		const { database, end, drop } = begun.value;
		try {
			const done = await this.#inTime(database, how, work(database));
			if (done === null) {
				drop();
				return err(databaseFailed('timeout'));
			}
			await end(done.ok ? 'COMMIT' : 'ROLLBACK');
			return done;
		} catch (error) {
			drop();
			return err(this.#kind.failureOf(error, true));
		}
	}

	/** Null where it took longer. What was done so far is never kept then: the clock stops before that is asked for. */
	async #inTime<T>(database: D, { isReadOnly, timeoutMs }: Begin, work: Promise<T>): Promise<T | null> {
		const { kill } = this.#kind;
		if (isReadOnly || !kill) return work;
		const done = await before(timeoutMs, work);
		if (done === null) await before(CONNECT_MS, kill(database));
		return done;
	}

	async #end({ database, giveBack, drop }: Lease<D>, sql: 'COMMIT' | 'ROLLBACK', keptMs: number): Promise<void> {
		try {
			await this.#kind.run(database, sql);
		} catch (error) {
			drop();
			throw error;
		}
		giveBack(keptMs);
	}
}

async function before<T>(timeoutMs: number, work: Promise<T>): Promise<T | null> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<null>((resolve) => {
		timer = setTimeout(() => resolve(null), timeoutMs);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}
