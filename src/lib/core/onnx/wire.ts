// Protocol buffers as ONNX uses them: fields of messages to bytes, and bytes to fields, never beyond their end.
import { decodeUtf8 } from '../check/sketch/utf8.ts';

/** Bytes that are no message. */
export class BrokenMessage extends Error {}

/** One field as it stands in a message. */
export type Field = {
	readonly number: number;
	/** Of a varint; beyond 2^53 it is no longer exact. Else 0. */
	readonly value: number;
	/** Of a message, a text, packed numbers, or a number of fixed width. */
	readonly bytes: Uint8Array;
	/** The field with its tag, to be copied as it is. */
	readonly raw: Uint8Array;
};

const VARINT = 0;
const FIXED_64 = 1;
const DELIMITED = 2;
const FIXED_32 = 5;
const NOTHING = new Uint8Array(0);

/** Fails: throws BrokenMessage */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
	let at = 0;
	const varint = (): number => {
		let value = 0;
		for (let shift = 0; shift < 10; shift++) {
			const byte = bytes[at++];
			if (byte === undefined) throw new BrokenMessage('it ends within a number');
			value += (byte & 127) * 2 ** (7 * shift);
			if (byte < 128) return value;
		}
		throw new BrokenMessage('a number has too many bytes');
	};
	const take = (count: number): Uint8Array => {
		if (count > bytes.length - at) throw new BrokenMessage('a field reaches beyond its end');
		at += count;
		return bytes.subarray(at - count, at);
	};
	while (at < bytes.length) {
		const start = at;
		const tag = varint();
		const [number, wire] = [Math.floor(tag / 8), tag % 8];
		if (number === 0 || number > 2 ** 29) throw new BrokenMessage('a field has no number');
		let value = 0;
		let content: Uint8Array = NOTHING;
		if (wire === VARINT) value = varint();
		else if (wire === DELIMITED) content = take(varint());
		else if (wire === FIXED_32) content = take(4);
		else if (wire === FIXED_64) content = take(8);
		else throw new BrokenMessage('a field has no known type');
		yield { number, value, bytes: content, raw: bytes.subarray(start, at) };
	}
}

export function textOf({ bytes }: Pick<Field, 'bytes'>): string {
	return decodeUtf8(bytes, 0, bytes.length, Infinity);
}

/** Numbers of a repeated field, whether they are packed or not. Fails: throws BrokenMessage */
export function integersOf(field: Field): readonly number[] {
	if (field.bytes.length === 0) return [field.value];
	const numbers: number[] = [];
	for (let at = 0; at < field.bytes.length;) {
		let value = 0;
		for (let scale = 1; ; scale *= 128) {
			const byte = field.bytes[at++];
			if (byte === undefined) throw new BrokenMessage('it ends within a number');
			value += (byte & 127) * scale;
			if (byte < 128) break;
		}
		numbers.push(value >= 2 ** 63 ? value - 2 ** 64 : value);
	}
	return numbers;
}

/** Collects the fields of one message. */
export class MessageWriter {
	#bytes = new Uint8Array(256);
	#end = 0;

	bytes(): Uint8Array<ArrayBuffer> {
		return this.#bytes.slice(0, this.#end);
	}

	/** A whole number, which may be negative. */
	integer(field: number, value: number): this {
		this.#tag(field, VARINT);
		this.#varint(value);
		return this;
	}

	float(field: number, value: number): this {
		this.#tag(field, FIXED_32);
		this.#put(new Uint8Array(Float32Array.of(value).buffer));
		return this;
	}

	text(field: number, text: string): this {
		return this.content(field, utf8(text));
	}

	message(field: number, message: MessageWriter): this {
		return this.content(field, message.#bytes.subarray(0, message.#end));
	}

	content(field: number, bytes: Uint8Array): this {
		this.#tag(field, DELIMITED);
		this.#varint(bytes.length);
		this.#put(bytes);
		return this;
	}

	/** A field that was read, or several, as they were. */
	raw(bytes: Uint8Array): this {
		this.#put(bytes);
		return this;
	}

	integers(field: number, values: Iterable<number>): this {
		const packed = new MessageWriter();
		for (const value of values) packed.#varint(value);
		return this.message(field, packed);
	}

	/** Little-endian, as every platform with WebAssembly is. */
	floats(field: number, values: Float32Array): this {
		return this.content(field, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
	}

	#tag(field: number, wire: number): void {
		this.#varint(field * 8 + wire);
	}

	#varint(value: number): void {
		this.#reserve(10);
		let left = value;
		if (left < 0 || left > Number.MAX_SAFE_INTEGER) return this.#wide(BigInt.asUintN(64, BigInt(value)));
		while (left > 127) {
			this.#bytes[this.#end++] = (left % 128) | 128;
			left = Math.floor(left / 128);
		}
		this.#bytes[this.#end++] = left;
	}

	#wide(value: bigint): void {
		let left = value;
		while (left > 127n) {
			this.#bytes[this.#end++] = Number(left & 127n) | 128;
			left >>= 7n;
		}
		this.#bytes[this.#end++] = Number(left);
	}

	#put(bytes: Uint8Array): void {
		this.#reserve(bytes.length);
		this.#bytes.set(bytes, this.#end);
		this.#end += bytes.length;
	}

	#reserve(count: number): void {
		if (this.#end + count <= this.#bytes.length) return;
		const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end + count));
		larger.set(this.#bytes.subarray(0, this.#end));
		this.#bytes = larger;
	}
}

/** Plain ECMAScript has no TextEncoder. A lone surrogate becomes U+FFFD, which is what protocol buffers take. */
function utf8(text: string): Uint8Array {
	const bytes: number[] = [];
	for (const character of text.toWellFormed()) {
		const code = character.codePointAt(0) ?? 0;
		if (code < 0x80) bytes.push(code);
		else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
		else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
		else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
	}
	return Uint8Array.from(bytes);
}
