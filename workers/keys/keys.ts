// Stretches passphrases by Argon2id (RFC 9106).
import { argon2id } from 'hash-wasm';
import type { KeysApi } from './api.ts';

export function createKeysWork(): KeysApi {
	return {
		stretch: async (passphrase, salt, { memoryKib, passes, lanes }) =>
			new Uint8Array(
				await argon2id({
					password: passphrase,
					salt,
					memorySize: memoryKib,
					iterations: passes,
					parallelism: lanes,
					hashLength: 32,
					outputType: 'binary'
				})
			)
	};
}
