// HKDF-SHA-256 and the keys that come from it. Where a key starts from is never exported again.
import { fromBase64Url, toBase64Url } from '#core/base64url.ts';
import { keyLabel, type KeyPurpose } from '#core/sync/labels.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Of secret bytes, something to derive keys from; the bytes are not to be had from it. */
export async function deriveFrom(secret: Bytes): Promise<CryptoKey> {
	return crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits', 'deriveKey']);
}

/** Source: RFC 5869. */
export async function hkdf(secret: CryptoKey, salt: Bytes, info: Bytes, sizeBytes: number): Promise<Bytes> {
	return new Uint8Array(
		await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info }, secret, 8 * sizeBytes)
	);
}

export type KeyScope = { readonly workspace: string; readonly scope: string; readonly epoch: number };

export const NO_SALT = new Uint8Array(32);

export async function keyBytes(secret: CryptoKey, purpose: KeyPurpose, of: KeyScope): Promise<Bytes> {
	return hkdf(secret, NO_SALT, keyLabel(purpose, of.workspace, of.scope, of.epoch), 32);
}

export async function hmacKey(bytes: Bytes): Promise<CryptoKey> {
	return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
}

/** SHA-256. */
export async function digest(bytes: Bytes): Promise<Bytes> {
	return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** 43 characters. */
export async function sha256Text(bytes: Bytes): Promise<string> {
	return toBase64Url(await digest(bytes));
}

export function randomBytes(count: number): Bytes {
	return crypto.getRandomValues(new Uint8Array(count));
}

/** Null for what is not the text of 32 bytes. */
export function idBytes(id: string): Bytes | null {
	const bytes = fromBase64Url(id);
	return bytes?.length === 32 ? bytes : null;
}
