// Text from UTF-8 bytes, for the few values that are shown; plain ECMAScript has no TextDecoder.

/** Characters of bytes from `start` to `end`; what is no UTF-8 becomes U+FFFD. At most `most` bytes are read, and then `…` ends it. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number, most = 256): string {
	const until = Math.min(end, start + most);
	let text = '';
	for (let at = start; at < until;) {
		const first = bytes[at] ?? 0;
		const size = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
		// A character that the limit cuts is left out.
		if (at + size > until && until < end) break;
		let code = size === 1 ? first : first & (0xff >> (size + 1));
		let isWhole = size > 0 && at + size <= until;
		for (let next = 1; isWhole && next < size; next++) {
			const byte = bytes[at + next] ?? 0;
			isWhole = (byte & 0xc0) === 0x80;
			code = (code << 6) | (byte & 63);
		}
		isWhole &&= code <= 0x10ffff;
		text += isWhole ? String.fromCodePoint(code) : '\ufffd';
		at += isWhole ? size : 1;
	}
	return until < end ? `${text}…` : text;
}
