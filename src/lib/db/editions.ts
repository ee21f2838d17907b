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

const FACTS = 'edition/';
const BUNDLES = 'edition-bundle/';

export function createEditionRows(db: WorkspaceDb): EditionRows {
	const { settings } = db;
	// Only this file writes them.
	const factsOf = async (id: string): Promise<KeptEdition | null> =>
		((await settings.get(FACTS + id))?.value as KeptEdition | undefined) ?? null;
	return {
		all: () =>
			read(async () => {
				const rows = await settings.where('key').startsWith(FACTS).toArray();
				return rows.map(({ value }) => value as KeptEdition).toSorted((a, b) => b.renderedAtMs - a.renderedAtMs);
			}),
		edition: (id) => read(() => factsOf(id)),
		bundle: (id) => read(async () => ((await settings.get(BUNDLES + id))?.value as Bytes | undefined) ?? null),
		add: (edition, bundle) =>
			read(() =>
				db.transaction('rw', settings, async () => {
					if (await factsOf(edition.id)) return;
					await settings.bulkPut([
						{ key: FACTS + edition.id, value: edition },
						{ key: BUNDLES + edition.id, value: bundle }
					]);
				})
			),
		change: (edition) =>
			read(() =>
				db.transaction('rw', settings, async () => {
					if (await factsOf(edition.id)) await settings.put({ key: FACTS + edition.id, value: edition });
				})
			),
		remove: (ids) => read(() => settings.bulkDelete(ids.flatMap((id) => [FACTS + id, BUNDLES + id])))
	};
}
