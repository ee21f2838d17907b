// Whether a Parquet footer is what it says: a walk over its Thrift compact encoding, before a reader trusts its counts.

const STOP = 0;
const BOOLEAN_TRUE = 1;
const BOOLEAN_FALSE = 2;
const I8 = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const MAP = 11;
const STRUCT = 12;

const DEPTH_MAX = 32;

/** Of FileMetaData, what every file has: version, schema, num_rows, row_groups. */
const required: readonly (readonly [number, number, string])[] = [
	[1, I32, 'version'],
	[2, LIST, 'schema'],
	[3, I64, 'row count'],
	[4, LIST, 'row groups']
];

/**
 * What is wrong with a footer's bytes, between the last column chunk and the footer's length; null when nothing is.
 *
 * Counts are checked against the bytes that are left, so the walk takes no longer than the footer is long. What the
 * fields say is not judged.
 * Source: parquet-format, `parquet.thrift` (FileMetaData), and the Thrift compact protocol.
 */
export function footerProblem(bytes: Uint8Array): string | null {
	try {
		const types = new Walk(bytes).struct(0);
		for (const [id, type, name] of required) if (types.get(id) !== type) return `its footer has no ${name}`;
		return null;
	} catch (thrown) {
		if (thrown instanceof Broken) return `its footer is damaged: ${thrown.message}`;
		throw thrown;
	}
}

class Broken extends Error {}

class Walk {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	/** Type by field of the struct that begins here. */
	struct(depth: number): ReadonlyMap<number, number> {
		if (depth > DEPTH_MAX) throw new Broken('it is nested too deeply');
		const types = new Map<number, number>();
		let id = 0;
		for (;;) {
			const header = this.#byte();
			const type = header & 15;
			if (type === STOP) return types;
			const step = header >> 4;
			id = step === 0 ? zigzag(this.#varint()) : id + step;
			types.set(id, type);
			if (type !== BOOLEAN_TRUE && type !== BOOLEAN_FALSE) this.#value(type, depth);
		}
	}

	#value(type: number, depth: number): void {
		switch (type) {
			// In a list a truth value is a byte.
			case BOOLEAN_TRUE:
			case BOOLEAN_FALSE:
			case I8:
				return this.#skip(1);
			case I16:
			case I32:
			case I64:
				this.#varint();
				return;
			case DOUBLE:
				return this.#skip(8);
			case BINARY:
				return this.#skip(this.#varint());
			case LIST:
			case SET:
				return this.#list(depth);
			case MAP:
				return this.#map(depth);
			case STRUCT:
				this.struct(depth + 1);
				return;
			default:
				throw new Broken('a field has no known type');
		}
	}

	#list(depth: number): void {
		const header = this.#byte();
		const short = header >> 4;
		const count = short === 15 ? this.#varint() : short;
		this.#repeat(count, () => this.#value(header & 15, depth + 1));
	}

	#map(depth: number): void {
		const count = this.#varint();
		if (count === 0) return;
		const types = this.#byte();
		this.#repeat(count, () => {
			this.#value(types >> 4, depth + 1);
			this.#value(types & 15, depth + 1);
		});
	}

	/** Every member takes a byte at least. */
	#repeat(count: number, member: () => void): void {
		if (count > this.#bytes.length - this.#at) throw new Broken('a list claims more members than there are bytes');
		for (let index = 0; index < count; index++) member();
	}

	#skip(count: number): void {
		if (count > this.#bytes.length - this.#at) throw new Broken('a field reaches beyond its end');
		this.#at += count;
	}

	#byte(): number {
		const byte = this.#bytes[this.#at++];
		if (byte === undefined) throw new Broken('it ends too early');
		return byte;
	}

	/** Unsigned; of more than 53 bits only the size counts here. */
	#varint(): number {
		let value = 0;
		for (let shift = 0; shift < 10; shift++) {
			const byte = this.#byte();
			value += (byte & 127) * 2 ** (7 * shift);
			if (byte < 128) return value;
		}
		throw new Broken('a number has too many bytes');
	}
}

function zigzag(value: number): number {
	return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
