// Reads a ZIP's central directory: what is inside, where it begins and how large it claims to become, before anything is
// unpacked. Source: PKWARE, APPNOTE.TXT, sections 4.3.12 to 4.3.16 and 4.5.3.
import { strFromU8 } from 'fflate';
import { isUtf8 } from './guess-encoding.ts';

export type ZipDirectory = { readonly names: readonly string[]; readonly unpackedBytes: number };

export type ZipEntry = {
	readonly name: string;
	/** Of the local header before the bytes. */
	readonly headerByte: number;
	readonly packedBytes: number;
	readonly unpackedBytes: number;
	readonly crc32: number;
	/** 0 is stored, 8 deflated. */
	readonly method: number;
	readonly isEncrypted: boolean;
};

export type ZipPlace = { readonly startByte: number; readonly sizeBytes: number; readonly count: number };

/** The end record, its 64-bit form and the longest comment fit in here. */
export const ZIP_TAIL_BYTES = 22 + 20 + 56 + 0xffff;

export const LOCAL_HEADER_BYTES = 30;

/** Null when there is no whole directory. `bytes` is the end of the file, `size` its whole length. */
export function readZipDirectory(bytes: Uint8Array, size: number): ZipDirectory | null {
	const place = findZipDirectory(bytes, size);
	if (!place) return null;
	const start = place.startByte - (size - bytes.length);
	if (start < 0) return null;
	const entries = readZipEntries(bytes.subarray(start, start + place.sizeBytes), place.count);
	if (!entries) return null;
	return {
		names: entries.map(({ name }) => name),
		unpackedBytes: entries.reduce((sum, entry) => sum + entry.unpackedBytes, 0)
	};
}

/** Where the directory is; null when the end is missing. `tail` is the file's last bytes, `size` its whole length. */
export function findZipDirectory(tail: Uint8Array, size: number): ZipPlace | null {
	const view = viewOf(tail);
	let end = tail.length - 22;
	while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
	if (end < 0) return null;
	const place = {
		count: view.getUint16(end + 10, true),
		sizeBytes: view.getUint32(end + 12, true),
		startByte: view.getUint32(end + 16, true)
	};
	const locator = end - 20;
	if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50) return isWithin(place, size) ? place : null;
	const record = Number(view.getBigUint64(locator + 8, true)) - (size - tail.length);
	if (record < 0 || record + 56 > tail.length || view.getUint32(record, true) !== 0x06064b50) return null;
	const long = {
		count: Number(view.getBigUint64(record + 32, true)),
		sizeBytes: Number(view.getBigUint64(record + 40, true)),
		startByte: Number(view.getBigUint64(record + 48, true))
	};
	return isWithin(long, size) ? long : null;
}

/** `bytes` is the directory. Null when it ends too early, or is none. */
export function readZipEntries(bytes: Uint8Array, count: number): readonly ZipEntry[] | null {
	const view = viewOf(bytes);
	const entries: ZipEntry[] = [];
	let at = 0;
	for (let index = 0; index < count; index++) {
		if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) return null;
		const nameEnd = at + 46 + view.getUint16(at + 28, true);
		const extraEnd = nameEnd + view.getUint16(at + 30, true);
		if (extraEnd > bytes.length) return null;
		const sizes = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
		const [unpackedBytes = 0, packedBytes = 0, headerByte = 0] = longSizes(view, nameEnd, extraEnd, sizes);
		entries.push({
			name: textOf(bytes.subarray(at + 46, nameEnd)),
			headerByte,
			packedBytes,
			unpackedBytes,
			crc32: view.getUint32(at + 16, true),
			method: view.getUint16(at + 10, true),
			isEncrypted: (view.getUint16(at + 8, true) & 1) === 1
		});
		at = extraEnd + view.getUint16(at + 32, true);
	}
	return entries;
}

/** Sizes that 32 bits do not hold stand in the extra field with the id 1, in their order. */
function longSizes(view: DataView, start: number, end: number, sizes: readonly number[]): readonly number[] {
	for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
		if (view.getUint16(at, true) !== 1) continue;
		let next = at + 4;
		return sizes.map((size) => {
			if (size !== 0xffff_ffff || next + 8 > end) return size;
			next += 8;
			return Number(view.getBigUint64(next - 8, true));
		});
	}
	return sizes;
}

/** UTF-8 also where the entry does not say so: not every writer sets the flag. */
function textOf(bytes: Uint8Array): string {
	return strFromU8(bytes, !isUtf8(bytes, true));
}

function isWithin({ startByte, sizeBytes }: ZipPlace, size: number): boolean {
	return startByte + sizeBytes <= size;
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
