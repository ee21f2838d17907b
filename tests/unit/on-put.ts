// Stands before every put into IndexedDB, to let it fail as a full disk does.

/** Runs `before` ahead of every put and add of every object store; answers what ends that. */
export function onPut(before: () => void): () => void {
	const kept: Record<string, unknown> = {};
	for (const verb of ['put', 'add']) {
		const original = Reflect.get(IDBObjectStore.prototype, verb) as (...given: unknown[]) => unknown;
		kept[verb] = original;
		Reflect.set(IDBObjectStore.prototype, verb, function (this: IDBObjectStore, ...given: unknown[]) {
			before();
			return original.apply(this, given);
		});
	}
	return () => Object.assign(IDBObjectStore.prototype, kept);
}
