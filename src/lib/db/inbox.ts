// Which items of inboxes this device took in: written in the transaction of the version that holds their rows, and kept until the edge
// knows; and what kept others from being taken in.
import type { Failure } from '#core/failure.ts';
import type { DatasetId, VersionId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { read } from './changes.ts';
import { Refused } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';

type Stored<T> = Promise<Result<T, StoreFailure>>;

/** Items that a version took in. */
export type TakenItems = { readonly dataset: DatasetId; readonly keys: readonly string[] };
export type TakenItem = { readonly key: string; readonly version: VersionId };
export type InboxTrouble = { readonly dataset: DatasetId; readonly key: string; readonly failure: Failure };

export type InboxRows = {
	taken(dataset: DatasetId): Stored<readonly TakenItem[]>;
	/** The edge knows of them. */
	forget(dataset: DatasetId, keys: readonly string[]): Stored<void>;
	troubles(): Stored<readonly InboxTrouble[]>;
	saveTroubles(troubles: readonly InboxTrouble[]): Stored<void>;
	/** Told after any tab, this one too, settled items or found some wanting. Returns the stop function. */
	watch(onChange: () => void): () => void;
};

const TROUBLES = 'inbox-troubles';
const prefixOf = (dataset: DatasetId): string => `inbox-taken/${dataset}/`;

export function createInboxRows(db: WorkspaceDb): InboxRows {
	const channel = new BroadcastChannel(`${db.name}:inbox`);
	const listeners = new Set<() => void>();
	const tell = (): void => {
		for (const listener of listeners) listener();
	};
	channel.onmessage = tell;
	const telling = async (work: () => PromiseLike<void>): Stored<void> => {
		const done = await read(work);
		if (done.ok) {
			channel.postMessage('changed');
			tell();
		}
		return done;
	};
	return {
		taken: (dataset) =>
			read(async () => {
				const prefix = prefixOf(dataset);
				const rows = await db.settings.where('key').startsWith(prefix).toArray();
				// Only this file writes them.
				return rows.map(({ key, value }) => ({ key: key.slice(prefix.length), version: value as VersionId }));
			}),
		forget: (dataset, keys) =>
			telling(async () => {
				await db.settings.bulkDelete(keys.map((key) => `${prefixOf(dataset)}${key}`));
			}),
		troubles: () => read(async () => ((await db.settings.get(TROUBLES))?.value as InboxTrouble[] | undefined) ?? []),
		saveTroubles: (troubles) =>
			telling(async () => {
				await db.settings.put({ key: TROUBLES, value: troubles });
			}),
		watch: (onChange) => {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		}
	};
}

/** Within the transaction of a commit. Refused as `moved` where another tab took one of them in. */
export async function takeInto(db: WorkspaceDb, { dataset, keys }: TakenItems, version: VersionId): Promise<void> {
	const rows = keys.map((key) => ({ key: `${prefixOf(dataset)}${key}`, value: version }));
	const there = await db.settings.bulkGet(rows.map(({ key }) => key));
	if (there.some((row) => row !== undefined)) throw new Refused({ kind: 'moved', name: 'the inbox' });
	await db.settings.bulkPut(rows);
}
