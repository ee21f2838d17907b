// Bytes as text and their hashes, and comparing without telling how far they agree.

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
	const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
	return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function toBase64Url(bytes: Uint8Array): string {
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');
}

/** SHA-256, base64url. */
export async function hashOf(bytes: Uint8Array): Promise<string> {
	return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** Of two hashes as text; those of other lengths are different. */
export function isEqualHash(a: string, b: string): boolean {
	const encoder = new TextEncoder();
	const [left, right] = [encoder.encode(a), encoder.encode(b)];
	return left.length === right.length && crypto.subtle.timingSafeEqual(left, right);
}
