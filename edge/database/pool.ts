// Connections to a database server that are kept a while for the next question. See note: who gets which.
//
// Note: who gets which. A connection goes again to whoever names the same address, database, user, password and encryption (`keyOf`), after what
// the last one left in it was undone. `SIZE` are open at a time; who comes when all of them are in use waits in line.
import { err, ok, type Result } from '#core/result.ts';
import { databaseFailed, type DatabaseFailed } from './failure.ts';

export const SIZE = 4;
/** For a connection. */
export const WAIT_MS = 60_000;
/** Since it was opened: who was locked out meanwhile stays signed in no longer. */
export const AGE_MS = 5 * 60_000;
/** Of one question, the longest of which have ten minutes; then whoever asked is gone. */
export const HELD_MS = 11 * 60_000;
const RESET_MS = 10_000;

export type PoolKind<T, D, F> = {
	readonly keyOf: (target: T) => string;
	readonly open: (target: T) => Promise<Result<D, F>>;
	/** Undoes what is left of the last question; rejects where it cannot. */
	readonly reset: (database: D) => Promise<void>;
	readonly close: (database: D) => void;
	/** Tells once, whoever closed it. */
	readonly onClosed: (database: D, tell: () => void) => void;
};

export type PoolClock = {
	readonly now: () => number;
	/** Answers with what takes it back. */
	readonly after: (delayMs: number, act: () => void) => () => void;
};

/** Whoever holds one ends it once, by either; what comes later does nothing. */
export type Lease<D> = {
	readonly database: D;
	/** It had served before: it may have been closed by the other end without a word. */
	readonly isUsed: boolean;
	/** Its transaction is over. `keptMs`: how long it waits for another question; 0 closes it. */
	readonly giveBack: (keptMs: number) => void;
	readonly drop: () => void;
};

/** A transaction that was begun; whoever has it ends it by one of the two. */
export type Begun<D> = {
	readonly database: D;
	/** Keeps what was done, or not, and the connection for another question. */
	readonly end: (sql: 'COMMIT' | 'ROLLBACK') => Promise<void>;
	/** In its midst: the connection goes, and what was done with it. */
	readonly drop: () => void;
};

type Connection<D> = {
	readonly database: D;
	readonly key: string;
	readonly openedMs: number;
	isClosed: boolean;
	/** Ends whatever it is in. */
	forget: () => void;
};

const runtimeClock: PoolClock = {
	now: () => Date.now(),
	after: (delayMs, act) => {
		const timer = setTimeout(act, delayMs);
		return () => clearTimeout(timer);
	}
};

export class Pool<T, D, F> {
	readonly #kind: PoolKind<T, D, F>;
	readonly #clock: PoolClock;
	/** The one that was used last is last. */
	readonly #idle: Connection<D>[] = [];
	/** Those that somebody may wait for, by their keys. */
	readonly #cleaning = new Map<string, Promise<void>[]>();
	readonly #line: (() => void)[] = [];
	#takenCount = 0;

	constructor(kind: PoolKind<T, D, F>, clock: PoolClock = runtimeClock) {
		this.#kind = kind;
		this.#clock = clock;
	}

	/** Fails: whatever `open` does · database-failed, `busy`, where none was free in time */
	async take(target: T): Promise<Result<Lease<D>, F | DatabaseFailed>> {
		if (!(await this.#place())) return err(databaseFailed('busy'));
		const key = this.#kind.keyOf(target);
		const isMine = (one: Connection<D>): boolean => one.key === key;
		// It is there sooner than a new one.
		if (!this.#idle.some(isMine)) await this.#cleaning.get(key)?.pop();
		const kept = this.#idle.findLast(isMine);
		if (kept) {
			kept.forget();
			return ok(this.#lend(kept, true));
		}
		const [oldest] = this.#idle;
		if (oldest && this.#idle.length + this.#takenCount > SIZE) this.#close(oldest);
		try {
			const opened = await this.#kind.open(target);
			if (opened.ok) return ok(this.#lend(this.#watch(opened.value, key), false));
			this.#free();
			return opened;
		} catch (error) {
			this.#free();
			throw error;
		}
	}

	/** One of `SIZE`; false where none came free in time. */
	async #place(): Promise<boolean> {
		if (this.#takenCount < SIZE) {
			this.#takenCount++;
			return true;
		}
		return new Promise((resolve) => {
			const next = (): void => {
				takeBack();
				resolve(true);
			};
			const takeBack = this.#clock.after(WAIT_MS, () => {
				this.#line.splice(this.#line.indexOf(next), 1);
				resolve(false);
			});
			this.#line.push(next);
		});
	}

	/** The place goes on to whoever waits longest. */
	#free(): void {
		const next = this.#line.shift();
		if (next) next();
		else this.#takenCount--;
	}

	#watch(database: D, key: string): Connection<D> {
		const connection: Connection<D> = {
			...{ database, key, openedMs: this.#clock.now(), isClosed: false },
			forget: () => undefined
		};
		this.#kind.onClosed(database, () => {
			connection.isClosed = true;
			connection.forget();
		});
		return connection;
	}

	#lend(connection: Connection<D>, isUsed: boolean): Lease<D> {
		let isOver = false;
		const end = (act: () => void): void => {
			if (isOver) return;
			isOver = true;
			takeBack();
			act();
		};
		const drop = (): void =>
			end(() => {
				this.#close(connection);
				this.#free();
			});
		const giveBack = (keptMs: number): void => end(() => this.#clean(connection, keptMs));
		const takeBack = this.#clock.after(HELD_MS, drop);
		connection.forget = drop;
		return { database: connection.database, isUsed, giveBack, drop };
	}

	#clean(connection: Connection<D>, keptMs: number): void {
		const { key } = connection;
		const cleaning = this.#cleaned(connection, keptMs).finally(() => {
			const others = this.#cleaning.get(key)?.filter((one) => one !== cleaning) ?? [];
			if (others.length > 0) this.#cleaning.set(key, others);
			else this.#cleaning.delete(key);
		});
		this.#cleaning.set(key, [...(this.#cleaning.get(key) ?? []), cleaning]);
	}

	async #cleaned(connection: Connection<D>, keptMs: number): Promise<void> {
		connection.forget = () => undefined;
		const leftMs = Math.min(keptMs, connection.openedMs + AGE_MS - this.#clock.now());
		if (connection.isClosed || leftMs <= 0 || !(await this.#isReset(connection))) this.#close(connection);
		else this.#keep(connection, leftMs);
		this.#free();
	}

	async #isReset(connection: Connection<D>): Promise<boolean> {
		return new Promise((resolve) => {
			const no = (): void => resolve(false);
			const takeBack = this.#clock.after(RESET_MS, no);
			connection.forget = no;
			this.#kind
				.reset(connection.database)
				.then(() => resolve(!connection.isClosed), no)
				.finally(takeBack);
		});
	}

	#keep(connection: Connection<D>, keptMs: number): void {
		const leave = (): void => {
			takeBack();
			const at = this.#idle.indexOf(connection);
			if (at >= 0) this.#idle.splice(at, 1);
		};
		const takeBack = this.#clock.after(keptMs, () => {
			leave();
			this.#close(connection);
		});
		connection.forget = leave;
		this.#idle.push(connection);
	}

	#close(connection: Connection<D>): void {
		if (connection.isClosed) return;
		connection.isClosed = true;
		connection.forget();
		connection.forget = () => undefined;
		this.#kind.close(connection.database);
	}
}
