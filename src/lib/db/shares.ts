// What this browser shared: which link belongs to which report. The link alone has the key, so nobody else can tell it again.
import type { Result } from '#core/result.ts';
import type { KeptShare } from '#core/share/kept-share.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { read } from './changes.ts';
import type { WorkspaceDb } from './schema.ts';

type Stored<T> = Promise<Result<T, StoreFailure>>;

export type ShareRows = {
	/** Oldest first. */
	all(): Stored<readonly KeptShare[]>;
	save(share: KeptShare): Stored<void>;
	forget(share: string): Stored<void>;
};

const PREFIX = 'share/';

export function createShareRows(db: WorkspaceDb): ShareRows {
	return {
		all: () =>
			read(async () => {
				const rows = await db.settings.where('key').startsWith(PREFIX).toArray();
				// Only this file writes them.
				return rows.map(({ value }) => value as KeptShare).toSorted((a, b) => a.createdAtMs - b.createdAtMs);
			}),
		save: (share) =>
			read(async () => {
				await db.settings.put({ key: `${PREFIX}${share.share}`, value: share });
			}),
		forget: (share) => read(() => db.settings.delete(`${PREFIX}${share}`))
	};
}
