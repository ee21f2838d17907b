// Starts a keys worker for each passphrase that is stretched, and ends it: what it was given is gone with it.
import { wrap } from 'comlink';
import type { KeysCrashed } from '#core/sync/key-slot.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { KeysApi } from '#workers/keys/api.ts';
import keysUrl from '#workers/keys/keys.worker.ts?worker&url';
import { spawn } from './spawn.ts';

type Stretch = (...given: Parameters<KeysApi['stretch']>) => Promise<Result<Uint8Array<ArrayBuffer>, KeysCrashed>>;

export function createKeysHost(): { readonly stretch: Stretch } {
	return {
		stretch: async (...given) => {
			const spawned = spawn(keysUrl, 'keys');
			try {
				const lost = spawned.gone.then((reason) => err({ kind: 'keys-crashed', reason } as const));
				return await Promise.race([
					wrap<KeysApi>(spawned.worker)
						.stretch(...given)
						.then(ok),
					lost
				]);
			} finally {
				spawned.end();
			}
		}
	};
}
