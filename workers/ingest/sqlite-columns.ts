// Gathers values of a SQLite table as columns of Arrow, from SQLite's memory into their buffers: no value becomes an object on its way.
import { batchType, binary, Column, float64, int64, utf8, type Batch, type DataType } from '@uwdata/flechette';
import { isUtf8 } from '#core/ingest/guess-encoding.ts';
import { sqliteCellText } from '#core/ingest/sqlite-values.ts';
import { sqliteClass, type SqliteBytes, type SqliteCursor } from './sqlite-cursor.ts';

const FIRST_ROWS = 16_384;
const FIRST_BYTES = 64 * 1024;
const WORD = 2 ** 32;
const NUMBER_BYTES = 8;

/** What flechette's batches are made of; it leaves their types out. */
type BatchParts = {
	readonly length: number;
	readonly nullCount: number;
	readonly type: DataType;
	readonly validity: Uint8Array;
	readonly offsets?: Int32Array;
	readonly values: Uint8Array | Float64Array | BigInt64Array;
};

/** Of a column of one type. Its memory is used again for the rows behind those that were taken. */
export type Cells = {
	/** Adds the cursor's value; about how many bytes it takes. */
	add(row: SqliteCursor, column: number): number;
	/** Valid until the next `add`. */
	take(): Column<unknown>;
};

export function cellsOf(type: string): Cells {
	if (type === 'BIGINT' || type === 'BOOLEAN') return new WholeCells();
	if (type === 'DOUBLE') return new RealCells();
	return new ByteCells(type);
}

class Validity {
	#bits = new Uint8Array(FIRST_ROWS / 8);
	nullCount = 0;
	length = 0;

	add(isValue: boolean): void {
		const byte = this.length >> 3;
		if (byte >= this.#bits.length) this.#bits = grown(this.#bits, byte + 1);
		if (isValue) this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (this.length & 7));
		else this.nullCount++;
		this.length++;
	}

	take(): Pick<BatchParts, 'length' | 'nullCount' | 'validity'> {
		const { length, nullCount } = this;
		const validity = this.#bits.slice(0, (length + 7) >> 3);
		this.#bits.fill(0);
		[this.length, this.nullCount] = [0, 0];
		return { length, nullCount, validity };
	}
}

class WholeCells implements Cells {
	readonly #validity = new Validity();
	/** Two words for each, the lower one first. */
	#words = new Int32Array(FIRST_ROWS * 2);

	add(row: SqliteCursor, column: number): number {
		const at = this.#validity.length;
		if (at * 2 >= this.#words.length) this.#words = grown(this.#words, at * 2 + 2);
		const isValue = row.classOf(column) === sqliteClass.integer;
		this.#validity.add(isValue);
		if (!isValue) return NUMBER_BYTES;
		const value = row.integer(column);
		if (typeof value === 'bigint') new BigInt64Array(this.#words.buffer)[at] = value;
		else {
			this.#words[at * 2] = value | 0;
			this.#words[at * 2 + 1] = Math.floor(value / WORD);
		}
		return NUMBER_BYTES;
	}

	take(): Column<unknown> {
		const parts = this.#validity.take();
		return columnOf(int64(), { ...parts, values: new BigInt64Array(this.#words.buffer, 0, parts.length) });
	}
}

class RealCells implements Cells {
	readonly #validity = new Validity();
	#numbers = new Float64Array(FIRST_ROWS);

	add(row: SqliteCursor, column: number): number {
		const at = this.#validity.length;
		if (at >= this.#numbers.length) this.#numbers = grown(this.#numbers, at + 1);
		const own = row.classOf(column);
		const isValue = own === sqliteClass.real || own === sqliteClass.integer;
		this.#validity.add(isValue);
		if (isValue) this.#numbers[at] = row.number(column);
		return NUMBER_BYTES;
	}

	take(): Column<unknown> {
		const parts = this.#validity.take();
		return columnOf(float64(), { ...parts, values: this.#numbers.subarray(0, parts.length) });
	}
}

/** Texts, and bytes: of a column of texts, what is none is written as one. */
class ByteCells implements Cells {
	readonly #type: string;
	readonly #validity = new Validity();
	readonly #encoder = new TextEncoder();
	#offsets = new Int32Array(FIRST_ROWS + 1);
	#values = new Uint8Array(FIRST_BYTES);
	#used = 0;
	#isAscii = true;
	/** A text begins amid a character, so that all of them together may be UTF-8 and one of them not. */
	#isCut = false;

	constructor(type: string) {
		this.#type = type;
	}

	add(row: SqliteCursor, column: number): number {
		const at = this.#validity.length;
		if (at + 1 >= this.#offsets.length) this.#offsets = grown(this.#offsets, at + 2);
		const before = this.#used;
		const own = row.classOf(column);
		if (own === sqliteClass.text) this.#append(row.text(column));
		else if (own === sqliteClass.blob && this.#type === 'BLOB') this.#append(row.blob(column));
		else if (own !== sqliteClass.none) this.#appendText(sqliteCellText(row.value(column), this.#type) ?? '');
		this.#validity.add(own !== sqliteClass.none);
		this.#offsets[at + 1] = this.#used;
		return this.#used - before;
	}

	take(): Column<unknown> {
		const isBytes = this.#type === 'BLOB';
		if (!isBytes && !this.#isAscii && (this.#isCut || !isUtf8(this.#values.subarray(0, this.#used), true)))
			this.#mend();
		const parts = this.#validity.take();
		const offsets = this.#offsets.subarray(0, parts.length + 1);
		const values = this.#values.subarray(0, this.#used);
		this.#used = 0;
		[this.#isAscii, this.#isCut] = [true, false];
		return columnOf(isBytes ? binary() : utf8(), { ...parts, offsets, values });
	}

	#append({ heap, start, length }: SqliteBytes): void {
		this.#reserve(length);
		const [values, used] = [this.#values, this.#used];
		let all = 0;
		for (let at = 0; at < length; at++) {
			const byte = heap[start + at] ?? 0;
			values[used + at] = byte;
			all |= byte;
		}
		if (all > 127) this.#isAscii = false;
		if (length > 0 && ((heap[start] ?? 0) & 0xc0) === 0x80) this.#isCut = true;
		this.#used = used + length;
	}

	#appendText(text: string): void {
		this.#reserve(text.length * 3);
		this.#used += this.#encoder.encodeInto(text, this.#values.subarray(this.#used)).written;
	}

	#reserve(length: number): void {
		if (this.#used + length > this.#values.length) this.#values = grown(this.#values, this.#used + length);
	}

	/** What is no UTF-8 becomes the sign for that, text by text. */
	#mend(): void {
		const decoder = new TextDecoder();
		const [values, offsets] = [this.#values.slice(0, this.#used), this.#offsets.slice()];
		this.#used = 0;
		for (let at = 0; at < this.#validity.length; at++) {
			this.#appendText(decoder.decode(values.subarray(offsets[at], offsets[at + 1])));
			this.#offsets[at + 1] = this.#used;
		}
	}
}

function columnOf(type: DataType, parts: Omit<BatchParts, 'type'>): Column<unknown> {
	const OwnBatch = batchType(type) as new (all: BatchParts) => Batch<unknown>;
	return new Column([new OwnBatch({ ...parts, type })], type);
}

type Growing<T> = { new (length: number): T };

function grown<T extends Uint8Array | Int32Array | Float64Array>(array: T, least: number): T {
	const larger = new (array.constructor as Growing<T>)(Math.max(array.length * 2, least));
	larger.set(array);
	return larger;
}
