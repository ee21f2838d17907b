// Makes an Arrow column of texts in three buffers. Flechette's builder encodes each text into an array of its own, which took
// four fifths of the time that rows need which are read one by one.
import { Column, batchType, utf8, type Batch, type DataType } from '@uwdata/flechette';

const FIRST_BYTES = 64 * 1024;
/** UTF-8 takes three bytes at most for one unit of UTF-16. */
const UNIT_BYTES = 3;
/** Above this the engine's encoder is faster than looking at each character. */
const SHORT_LENGTH = 48;

/** What flechette's batches are made of; it leaves their types out. */
type BatchParts = {
	readonly length: number;
	readonly nullCount: number;
	readonly type: DataType;
	readonly validity: Uint8Array;
	readonly offsets: Int32Array;
	readonly values: Uint8Array;
};

export function textColumn(cells: readonly (string | null)[]): Column<string> {
	const length = cells.length;
	const offsets = new Int32Array(length + 1);
	const validity = new Uint8Array(Math.ceil(length / 8));
	const encoder = new TextEncoder();
	let values = new Uint8Array(FIRST_BYTES);
	let used = 0;
	let nullCount = 0;
	for (let row = 0; row < length; row++) {
		const cell = cells[row] ?? null;
		if (cell === null) nullCount++;
		else {
			validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
			const most = used + cell.length * UNIT_BYTES;
			if (most > values.length) values = grown(values, used, most);
			const end = cell.length <= SHORT_LENGTH ? encodeAscii(cell, values, used) : -1;
			used = end < 0 ? used + encoder.encodeInto(cell, values.subarray(used)).written : end;
		}
		offsets[row + 1] = used;
	}
	const type = utf8();
	const TextBatch = batchType(type) as new (parts: BatchParts) => Batch<string>;
	const batch = new TextBatch({ length, nullCount, type, validity, offsets, values: values.subarray(0, used) });
	return new Column([batch], type);
}

/** Where the text ends, or -1 when it is not all ASCII. */
function encodeAscii(text: string, into: Uint8Array, start: number): number {
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code > 127) return -1;
		into[start + at] = code;
	}
	return start + text.length;
}

function grown(values: Uint8Array<ArrayBuffer>, used: number, most: number): Uint8Array<ArrayBuffer> {
	const larger = new Uint8Array(Math.max(values.length * 2, most));
	larger.set(values.subarray(0, used));
	return larger;
}
