// Reads a source's bytes: plain or gzipped, a sample of them or all in order, never the whole at once.
import { guessEncoding, isUtf8, markLength } from '#core/ingest/guess-encoding.ts';

export type Source = {
	readonly name: string;
	readonly blob: Blob;
	readonly compression: 'none' | 'gzip';
	/** The first bytes, uncompressed. */
	readonly head: Uint8Array<ArrayBuffer>;
	/** Whether `head` is all there is. */
	readonly complete: boolean;
	/** Of a database, see `PathFile`. */
	readonly log?: Blob | null | undefined;
};

const HEAD_BYTES = 4 * 1024 * 1024;
const LATER_BYTES = 256 * 1024;
const LATER_PIECES = 8;
const PIECE_BYTES = 2 * 1024 * 1024;

export async function openSource(name: string, blob: Blob): Promise<Source> {
	const magic = new Uint8Array(await blob.slice(0, 3).arrayBuffer());
	const gzip = magic[0] === 0x1f && magic[1] === 0x8b && magic[2] === 8;
	if (!gzip) {
		const head = new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer());
		return { name, blob, compression: 'none', head, complete: head.length === blob.size };
	}
	const source = { name, blob, compression: 'gzip' as const };
	const pieces: Uint8Array<ArrayBuffer>[] = [];
	let length = 0;
	for await (const { bytes } of readPieces({ blob, compression: 'gzip' })) {
		pieces.push(bytes);
		length += bytes.length;
		if (length > HEAD_BYTES) break;
	}
	const all = concat(pieces, length);
	return length > HEAD_BYTES
		? { ...source, head: all.slice(0, HEAD_BYTES), complete: false }
		: { ...source, head: all, complete: true };
}

/** Evenly spread pieces behind the head, each cut to whole lines; none from a gzipped source, which reads only forwards. */
export async function laterPieces(source: Source): Promise<Uint8Array<ArrayBuffer>[]> {
	if (source.complete || source.compression === 'gzip') return [];
	const { size } = source.blob;
	const step = (size - HEAD_BYTES) / LATER_PIECES;
	const starts = Array.from({ length: LATER_PIECES }, (_, index) =>
		Math.max(HEAD_BYTES, Math.floor(HEAD_BYTES + (index + 1) * step - LATER_BYTES))
	);
	const pieces = await Promise.all(
		starts.map(async (start) => new Uint8Array(await source.blob.slice(start, start + LATER_BYTES).arrayBuffer()))
	);
	return pieces.map((bytes) => bytes.subarray(bytes.indexOf(10) + 1, bytes.lastIndexOf(10) + 1));
}

/** The encoding in force and how many bytes its mark takes; a sample from further on can only rule UTF-8 out. */
export function encodingOf(
	source: Source,
	later: readonly Uint8Array[],
	given: string | undefined
): { readonly encoding: string; readonly markLength: number } {
	if (given !== undefined) return { encoding: given, markLength: markLength(source.head, given) };
	const guess = guessEncoding(source.head, source.complete);
	if (guess.encoding === 'utf-8' && !later.every((bytes) => isUtf8(bytes, false))) {
		return { encoding: 'windows-1252', markLength: 0 };
	}
	return guess;
}

export type Piece = {
	/** Valid until the next piece is asked for. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** Bytes of the source consumed so far, still compressed. */
	readonly readBytes: number;
};

export type Bytes = Pick<Source, 'blob' | 'compression'>;
type SeeRaw = (bytes: Uint8Array) => void;

/** All bytes in order, shown to `seeRaw` as they are stored. Throws when the gzip stream is damaged. */
export async function* readPieces(
	{ blob, compression }: Bytes,
	seeRaw: SeeRaw = () => undefined
): AsyncGenerator<Piece> {
	if (compression === 'none') {
		for await (const piece of readSlices(blob)) {
			seeRaw(piece.bytes);
			yield piece;
		}
		return;
	}
	let readBytes = 0;
	const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
		transform(bytes, controller) {
			readBytes += bytes.length;
			seeRaw(bytes);
			controller.enqueue(bytes);
		}
	});
	const reader = blob.stream().pipeThrough(counted).pipeThrough(new DecompressionStream('gzip')).getReader();
	reading.add(reader);
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			yield { bytes: value, readBytes };
		}
	} finally {
		reading.delete(reader);
		await reader.cancel();
	}
}

// Note: readers are held until their end. Chromium's collector takes a blob's stream away while a read is pending, when
// only that read leads to it, and the read then never settles.
const reading = new Set<object>();

/** A blob's bytes in order; each piece is valid until the next one is asked for. */
export async function* readSlices(blob: Blob): AsyncGenerator<Piece> {
	const reader = byteReader(blob);
	if (!reader) {
		for (let at = 0; at < blob.size; at += PIECE_BYTES) {
			const bytes = new Uint8Array(await blob.slice(at, at + PIECE_BYTES).arrayBuffer());
			yield { bytes, readBytes: at + bytes.length };
		}
		return;
	}
	reading.add(reader);
	let buffer = new ArrayBuffer(PIECE_BYTES);
	let readBytes = 0;
	try {
		for (;;) {
			const { done, value } = await reader.read(new Uint8Array(buffer));
			if (done) return;
			readBytes += value.length;
			yield { bytes: value, readBytes };
			buffer = value.buffer;
		}
	} finally {
		reading.delete(reader);
		await reader.cancel();
	}
}

// Note: one buffer that goes back and forth. A new one for each piece is twice as slow, and leaves a hundred megabytes
// for the collector before it runs.
function byteReader(blob: Blob): ReadableStreamBYOBReader | null {
	try {
		return blob.stream().getReader({ mode: 'byob' });
	} catch (error) {
		// A browser whose blobs give no byte streams.
		if (error instanceof TypeError) return null;
		throw error;
	}
}

/** The same bytes as UTF-8 without a mark. UTF-8 itself passes as it is, valid or not. */
export async function* readUtf8(source: Bytes, encoding: string, mark: number, seeRaw?: SeeRaw): AsyncGenerator<Piece> {
	const plain = /^utf-?8$/i.test(encoding);
	const decoder = plain ? null : new TextDecoder(encoding, { fatal: false, ignoreBOM: true });
	const encoder = new TextEncoder();
	let skip = mark;
	let readBytes = 0;
	for await (const piece of readPieces(source, seeRaw)) {
		const cut = Math.min(skip, piece.bytes.length);
		skip -= cut;
		const bytes = cut === 0 ? piece.bytes : piece.bytes.subarray(cut);
		readBytes = piece.readBytes;
		yield { bytes: decoder ? encoder.encode(decoder.decode(bytes, { stream: true })) : bytes, readBytes };
	}
	const rest = decoder?.decode() ?? '';
	if (rest !== '') yield { bytes: encoder.encode(rest), readBytes };
}

/** Everything as one buffer, for formats that are read from their end. Null when it is longer than `limit`. */
export async function readWhole(source: Source, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
	if (source.compression === 'none') {
		return source.blob.size > limit ? null : new Uint8Array(await source.blob.arrayBuffer());
	}
	const pieces: Uint8Array<ArrayBuffer>[] = [];
	let length = 0;
	for await (const { bytes } of readPieces(source)) {
		length += bytes.length;
		if (length > limit) return null;
		pieces.push(bytes);
	}
	return concat(pieces, length);
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
	const all = new Uint8Array(length);
	let at = 0;
	for (const piece of pieces) {
		all.set(piece, at);
		at += piece.length;
	}
	return all;
}
