// Opens a ZIP of Parquet files: stored ones are read in place, deflated ones are unpacked.
import { createCRC32 } from 'hash-wasm';
import { withLogs } from '#core/ingest/database-log.ts';
import type { PathFile } from '#core/ingest/partitioned-folder.ts';
import {
	LOCAL_HEADER_BYTES,
	ZIP_TAIL_BYTES,
	findZipDirectory,
	readZipEntries,
	type ZipEntry
} from '#core/ingest/zip-directory.ts';
import { invariant } from '#core/result.ts';
import { Stopped } from './failures.ts';
import { readSlices } from './source.ts';

export type ZippedFile = { readonly path: string; readonly file: Blob; readonly crc32: number };

const DIRECTORY_MAX_BYTES = 64 * 1024 * 1024;
const UNPACKED_MAX_BYTES = 1024 * 1024 * 1024;

export type OpenedZip = {
	readonly names: readonly string[];
	/** The files in it, by the name that is `file`. Throws Stopped when one cannot be unpacked. */
	open(files: readonly PathFile<string>[]): Promise<readonly ZippedFile[]>;
};

/** Null when it is no ZIP or is cut off. */
export async function openZip(name: string, blob: Blob): Promise<OpenedZip | null> {
	const head = new DataView(await blob.slice(0, 4).arrayBuffer());
	if (head.byteLength < 4 || head.getUint32(0) !== 0x504b0304) return null;
	const tail = new Uint8Array(await blob.slice(Math.max(0, blob.size - ZIP_TAIL_BYTES)).arrayBuffer());
	const place = findZipDirectory(tail, blob.size);
	if (!place || place.sizeBytes > DIRECTORY_MAX_BYTES) return null;
	const directory = blob.slice(place.startByte, place.startByte + place.sizeBytes);
	const entries = readZipEntries(new Uint8Array(await directory.arrayBuffer()), place.count);
	if (!entries) return null;
	const entryByName = new Map(entries.map((entry) => [entry.name, entry]));
	return {
		names: entries.map((entry) => entry.name),
		open: async (files) => {
			let room = UNPACKED_MAX_BYTES;
			const opened: ZippedFile[] = [];
			for (const { path, file } of files) {
				const entry = entryByName.get(file);
				invariant(entry, 'files are opened by the names they have');
				checkClaim(name, entry, room);
				const unpacked = await openEntry(name, blob, entry, room);
				if (entry.method !== 0) room -= unpacked.size;
				opened.push({ path, file: unpacked, crc32: entry.crc32 });
			}
			return opened;
		}
	};
}

const FILES_MAX = 10_000;
/** What deflate cannot do with data that anybody has. */
const RATIO_MAX = 200;
const RATIO_FROM_BYTES = 16 * 1024 * 1024;
/** Marks and caches of those who pack. */
const noData = /(^|\/)(__MACOSX\/|[._][^/=]*$)|\/$/;

/**
 * The files of a ZIP by their paths, each whole as its checksum says. Paths that lead out of it are refused; nothing is unpacked before the
 * sizes it claims are looked at, and no more than it claims.
 */
export async function unpack(name: string, blob: Blob): Promise<readonly PathFile<Blob>[]> {
	const zip = await openZip(name, blob);
	if (!zip) throw unreadable(name, 'it is no whole ZIP');
	const paths = zip.names.filter((path) => !noData.test(path));
	if (paths.length === 0) throw new Stopped({ kind: 'empty-source', source: name });
	if (paths.length > FILES_MAX) throw new Stopped({ kind: 'too-large', source: name, limit: '10,000 files in a ZIP' });
	if (new Set(paths).size < paths.length) throw unreadable(name, 'two files in it have the same name');
	const outside = paths.find((path) => isOutside(path));
	if (outside !== undefined) throw unreadable(name, `${outside} in it leads out of the archive`);
	const files = await zip.open(paths.map((path) => ({ path, file: path })));
	await checkZipped(name, files);
	return withLogs(files.map(({ path, file }) => ({ path, file })));
}

function isOutside(path: string): boolean {
	return /^([/\\]|[a-z]:)|\\/i.test(path) || path.split('/').includes('..');
}

/** Throws Stopped when a file's bytes are not those that were packed. */
export async function checkZipped(name: string, files: readonly ZippedFile[]): Promise<void> {
	for (const { path, file, crc32 } of files) {
		const sum = await createCRC32();
		for await (const { bytes } of readSlices(file)) sum.update(bytes);
		if (Number.parseInt(sum.digest('hex'), 16) !== crc32) throw unreadable(name, `${path} in it is damaged`);
	}
}

/** What a file claims to become, before it is unpacked. */
function checkClaim(name: string, { method, packedBytes, unpackedBytes, name: file }: ZipEntry, room: number): void {
	if (method === 0) return;
	if (unpackedBytes > room) throw new Stopped({ kind: 'too-large', source: name, limit: '1 GB unpacked' });
	if (unpackedBytes > RATIO_FROM_BYTES && unpackedBytes > packedBytes * RATIO_MAX)
		throw unreadable(name, `${file} in it becomes more than ${RATIO_MAX} times as large`);
}

async function openEntry(name: string, blob: Blob, entry: ZipEntry, room: number): Promise<Blob> {
	if (entry.isEncrypted) throw unreadable(name, `${entry.name} in it is encrypted`);
	const header = new DataView(await blob.slice(entry.headerByte, entry.headerByte + LOCAL_HEADER_BYTES).arrayBuffer());
	if (header.byteLength < LOCAL_HEADER_BYTES || header.getUint32(0) !== 0x504b0304)
		throw unreadable(name, `${entry.name} is not where its directory says`);
	const start = entry.headerByte + LOCAL_HEADER_BYTES + header.getUint16(26, true) + header.getUint16(28, true);
	const packed = blob.slice(start, start + entry.packedBytes);
	if (packed.size < entry.packedBytes) throw unreadable(name, `${entry.name} in it is cut off`);
	if (entry.method === 0) return packed;
	if (entry.method === 8) return inflate(name, packed, entry, room);
	throw unreadable(name, `${entry.name} in it is packed by method ${entry.method}; pack it stored or deflated`);
}

async function inflate(
	name: string,
	packed: Blob,
	{ name: file, unpackedBytes }: ZipEntry,
	room: number
): Promise<Blob> {
	const pieces: Uint8Array<ArrayBuffer>[] = [];
	let length = 0;
	for await (const bytes of readAll(packed.stream().pipeThrough(new DecompressionStream('deflate-raw')))) {
		length += bytes.length;
		if (length > room) throw new Stopped({ kind: 'too-large', source: name, limit: '1 GB unpacked' });
		if (length > unpackedBytes) throw unreadable(name, `${file} in it becomes larger than it says`);
		pieces.push(bytes);
	}
	return new Blob(pieces);
}

async function* readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
	const reader = stream.getReader();
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			yield value;
		}
	} finally {
		await reader.cancel();
	}
}

function unreadable(source: string, reason: string): Stopped {
	return new Stopped({ kind: 'unreadable-source', source, format: 'zip', reason, line: null });
}
