// Secrets of connections as they lie on this device: under a key that no page can read out, bound to whose they are and where they may go.
import { decryptGcm, encryptGcm } from './aes-gcm.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type SealedSecret = { readonly nonce: Bytes; readonly sealed: Bytes };
export type SecretPlace = { readonly connection: string; readonly name: string; readonly origin: string };

/** AES-256-GCM; it stays in the browser that made it. */
export function makeDeviceKey(): Promise<CryptoKey> {
	return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

export async function sealSecret(key: CryptoKey, place: SecretPlace, secret: string): Promise<SealedSecret> {
	const nonce = crypto.getRandomValues(new Uint8Array(12));
	return { nonce, sealed: await encryptGcm({ key, nonce, bound: boundTo(place) }, new TextEncoder().encode(secret)) };
}

/** Null when it was sealed for another place. */
export async function openSecret(
	key: CryptoKey,
	place: SecretPlace,
	{ nonce, sealed }: SealedSecret
): Promise<string | null> {
	const opened = await decryptGcm({ key, nonce, bound: boundTo(place) }, sealed);
	return opened && new TextDecoder().decode(opened);
}

function boundTo({ connection, name, origin }: SecretPlace): Bytes {
	return new TextEncoder().encode(JSON.stringify(['weir device secret', connection, name, origin]));
}
