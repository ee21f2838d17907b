// Editions of reports that pipelines published, each with its bundle beside it, so that a list of them reads no rows.
import type { Result } from '#core/result.ts';
import type { KeptEdition } from '#core/share/kept-edition.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { read } from './changes.ts';
import type { WorkspaceDb } from './schema.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Stored<T> = Promise<Result<T, StoreFailure>>;

export type EditionRows = {
	/** Newest first. */
	all(): Stored<readonly KeptEdition[]>;
	edition(id: string): Stored<KeptEdition | null>;
	bundle(id: string): Stored<Bytes | null>;
	/** Both or nothing. One that is there stays as it is. */
	add(edition: KeptEdition, bundle: Bytes): Stored<void>;
	/** Of one that is there still. */
	change(edition: KeptEdition): Stored<void>;
	remove(ids: readonly string[]): Stored<void>;
};

export function createEditionRows(db: WorkspaceDb): EditionRows {
	const { editions, editionBundles } = db;
	return {
		all: () => read(async () => (await editions.toArray()).toSorted((a, b) => b.renderedAtMs - a.renderedAtMs)),
		edition: (id) => read(async () => (await editions.get(id)) ?? null),
		bundle: (id) => read(async () => (await editionBundles.get(id))?.bytes ?? null),
		add: (edition, bytes) =>
			read(() =>
				db.transaction('rw', editions, editionBundles, async () => {
					if (await editions.get(edition.id)) return;
					await editions.put(edition);
					await editionBundles.put({ id: edition.id, bytes });
				})
			),
		change: (edition) =>
			read(() =>
				db.transaction('rw', editions, async () => {
					if (await editions.get(edition.id)) await editions.put(edition);
				})
			),
		remove: (ids) =>
			read(() =>
				db.transaction('rw', editions, editionBundles, async () => {
					await editions.bulkDelete([...ids]);
					await editionBundles.bulkDelete([...ids]);
				})
			)
	};
}
