// Hashes and the key they are made with. Ids are keyed, so that nobody without the key can ask "do you hold this file?".

/** HMAC-SHA-256 of `bytes`, base64url without padding: 43 characters. */
export async function keyedHash(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
	return base64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes)));
}

/** SHA-256 of `bytes`, lower-case hex. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
	return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A new HMAC-SHA-256 key of 32 random bytes; extractable, since a backup of the workspace must carry it. */
export async function makeIdKey(): Promise<CryptoKey> {
	return crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 256 }, true, ['sign']);
}

/** The 32 bytes of an id key. */
export async function exportIdKey(key: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(await crypto.subtle.exportKey('raw', key));
}

export async function importIdKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
	return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
}

/** 128 random bits, base64url: 22 characters. */
export function randomId(): string {
	return base64Url(crypto.getRandomValues(new Uint8Array(16)));
}

function base64Url(bytes: Uint8Array): string {
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');
}
