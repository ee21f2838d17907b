// Gathers pieces of text into chunks that end at record borders, and with whole segments where they can, with the line each
// chunk begins at.
import type { Dialect } from '#core/ingest/dialect.ts';
import { countLines, lastBorder } from '#core/ingest/record-splitter.ts';
import { SEGMENT_ROWS } from '#core/version/segment.ts';
import type { Chunk } from './api.ts';
import type { Piece } from './source.ts';

/** Text in one chunk: about 3 to 4 MB of Parquet, so that files stay far below 8 MB. */
export const CHUNK_BYTES = 12 * 1024 * 1024;
const BUFFER_BYTES = CHUNK_BYTES + 2 * 1024 * 1024;
/** A single record longer than this ends the import. */
export const RECORD_MAX_BYTES = 64 * 1024 * 1024;

export class RecordTooLong extends Error {
	readonly line: number;
	constructor(line: number) {
		super('A single record is longer than 64 MB');
		this.line = line;
	}
}

/** Throws RecordTooLong. */
export async function* readChunks(
	pieces: AsyncIterable<Piece>,
	dialect: Pick<Dialect, 'delimiter' | 'quote' | 'escape'>
): AsyncGenerator<Chunk, void, Uint8Array<ArrayBuffer> | undefined> {
	let buffer = new Uint8Array(BUFFER_BYTES);
	let used = 0;
	let line = 1;
	let readBytes = 0;
	let wanted = CHUNK_BYTES;
	for await (const piece of pieces) {
		readBytes = piece.readBytes;
		buffer = withRoom(buffer, used, piece.bytes.length);
		buffer.set(piece.bytes, used);
		used += piece.bytes.length;
		if (used < wanted) continue;
		const border = lastBorder(buffer.subarray(0, used), dialect, SEGMENT_ROWS);
		if (border === 0) {
			if (used > RECORD_MAX_BYTES) throw new RecordTooLong(line);
			wanted = used * 2;
			continue;
		}
		const bytes = buffer.subarray(0, border);
		const { lineCount, loneCr } = countLines(bytes);
		const rest = buffer.slice(border, used);
		const spare = yield { bytes, line, loneCr, readBytes };
		buffer = withRoom(spare ? new Uint8Array(spare.buffer) : new Uint8Array(BUFFER_BYTES), 0, rest.length);
		buffer.set(rest);
		used = rest.length;
		line += lineCount;
		wanted = CHUNK_BYTES;
	}
	if (used > RECORD_MAX_BYTES) throw new RecordTooLong(line);
	if (used > 0) {
		const bytes = buffer.subarray(0, used);
		yield { bytes, line, loneCr: countLines(bytes).loneCr, readBytes };
	}
}

function withRoom(buffer: Uint8Array<ArrayBuffer>, used: number, more: number): Uint8Array<ArrayBuffer> {
	if (used + more <= buffer.length) return buffer;
	const larger = new Uint8Array(Math.max(buffer.length * 2, used + more));
	larger.set(buffer.subarray(0, used));
	return larger;
}
