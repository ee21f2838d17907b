// Bytes as text that may stand in an address: base64url without padding (RFC 4648, section 5), in plain ECMAScript.
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function toBase64Url(bytes: Uint8Array): string {
	const pieces: string[] = [];
	for (let at = 0; at < bytes.length; at += 3) {
		const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
		const count = Math.min(3, bytes.length - at) + 1;
		for (let letter = 0; letter < count; letter++) pieces.push(LETTERS.charAt((bits >> (18 - 6 * letter)) & 63));
	}
	return pieces.join('');
}

/** Null for a text that `toBase64Url` does not give: bytes have one text, and no other stands for them. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
	if (text.length % 4 === 1) return null;
	const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
	let [bits, count, at] = [0, 0, 0];
	for (const letter of text) {
		const value = LETTERS.indexOf(letter);
		if (value < 0) return null;
		bits = ((bits << 6) | value) & 0xffffff;
		count += 6;
		if (count < 8) continue;
		count -= 8;
		bytes[at++] = (bits >> count) & 0xff;
	}
	return (bits & ((1 << count) - 1)) === 0 ? bytes : null;
}
