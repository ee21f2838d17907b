// A transaction that is acknowledged before the disk has it. All of it lands or nothing; a power cut may lose it with all that
// was written after it, a killed page or browser does not.
import type { WorkspaceDb } from './schema.ts';

export type Asked = {
	readonly get: (table: string, key: IDBValidKey) => Promise<unknown>;
	readonly put: (table: string, row: unknown) => Promise<unknown>;
	/** Rows of an index's key. */
	readonly count: (table: string, index: string, key: IDBValidKey) => Promise<unknown>;
	readonly all: (table: string, index: string, key: IDBValidKey) => Promise<unknown>;
	readonly remove: (table: string, key: IDBValidKey) => Promise<unknown>;
};

/** What `work` throws ends the transaction without effect, and is thrown. It may wait for nothing but what it asks here. */
export async function relaxed(
	db: WorkspaceDb,
	tables: readonly string[],
	work: (asked: Asked) => Promise<void>
): Promise<void> {
	if (!db.isOpen()) await db.open();
	// Dexie gives all transactions of a database the same durability.
	const transaction = db.backendDB().transaction([...tables], 'readwrite', { durability: 'relaxed' });
	const ended = new Promise<void>((resolve, reject) => {
		transaction.oncomplete = () => resolve();
		transaction.onabort = () => reject(transaction.error ?? new DOMException('it was given up', 'AbortError'));
	});
	try {
		await work({
			get: (table, key) => answer(transaction.objectStore(table).get(key)),
			put: (table, row) => answer(transaction.objectStore(table).put(row)),
			count: (table, index, key) => answer(transaction.objectStore(table).index(index).count(key)),
			all: (table, index, key) => answer(transaction.objectStore(table).index(index).getAll(key)),
			remove: (table, key) => answer(transaction.objectStore(table).delete(key))
		});
	} catch (error) {
		// A request that failed has ended it already.
		ended.catch(() => undefined);
		if (transaction.error === null) transaction.abort();
		throw error;
	}
	transaction.commit();
	await ended;
}

function answer(request: IDBRequest): Promise<unknown> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new DOMException('no answer', 'UnknownError'));
	});
}
