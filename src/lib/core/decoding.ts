// Reads canonical bytes back. Every length is checked, since the bytes may come from anywhere.
import type { Encodable } from './encoding.ts';
import { err, ok, type Result } from './result.ts';

export type BrokenEncoding = { readonly kind: 'broken-encoding'; readonly atByte: number };

/** The value whose canonical bytes these are; its table stands with `encodeCanonical`. */
export function decodeCanonical(bytes: Uint8Array<ArrayBuffer>): Result<Encodable, BrokenEncoding> {
	const reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
	try {
		const value = read(reader, 0);
		return reader.at === bytes.length ? ok(value) : err({ kind: 'broken-encoding', atByte: reader.at });
	} catch (thrown) {
		// A DataView past its end, a length or text past the end, or nesting without end.
		if (thrown instanceof RangeError) return err({ kind: 'broken-encoding', atByte: reader.at });
		throw thrown;
	}
}

type Reader = { readonly bytes: Uint8Array<ArrayBuffer>; readonly view: DataView; at: number };

const DEPTH_MAX = 200;

function read(reader: Reader, depth: number): Encodable {
	if (depth > DEPTH_MAX) throw new RangeError('nested too deep');
	const tag = String.fromCharCode(reader.view.getUint8(reader.at++));
	switch (tag) {
		case 'n':
			return null;
		case 't':
			return true;
		case 'f':
			return false;
		case 'd':
			reader.at += 8;
			return reader.view.getFloat64(reader.at - 8);
		case 's':
			return text(take(reader, length(reader)));
		case 'b':
			return take(reader, length(reader)).slice();
		case 'a': {
			const list: Encodable[] = [];
			for (let left = length(reader); left > 0; left--) list.push(read(reader, depth + 1));
			return list;
		}
		case 'o': {
			const entries: [string, Encodable][] = [];
			for (let left = length(reader); left > 0; left--) {
				const key = read(reader, DEPTH_MAX);
				if (typeof key !== 'string') throw new RangeError('a key is no text');
				entries.push([key, read(reader, depth + 1)]);
			}
			return Object.fromEntries(entries);
		}
		default:
			throw new RangeError('an unknown tag');
	}
}

function length(reader: Reader): number {
	reader.at += 4;
	return reader.view.getUint32(reader.at - 4);
}

function take(reader: Reader, size: number): Uint8Array<ArrayBuffer> {
	if (reader.at + size > reader.bytes.length) throw new RangeError('cut off');
	reader.at += size;
	return reader.bytes.subarray(reader.at - size, reader.at);
}

/** The inverse of the encoder's UTF-8 with lone surrogates. */
function text(bytes: Uint8Array): string {
	const pieces: string[] = [];
	for (let at = 0; at < bytes.length;) {
		const first = bytes[at] ?? 0;
		const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
		if (at + size > bytes.length) throw new RangeError('a text is cut off');
		let code = size === 1 ? first : first & (0xff >> (size + 1));
		for (let next = 1; next < size; next++) code = (code << 6) | ((bytes[at + next] ?? 0) & 63);
		pieces.push(String.fromCodePoint(code));
		at += size;
	}
	return pieces.join('');
}
