// What the door does with a database, whichever it is, in transactions of a pool of its own.
import type { listTables, putRows, readRows } from '#core/contract/database.ts';
import type { AnswerOf, ParsedRequestOf } from '#core/contract/endpoint.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { RowsHead } from '#core/source/sql/row-lines.ts';
import type { DatabaseFailed, OpenFailure } from './failure.ts';
import type { PinnedSocket } from './pinned-socket.ts';
import { LIST_MS, PUT_MS, READ_MS, type Target } from './reach.ts';
import { rowStream, type RowsOut } from './row-stream.ts';
import { Transactions, type TransactionKind } from './transaction.ts';

export type RowsAsked = Omit<ParsedRequestOf<typeof readRows>, 'workspace' | 'server'>;
export type PutAsked = Omit<ParsedRequestOf<typeof putRows>, 'workspace' | 'server'>;
export type Tables = AnswerOf<typeof listTables>;
export type Counts = AnswerOf<typeof putRows>;

export type Answer<T> = Promise<Result<T, OpenFailure>>;

export type Engine = {
	readonly tables: (target: Target) => Answer<Tables>;
	/** Lines of `core/source/sql/row-lines.ts`, as whoever reads them asks for more. */
	readonly lines: (target: Target, asked: RowsAsked) => Answer<ReadableStream<Uint8Array>>;
	readonly put: (target: Target, asked: PutAsked) => Answer<Counts>;
};

/** Each in a transaction that was begun. */
export type EngineKind<D> = TransactionKind<D> & {
	readonly tablesOf: (database: D) => Promise<Tables>;
	readonly rowsOf: (database: D, asked: RowsAsked) => Promise<Result<Rows, DatabaseFailed>>;
	readonly put: (database: D, asked: PutAsked) => Promise<Result<Counts, DatabaseFailed>>;
};

export type Rows = {
	readonly head: RowsHead;
	/** `onCancel`: nobody reads on. */
	readonly out: (onCancel: () => void) => RowsOut;
};

export function createEngine<D extends { readonly socket: PinnedSocket }>(kind: EngineKind<D>): Engine {
	const transactions = new Transactions(kind);
	const { tablesOf, rowsOf, put, failureOf } = kind;
	return {
		tables: async (target) =>
			transactions.run(target, { isReadOnly: true, timeoutMs: LIST_MS }, async (database) =>
				ok(await tablesOf(database))
			),
		lines: async (target, asked) => {
			const begun = await transactions.begin(target, { isReadOnly: true, timeoutMs: READ_MS });
			if (!begun.ok) return begun;
			const { database, end, drop } = begun.value;
			try {
				const rows = await rowsOf(database, asked);
				if (rows.ok) return ok(rowStream(rows.value.head, rows.value.out(drop), { end, drop }));
				await end('ROLLBACK');
				return rows;
			} catch (error) {
				drop();
				return err(failureOf(error, true));
			}
		},
		put: async (target, asked) =>
			transactions.run(target, { isReadOnly: false, timeoutMs: PUT_MS }, async (database) => put(database, asked))
	};
}
