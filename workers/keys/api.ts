// What the keys worker does: it stretches passphrases, which takes a third of a second. Types only.
import type { Stretch } from '#core/sync/key-slot.ts';

export type KeysApi = {
	/** Argon2id: 32 bytes. */
	stretch(passphrase: string, salt: Uint8Array<ArrayBuffer>, stretch: Stretch): Promise<Uint8Array<ArrayBuffer>>;
};
