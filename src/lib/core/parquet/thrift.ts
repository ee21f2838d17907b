// Thrift's compact protocol, as far as Parquet footers use it: bytes to values and back to the same bytes.

export const STOP = 0;
export const BOOLEAN_TRUE = 1;
export const BOOLEAN_FALSE = 2;
export const I8 = 3;
export const I16 = 4;
export const I32 = 5;
export const I64 = 6;
export const DOUBLE = 7;
export const BINARY = 8;
export const LIST = 9;
export const SET = 10;
export const MAP = 11;
export const STRUCT = 12;

const DEPTH_MAX = 32;
/** Signs take a bit of the 53 that are exact. */
const WHOLE_MAX = 2 ** 52;

/** Fields in the order they stand in, which is that of their numbers in everything a writer of Parquet makes. */
export type ThriftStruct = readonly ThriftField[];
export type ThriftField = { readonly id: number; readonly type: number; readonly value: ThriftValue };
export type ThriftList = { readonly element: number; readonly members: readonly ThriftValue[] };
/** A double stays its eight bytes, a text its UTF-8. */
export type ThriftValue = boolean | number | Uint8Array | ThriftList | ThriftStruct;

/** Bytes that are no Thrift struct. */
export class BrokenThrift extends Error {}

/**
 * The struct that begins with the first byte.
 *
 * Whole numbers beyond 2^52, maps and bytes after the struct are refused: no footer has them.
 * Fails: throws BrokenThrift
 * Source: the Thrift compact protocol.
 */
export function decodeThrift(bytes: Uint8Array): ThriftStruct {
	const reader = new ThriftReader(bytes);
	const value = readStruct(reader, 0);
	if (reader.left > 0) throw new BrokenThrift('bytes follow its end');
	return value;
}

/** The bytes of a struct. Fields must ascend. */
export function encodeThrift(struct: ThriftStruct): Uint8Array<ArrayBuffer> {
	const out = new ByteSink();
	writeStruct(struct, out);
	return out.bytes();
}

/** Reads the protocol's primitives, never beyond its bytes. */
export class ThriftReader {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	get left(): number {
		return this.#bytes.length - this.#at;
	}

	byte(): number {
		const byte = this.#bytes[this.#at++];
		if (byte === undefined) throw new BrokenThrift('it ends too early');
		return byte;
	}

	/** Unsigned; beyond 53 bits it is no longer exact. */
	varint(): number {
		let value = 0;
		for (let shift = 0; shift < 10; shift++) {
			const byte = this.byte();
			value += (byte & 127) * 2 ** (7 * shift);
			if (byte < 128) return value;
		}
		throw new BrokenThrift('a number has too many bytes');
	}

	signed(): number {
		const value = this.varint();
		return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
	}

	take(count: number): Uint8Array {
		if (count > this.left) throw new BrokenThrift('a field reaches beyond its end');
		this.#at += count;
		return this.#bytes.subarray(this.#at - count, this.#at);
	}

	/** Type and number of the next field; type STOP ends the struct. */
	field(before: number): { readonly type: number; readonly id: number } {
		const header = this.byte();
		const type = header & 15;
		if (type === STOP) return { type, id: before };
		const step = header >> 4;
		return { type, id: step === 0 ? this.signed() : before + step };
	}

	/** A list's member type and count; every member takes a byte at least. */
	list(): { readonly element: number; readonly count: number } {
		const header = this.byte();
		const short = header >> 4;
		const count = short === 15 ? this.varint() : short;
		if (count > this.left) throw new BrokenThrift('a list claims more members than there are bytes');
		return { element: header & 15, count };
	}
}

function readStruct(reader: ThriftReader, depth: number): ThriftStruct {
	if (depth > DEPTH_MAX) throw new BrokenThrift('it is nested too deeply');
	const fields: ThriftField[] = [];
	for (let last = 0; ;) {
		const { type, id } = reader.field(last);
		if (type === STOP) return fields;
		const isBoolean = type === BOOLEAN_TRUE || type === BOOLEAN_FALSE;
		fields.push({ id, type, value: isBoolean ? type === BOOLEAN_TRUE : readValue(reader, type, depth) });
		last = id;
	}
}

function readValue(reader: ThriftReader, type: number, depth: number): ThriftValue {
	switch (type) {
		// In a list a truth value is a byte.
		case BOOLEAN_TRUE:
		case BOOLEAN_FALSE:
			return reader.byte() === BOOLEAN_TRUE;
		case I8:
			return reader.byte();
		case I16:
		case I32:
		case I64: {
			const value = reader.signed();
			if (Math.abs(value) > WHOLE_MAX) throw new BrokenThrift('a number is too large');
			return value;
		}
		case DOUBLE:
			return reader.take(8);
		case BINARY:
			return reader.take(reader.varint());
		case LIST:
		case SET: {
			const { element, count } = reader.list();
			return { element, members: Array.from({ length: count }, () => readValue(reader, element, depth + 1)) };
		}
		case STRUCT:
			return readStruct(reader, depth + 1);
		default:
			throw new BrokenThrift('a field has no known type');
	}
}

function writeStruct(struct: ThriftStruct, out: ByteSink): void {
	let last = 0;
	for (const { id, type, value } of struct) {
		const isBoolean = type === BOOLEAN_TRUE || type === BOOLEAN_FALSE;
		const nibble = isBoolean ? (value === true ? BOOLEAN_TRUE : BOOLEAN_FALSE) : type;
		const step = id - last;
		if (step > 0 && step < 16) out.byte((step << 4) | nibble);
		else {
			out.byte(nibble);
			out.signed(id);
		}
		if (!isBoolean) writeValue(type, value, out);
		last = id;
	}
	out.byte(STOP);
}

function writeValue(type: number, value: ThriftValue, out: ByteSink): void {
	if (typeof value === 'boolean') out.byte(value ? BOOLEAN_TRUE : BOOLEAN_FALSE);
	else if (typeof value === 'number') {
		if (type === I8) out.byte(value);
		else out.signed(value);
	} else if (value instanceof Uint8Array) {
		if (type === BINARY) out.varint(value.length);
		out.append(value);
	} else if (isList(value)) {
		const { element, members } = value;
		if (members.length < 15) out.byte((members.length << 4) | element);
		else {
			out.byte(0xf0 | element);
			out.varint(members.length);
		}
		for (const member of members) writeValue(element, member, out);
	} else writeStruct(value, out);
}

function isList(value: ThriftList | ThriftStruct): value is ThriftList {
	return 'members' in value;
}

class ByteSink {
	#bytes = new Uint8Array(1024);
	#length = 0;

	bytes(): Uint8Array<ArrayBuffer> {
		return this.#bytes.slice(0, this.#length);
	}

	byte(value: number): void {
		this.#room(1);
		this.#bytes[this.#length++] = value;
	}

	append(bytes: Uint8Array): void {
		this.#room(bytes.length);
		this.#bytes.set(bytes, this.#length);
		this.#length += bytes.length;
	}

	varint(value: number): void {
		let rest = value;
		while (rest >= 128) {
			this.byte((rest % 128) | 128);
			rest = Math.floor(rest / 128);
		}
		this.byte(rest);
	}

	signed(value: number): void {
		this.varint(value < 0 ? -value * 2 - 1 : value * 2);
	}

	#room(count: number): void {
		if (this.#length + count <= this.#bytes.length) return;
		const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
		larger.set(this.#bytes.subarray(0, this.#length));
		this.#bytes = larger;
	}
}
