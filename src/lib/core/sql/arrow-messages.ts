// Arrow IPC messages as bytes: joins them to streams, counts their rows and cuts rows out without decoding a value.
import { invariant } from '../result.ts';
import { bufferPlan, type BufferPlan } from './arrow-layout.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Ends a stream: a continuation mark and no length. */
export const END_OF_STREAM: Bytes = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

const PREFIX_BYTES = 8;
/** Field numbers of the flatbuffer tables. Source: Apache Arrow, format/Message.fbs. */
const MESSAGE_HEADER = 2;
const MESSAGE_BODY_LENGTH = 3;
const BATCH_LENGTH = 0;
const BATCH_NODES = 1;
const BATCH_BUFFERS = 2;

export function concatBytes(pieces: readonly Uint8Array[]): Bytes {
	const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.byteLength, 0));
	let at = 0;
	for (const piece of pieces) {
		joined.set(piece, at);
		at += piece.byteLength;
	}
	return joined;
}

/** Bytes of the message before its body, the eight of mark and length included. */
export function metadataLength(message: Uint8Array): number {
	return PREFIX_BYTES + viewOf(message).getInt32(4, true);
}

/** Where the flatbuffer table behind a message's header begins. */
export function headerTable(message: Uint8Array): number {
	const view = viewOf(message);
	const field = fieldAt(view, rootTable(view), MESSAGE_HEADER);
	return field + view.getUint32(field, true);
}

export function batchRowCount(message: Uint8Array): number {
	const view = viewOf(message);
	const field = fieldAt(view, headerTable(message), BATCH_LENGTH);
	return field === 0 ? 0 : Number(view.getBigInt64(field, true));
}

/** One stream of the batches of several, which have the schema of the first and say where they end; null of none. */
export function joinStreams(streams: readonly Bytes[]): Bytes | null {
	const [first] = streams;
	if (!first) return null;
	// A schema message has no body.
	const batchesOf = (stream: Bytes): Uint8Array =>
		stream.subarray(metadataLength(stream), stream.byteLength - END_OF_STREAM.byteLength);
	return concatBytes([first.subarray(0, metadataLength(first)), ...streams.map(batchesOf), END_OF_STREAM]);
}

/** Knows the layout of one schema's batches. `schemaMessage` is a stream's first message. */
export class BatchSlicer {
	readonly #plan: BufferPlan;

	constructor(schemaMessage: Uint8Array) {
		this.#plan = bufferPlan(schemaMessage);
	}

	/**
	 * A batch message with rows startRow (inclusive) to endRow (exclusive) of another.
	 *
	 * Owner: allocates the slice; the same message comes back when all rows are asked for.
	 */
	slice(message: Bytes, startRow: number, endRow: number): Bytes {
		const rowCount = batchRowCount(message);
		if (startRow <= 0 && endRow >= rowCount) return message;
		const metaLength = metadataLength(message);
		const meta = message.slice(0, metaLength);
		const view = viewOf(meta);
		const batch = headerTable(meta);
		const nodes = vectorAt(view, fieldAt(view, batch, BATCH_NODES));
		const buffers = vectorAt(view, fieldAt(view, batch, BATCH_BUFFERS));
		const body = message.subarray(metaLength);
		const pieces: Uint8Array[] = [meta];
		let length = 0;
		let bufferIndex = 0;
		let nodeIndex = 0;
		const take = (): Uint8Array => {
			const at = buffers.start + bufferIndex * 16;
			const offset = Number(view.getBigInt64(at, true));
			return body.subarray(offset, offset + Number(view.getBigInt64(at + 8, true)));
		};
		const put = (bytes: Uint8Array): void => {
			const at = buffers.start + bufferIndex * 16;
			view.setBigInt64(at, BigInt(length), true);
			view.setBigInt64(at + 8, BigInt(bytes.byteLength), true);
			const padding = -bytes.byteLength & 7;
			pieces.push(bytes, new Uint8Array(padding));
			length += bytes.byteLength + padding;
			bufferIndex++;
		};
		const cut = (plan: BufferPlan, from: number, to: number): void => {
			const node = nodes.start + nodeIndex * 16;
			nodeIndex++;
			view.setBigInt64(node, BigInt(to - from), true);
			if (plan.validity) {
				const bits = take();
				const isFull = view.getBigInt64(node + 8, true) === 0n || bits.byteLength === 0;
				const kept = isFull ? new Uint8Array() : sliceBits(bits, from, to);
				view.setBigInt64(node + 8, BigInt(isFull ? 0 : to - from - countBits(kept)), true);
				put(kept);
			}
			let inner: readonly [number, number] = [from * plan.childrenPerRow, to * plan.childrenPerRow];
			for (const buffer of plan.buffers) {
				const bytes = take();
				if (buffer === 'bits') put(sliceBits(bytes, from, to));
				else if (buffer === 'offsets32' || buffer === 'offsets64') {
					const cutOffsets = sliceOffsets(bytes, buffer === 'offsets64', from, to);
					inner = cutOffsets.range;
					put(cutOffsets.bytes);
				} else if (buffer === 'values') put(bytes.subarray(inner[0], inner[1]));
				else put(bytes.subarray(from * buffer, to * buffer));
			}
			for (const child of plan.children) cut(child, inner[0], inner[1]);
		};
		for (const column of this.#plan.children) cut(column, Math.max(0, startRow), Math.min(endRow, rowCount));
		const rows = fieldAt(view, batch, BATCH_LENGTH);
		view.setBigInt64(rows, BigInt(Math.min(endRow, rowCount) - Math.max(0, startRow)), true);
		const bodyLength = fieldAt(view, rootTable(view), MESSAGE_BODY_LENGTH);
		// A batch without a body, such as one of nulls alone, leaves the field out.
		if (bodyLength !== 0) view.setBigInt64(bodyLength, BigInt(length), true);
		return concatBytes(pieces);
	}
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function rootTable(view: DataView): number {
	invariant(view.getUint32(0, true) === 0xffffffff, 'an Arrow message begins with a continuation mark');
	return PREFIX_BYTES + view.getUint32(PREFIX_BYTES, true);
}

/** Position of a table's field, 0 when the table leaves it out. */
function fieldAt(view: DataView, table: number, field: number): number {
	const fields = table - view.getInt32(table, true);
	const slot = 4 + field * 2;
	if (slot >= view.getUint16(fields, true)) return 0;
	const offset = view.getUint16(fields + slot, true);
	return offset === 0 ? 0 : table + offset;
}

function vectorAt(view: DataView, field: number): { readonly start: number } {
	return { start: field === 0 ? 0 : field + view.getUint32(field, true) + 4 };
}

function sliceBits(bits: Uint8Array, from: number, to: number): Uint8Array {
	const sliced = new Uint8Array((to - from + 7) >> 3);
	const shift = from & 7;
	for (let index = 0; index < sliced.length; index++) {
		const at = (from >> 3) + index;
		sliced[index] = ((bits[at] ?? 0) >> shift) | ((bits[at + 1] ?? 0) << (8 - shift));
	}
	// Bits after the last row are cleared, so that counting them is right.
	const rest = (to - from) & 7;
	if (rest !== 0) sliced[sliced.length - 1] = (sliced.at(-1) ?? 0) & ((1 << rest) - 1);
	return sliced;
}

function countBits(bits: Uint8Array): number {
	let count = 0;
	for (let byte of bits) for (; byte !== 0; byte &= byte - 1) count++;
	return count;
}

function sliceOffsets(
	bytes: Uint8Array,
	isLong: boolean,
	from: number,
	to: number
): { readonly bytes: Uint8Array; readonly range: readonly [number, number] } {
	const width = isLong ? 8 : 4;
	const view = viewOf(bytes);
	const read = (row: number): number =>
		isLong ? Number(view.getBigInt64(row * 8, true)) : view.getInt32(row * 4, true);
	if (bytes.byteLength === 0) return { bytes, range: [0, 0] };
	const first = read(from);
	const sliced = new Uint8Array((to - from + 1) * width);
	const target = viewOf(sliced);
	for (let row = from; row <= to; row++) {
		if (isLong) target.setBigInt64((row - from) * 8, BigInt(read(row) - first), true);
		else target.setInt32((row - from) * 4, read(row) - first, true);
	}
	return { bytes: sliced, range: [first, read(to)] };
}
