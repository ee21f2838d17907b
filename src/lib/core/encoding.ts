// The canonical encoding of metadata that is hashed: the same value always gives the same bytes.

/** Objects are encoded by sorted key; `undefined` members are left out. */
export type Encodable =
	| null
	| boolean
	| number
	| string
	| Uint8Array
	| readonly Encodable[]
	| { readonly [key: string]: Encodable | undefined };

/**
 * Bytes of a value, length-prefixed throughout, so that no two values share bytes.
 *
 * | tag | value | after the tag |
 * | --- | --- | --- |
 * | `n` | null | nothing |
 * | `t`, `f` | boolean | nothing |
 * | `d` | number | 8 bytes, IEEE 754 big-endian; NaN and -0 are refused |
 * | `s` | string | u32 big-endian length, then UTF-8 |
 * | `b` | bytes | u32 big-endian length, then the bytes |
 * | `a` | list | u32 big-endian count, then the members |
 * | `o` | object | u32 big-endian count, then key (as string) and value by ascending UTF-16 key |
 *
 * Example: `{ a: [true] }` is `6f 00000001 73 00000001 61 61 00000001 74`.
 * Owner:  allocates the result.
 */
export function encodeCanonical(value: Encodable): Uint8Array<ArrayBuffer> {
	const chunks: Uint8Array[] = [];
	write(value, chunks);
	const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
	let offset = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, offset);
		offset += chunk.length;
	}
	return bytes;
}

function write(value: Encodable, chunks: Uint8Array[]): void {
	if (value === null) chunks.push(tag('n'));
	else if (typeof value === 'boolean') chunks.push(tag(value ? 't' : 'f'));
	else if (typeof value === 'number') chunks.push(tag('d'), float(value));
	else if (typeof value === 'string') writeText(value, chunks);
	else if (value instanceof Uint8Array) chunks.push(tag('b'), length(value.length), value);
	else if (isList(value)) {
		chunks.push(tag('a'), length(value.length));
		for (const member of value) write(member, chunks);
	} else {
		const entries = Object.entries(value).filter((entry): entry is [string, Encodable] => entry[1] !== undefined);
		entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
		chunks.push(tag('o'), length(entries.length));
		for (const [key, member] of entries) {
			writeText(key, chunks);
			write(member, chunks);
		}
	}
}

function isList(value: Encodable): value is readonly Encodable[] {
	return Array.isArray(value);
}

function writeText(text: string, chunks: Uint8Array[]): void {
	const bytes = utf8(text);
	chunks.push(tag('s'), length(bytes.length), bytes);
}

function tag(letter: string): Uint8Array {
	return Uint8Array.of(letter.charCodeAt(0));
}

function length(count: number): Uint8Array {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, count);
	return bytes;
}

function float(value: number): Uint8Array {
	if (Number.isNaN(value) || Object.is(value, -0)) throw new RangeError('NaN and -0 have no canonical bytes');
	const bytes = new Uint8Array(8);
	new DataView(bytes.buffer).setFloat64(0, value);
	return bytes;
}

/** UTF-8 without TextEncoder, which plain ECMAScript lacks; a lone surrogate is kept as three bytes (WTF-8). */
function utf8(text: string): Uint8Array {
	const bytes: number[] = [];
	for (const character of text) {
		const code = character.codePointAt(0) ?? 0;
		if (code < 0x80) bytes.push(code);
		else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
		else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
		else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
	}
	return Uint8Array.from(bytes);
}
