// The sealed secrets of connections, and the key of this browser that they are sealed under. No backup, export or sync reads these rows.
import { ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { read } from './changes.ts';
import type { WorkspaceDb } from './schema.ts';

type Stored<T> = Promise<Result<T, StoreFailure>>;
export type SealedRow = {
	readonly nonce: Uint8Array<ArrayBuffer>;
	readonly sealed: Uint8Array<ArrayBuffer>;
};

export type SourceSecretRows = {
	/** That of this browser; `make` is asked when there is none. */
	key(make: () => Promise<CryptoKey>): Stored<CryptoKey>;
	secret(connection: string, name: string): Stored<SealedRow | null>;
	save(connection: string, name: string, sealed: SealedRow): Stored<void>;
	/** All of a connection. */
	forget(connection: string): Stored<void>;
};

const KEY = 'source-secret-key';
const prefixOf = (connection: string): string => `source-secret/${connection}/`;

export function createSourceSecretRows(db: WorkspaceDb): SourceSecretRows {
	const { settings } = db;
	return {
		key: async (make) => {
			const stored = await read(() => settings.get(KEY));
			if (!stored.ok) return stored;
			if (stored.value?.value instanceof CryptoKey) return ok(stored.value.value);
			const made = await make();
			return read(() =>
				db.transaction('rw', settings, async () => {
					// Another tab may have been first.
					const other = (await settings.get(KEY))?.value;
					if (other instanceof CryptoKey) return other;
					await settings.put({ key: KEY, value: made });
					return made;
				})
			);
		},
		// Only this file writes them.
		secret: (connection, name) =>
			read(async () => ((await settings.get(prefixOf(connection) + name))?.value as SealedRow | undefined) ?? null),
		save: (connection, name, sealed) =>
			read(async () => {
				await settings.put({ key: prefixOf(connection) + name, value: sealed });
			}),
		forget: (connection) =>
			read(async () => {
				await settings.where('key').startsWith(prefixOf(connection)).delete();
			})
	};
}
