// What was shared: which link belongs to which report. The link alone has the key, so nobody but this workspace's devices can tell it again.
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

export function createShareRows({ shares }: WorkspaceDb): ShareRows {
	return {
		all: () => read(async () => (await shares.toArray()).toSorted((a, b) => a.createdAtMs - b.createdAtMs)),
		save: (share) =>
			read(async () => {
				await shares.put(share);
			}),
		forget: (share) => read(() => shares.delete(share))
	};
}
