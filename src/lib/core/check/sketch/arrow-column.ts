// Columns of Arrow batches as plain arrays: numbers and times as doubles, texts as the bytes they are. No object a row is made.
import { Type, type Batch, type DataType } from '@uwdata/flechette';
import type { TextBatch } from './value-hash.ts';

/** Times are milliseconds since 1970, booleans 0 and 1. Of `others`, such as lists, only nulls are counted. */
export type SketchKind = 'numbers' | 'times' | 'booleans' | 'texts' | 'others';

export type NumberBatch = {
	readonly rowCount: number;
	readonly nullCount: number;
	/** NaN where a row is null or not a number. */
	readonly values: Float64Array;
	/** 1 where a row is null; null when none is. */
	readonly isNull: Uint8Array | null;
	/** The lowest bits of whole numbers beyond 2^53, which doubles cannot tell apart; else 0. Null where the batch has none. */
	readonly extra: Int32Array | null;
	/** Of a DECIMAL: the same values counted in its last digit, which sums keep exactly. */
	readonly whole: { readonly values: Float64Array; readonly unit: number } | null;
};

export function sketchKind(type: DataType): SketchKind {
	switch (type.typeId) {
		case Type.Int:
		case Type.Decimal:
			return 'numbers';
		case Type.Float:
			// Halves travel as bits: no type of the engine does.
			return type.precision === 0 ? 'others' : 'numbers';
		case Type.Date:
		case Type.Timestamp:
		case Type.Time:
			return 'times';
		case Type.Bool:
			return 'booleans';
		case Type.Utf8:
		case Type.LargeUtf8:
			return 'texts';
		default:
			return 'others';
	}
}

type ArrowBatch = Batch<unknown>;

/** Reads one column's batches; the arrays of a batch are overwritten by the next. */
export class NumberReader {
	readonly #type: DataType;
	#values = new Float64Array(0);
	#whole = new Float64Array(0);
	#extra = new Int32Array(0);
	#isNull = new Uint8Array(0);

	constructor(type: DataType) {
		this.#type = type;
	}

	read(batch: ArrowBatch): NumberBatch {
		const rowCount = batch.length;
		if (this.#values.length < rowCount) {
			this.#values = new Float64Array(rowCount);
			this.#whole = new Float64Array(rowCount);
			this.#extra = new Int32Array(rowCount);
			this.#isNull = new Uint8Array(rowCount);
		}
		const { values, isNull } = { values: this.#values, isNull: batch.nullCount > 0 ? this.#isNull : null };
		const isWide = this.#fill(batch, rowCount);
		const { factor, parts } = unitOf(this.#type);
		const isDecimal = this.#type.typeId === Type.Decimal && parts > 1;
		if (isDecimal) this.#whole.set(values.subarray(0, rowCount));
		// Dividing by a power of ten rounds once, multiplying by its inverse would do so twice.
		if (parts > 1) for (let row = 0; row < rowCount; row++) values[row] = (values[row] ?? 0) / parts;
		if (factor > 1) for (let row = 0; row < rowCount; row++) values[row] = (values[row] ?? 0) * factor;
		for (let row = 0; isNull !== null && row < rowCount; row++) {
			const isMissing = ((batch.validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0;
			isNull[row] = isMissing ? 1 : 0;
			if (isMissing) values[row] = NaN;
		}
		return {
			rowCount,
			nullCount: batch.nullCount,
			values,
			isNull,
			extra: isWide ? this.#extra : null,
			whole: isDecimal ? { values: this.#whole, unit: 1 / parts } : null
		};
	}

	/** Values as the type's whole numbers; true where `#extra` was filled too. */
	#fill(batch: ArrowBatch, rowCount: number): boolean {
		const [values, extra] = [this.#values, this.#extra];
		const source = batch.values;
		if (this.#type.typeId === Type.Bool) {
			const bits = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
			for (let row = 0; row < rowCount; row++) values[row] = ((bits[row >> 3] ?? 0) >> (row & 7)) & 1;
			return false;
		}
		if (!(source instanceof BigInt64Array || source instanceof BigUint64Array)) {
			for (let row = 0; row < rowCount; row++) values[row] = source[row] ?? 0;
			return false;
		}
		const words = new Int32Array(source.buffer, source.byteOffset, source.length * 2);
		const width = this.#type.typeId === Type.Decimal ? this.#type.bitWidth / 32 : 2;
		const isUnsigned = source instanceof BigUint64Array && this.#type.typeId === Type.Int;
		let isBeyond = false;
		for (let row = 0; row < rowCount; row++) {
			const low = words[row * width] ?? 0;
			const high = words[row * width + 1] ?? 0;
			let value = (isUnsigned ? high >>> 0 : high) * 0x1_0000_0000 + (low >>> 0);
			if (width >= 4) {
				const [third, fourth] = [words[row * width + 2] ?? 0, words[row * width + 3] ?? 0];
				const sign = high >> 31;
				if (third !== sign || fourth !== sign)
					value = (fourth * 0x1_0000_0000 + (third >>> 0)) * 2 ** 64 + (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
			}
			values[row] = value;
			const isOne = value > Number.MAX_SAFE_INTEGER || value < -Number.MAX_SAFE_INTEGER;
			extra[row] = isOne ? low : 0;
			isBeyond ||= isOne;
		}
		return isBeyond;
	}
}

/** What the type's whole numbers are multiplied with, and divided by: times become milliseconds. */
function unitOf(type: DataType): { readonly factor: number; readonly parts: number } {
	switch (type.typeId) {
		case Type.Decimal:
			return { factor: 1, parts: 10 ** type.scale };
		case Type.Date:
			return { factor: type.unit === 0 ? 86_400_000 : 1, parts: 1 };
		case Type.Timestamp:
		case Type.Time:
			return { factor: type.unit === 0 ? 1000 : 1, parts: [1, 1, 1e3, 1e6][type.unit] ?? 1 };
		default:
			return { factor: 1, parts: 1 };
	}
}

export function readTexts(batch: ArrowBatch): TextBatch {
	const { length, nullCount, validity, offsets, values } = batch;
	return {
		rowCount: length,
		bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
		offsets: offsets instanceof Int32Array ? offsets : Int32Array.from(offsets, Number),
		validity: nullCount > 0 ? validity : null
	};
}
