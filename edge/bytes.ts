// Hashes of bytes, also of those that came as text, and comparing without telling how far they agree.
import { fromBase64Url, toBase64Url } from '#core/base64url.ts';
import { invariant } from '#core/result.ts';

/** SHA-256, base64url. */
export async function hashOf(bytes: Uint8Array): Promise<string> {
	return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** SHA-256 in base64, as `Content-Digest` has it. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
	return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))));
}

/** SHA-256 of the bytes that a text of the contract's `sealed` stands for. */
export async function hashOfText(sealed: string): Promise<string> {
	const bytes = fromBase64Url(sealed);
	invariant(bytes !== null, 'the contract lets no other text in');
	return hashOf(bytes);
}

/** Of two hashes as text, all of them whatever differs first; those of other lengths are different. */
export function isEqualHash(a: string, b: string): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
	return difference === 0;
}

/** HMAC-SHA-256 under a text, as bytes. */
export async function hmacOf(secret: string | Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
	const raw = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
	const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
	return new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
}

/** HMAC-SHA-256 under a text, base64url. */
export async function keyedHashOf(secret: string, bytes: Uint8Array): Promise<string> {
	return toBase64Url(await hmacOf(secret, bytes));
}
