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
	const writer = new Writer();
	writer.write(value);
	return writer.bytes();
}

class Writer {
	#bytes = new Uint8Array(1024);
	#view = new DataView(this.#bytes.buffer);
	#end = 0;

	bytes(): Uint8Array<ArrayBuffer> {
		return this.#bytes.slice(0, this.#end);
	}

	write(value: Encodable): void {
		if (value === null) this.#tag('n');
		else if (typeof value === 'boolean') this.#tag(value ? 't' : 'f');
		else if (typeof value === 'number') this.#number(value);
		else if (typeof value === 'string') this.#text(value);
		else if (value instanceof Uint8Array) {
			this.#tag('b');
			this.#count(value.length);
			this.#reserve(value.length);
			this.#bytes.set(value, this.#end);
			this.#end += value.length;
		} else if (isList(value)) {
			this.#tag('a');
			this.#count(value.length);
			for (const member of value) this.write(member);
		} else this.#object(value);
	}

	#object(value: { readonly [key: string]: Encodable | undefined }): void {
		const entries = Object.entries(value).filter((entry): entry is [string, Encodable] => entry[1] !== undefined);
		entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
		this.#tag('o');
		this.#count(entries.length);
		for (const [key, member] of entries) {
			this.#text(key);
			this.write(member);
		}
	}

	#number(value: number): void {
		if (Number.isNaN(value) || Object.is(value, -0)) throw new RangeError('NaN and -0 have no canonical bytes');
		this.#tag('d');
		this.#reserve(8);
		this.#view.setFloat64(this.#end, value);
		this.#end += 8;
	}

	/** UTF-8 without TextEncoder, which plain ECMAScript lacks; a lone surrogate is kept as three bytes (WTF-8). */
	#text(text: string): void {
		this.#tag('s');
		this.#reserve(4 + 3 * text.length);
		const start = this.#end + 4;
		let end = start;
		for (const character of text) {
			const code = character.codePointAt(0) ?? 0;
			if (code < 0x80) this.#bytes[end++] = code;
			else if (code < 0x800) {
				this.#bytes[end++] = 0xc0 | (code >> 6);
				this.#bytes[end++] = 0x80 | (code & 63);
			} else {
				if (code < 0x10000) this.#bytes[end++] = 0xe0 | (code >> 12);
				else {
					this.#bytes[end++] = 0xf0 | (code >> 18);
					this.#bytes[end++] = 0x80 | ((code >> 12) & 63);
				}
				this.#bytes[end++] = 0x80 | ((code >> 6) & 63);
				this.#bytes[end++] = 0x80 | (code & 63);
			}
		}
		this.#view.setUint32(this.#end, end - start);
		this.#end = end;
	}

	#tag(letter: string): void {
		this.#reserve(1);
		this.#bytes[this.#end++] = letter.charCodeAt(0);
	}

	#count(count: number): void {
		this.#reserve(4);
		this.#view.setUint32(this.#end, count);
		this.#end += 4;
	}

	/** Room for `count` bytes more. */
	#reserve(count: number): void {
		if (this.#end + count <= this.#bytes.length) return;
		const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end + count));
		larger.set(this.#bytes);
		this.#bytes = larger;
		this.#view = new DataView(larger.buffer);
	}
}

function isList(value: Encodable): value is readonly Encodable[] {
	return Array.isArray(value);
}
