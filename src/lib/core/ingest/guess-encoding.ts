// Tells the text encoding of bytes: by their mark, by the zeros of UTF-16, by UTF-8's own grammar, else windows-1252.

export type EncodingGuess = { readonly encoding: string; readonly markLength: number };

const marks: readonly { readonly bytes: readonly number[]; readonly encoding: string }[] = [
	{ bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
	{ bytes: [0xff, 0xfe], encoding: 'utf-16le' },
	{ bytes: [0xfe, 0xff], encoding: 'utf-16be' }
];

/** From the start of a source; `complete` tells that nothing follows, so that a cut character at the end is an error too. */
export function guessEncoding(bytes: Uint8Array, complete: boolean): EncodingGuess {
	for (const mark of marks) {
		if (mark.bytes.every((byte, index) => bytes[index] === byte)) {
			return { encoding: mark.encoding, markLength: mark.bytes.length };
		}
	}
	const wide = guessUtf16(bytes);
	if (wide) return { encoding: wide, markLength: 0 };
	return { encoding: isUtf8(bytes, complete) ? 'utf-8' : 'windows-1252', markLength: 0 };
}

/** Bytes of the encoding's own mark at the start. */
export function markLength(bytes: Uint8Array, encoding: string): number {
	const mark = marks.find((known) => known.encoding === encoding);
	return mark?.bytes.every((byte, index) => bytes[index] === byte) ? mark.bytes.length : 0;
}

function guessUtf16(bytes: Uint8Array): string | null {
	const length = Math.min(bytes.length & ~1, 4096);
	if (length < 4) return null;
	let even = 0;
	let odd = 0;
	for (let at = 0; at < length; at += 2) {
		if (bytes[at] === 0) even++;
		if (bytes[at + 1] === 0) odd++;
	}
	const pairs = length / 2;
	if (odd > pairs * 0.4 && even < pairs * 0.05) return 'utf-16le';
	if (even > pairs * 0.4 && odd < pairs * 0.05) return 'utf-16be';
	return null;
}

export function isUtf8(bytes: Uint8Array, complete: boolean): boolean {
	const length = bytes.length;
	let at = 0;
	while (at < length) {
		const byte = bytes[at] ?? 0;
		if (byte < 0x80) {
			at++;
			continue;
		}
		const size =
			byte >= 0xf0 && byte <= 0xf4 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc2 && byte < 0xe0 ? 2 : 0;
		if (size === 0) return false;
		if (at + size > length && !complete) return continuation(bytes, at + 1, length);
		if (!continuation(bytes, at + 1, at + size)) return false;
		const second = bytes[at + 1] ?? 0;
		if ((byte === 0xe0 && second < 0xa0) || (byte === 0xed && second > 0x9f)) return false;
		if ((byte === 0xf0 && second < 0x90) || (byte === 0xf4 && second > 0x8f)) return false;
		at += size;
	}
	return true;
}

function continuation(bytes: Uint8Array, from: number, end: number): boolean {
	for (let at = from; at < end; at++) if (((bytes[at] ?? 0) & 0xc0) !== 0x80) return false;
	return true;
}
