// Reads a ZIP's central directory: what is inside and how large it claims to become, before anything is unpacked.

export type ZipDirectory = { readonly names: readonly string[]; readonly unpackedBytes: number };

/** Null when there is no whole directory. `bytes` is the end of the file, `size` its whole length. */
export function readZipDirectory(bytes: Uint8Array, size: number): ZipDirectory | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let end = bytes.length - 22;
	while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
	if (end < 0) return null;
	const count = view.getUint16(end + 10, true);
	let at = view.getUint32(end + 16, true) - (size - bytes.length);
	const names: string[] = [];
	let unpackedBytes = 0;
	for (let index = 0; index < count; index++) {
		if (at < 0 || at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) return null;
		unpackedBytes += view.getUint32(at + 24, true);
		const nameLength = view.getUint16(at + 28, true);
		names.push(String.fromCharCode(...bytes.subarray(at + 46, at + 46 + nameLength)));
		at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
	}
	return { names, unpackedBytes };
}
