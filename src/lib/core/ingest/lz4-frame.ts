// Decodes LZ4 frames, as Feather files hold them. Source: LZ4 Frame Format 1.6 and LZ4 Block Format; checksums are not checked.

const MAGIC = 0x184d2204;
const SIZE_MAX = 1024 ** 3;

/** Throws when the bytes are no whole LZ4 frame or decode to more than 1 GB. */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
	const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
	if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) throw new Error('not an LZ4 frame');
	const flags = frame[4] ?? 0;
	let at = 6;
	let output = new Uint8Array(1024);
	if (flags & 0x08) {
		const size = Number(view.getBigUint64(at, true));
		if (size > SIZE_MAX) throw new Error('an LZ4 frame claims more than 1 GB');
		output = new Uint8Array(size);
		at += 8;
	}
	if (flags & 0x01) at += 4;
	at++;
	let used = 0;
	for (;;) {
		const header = view.getUint32(at, true);
		at += 4;
		if (header === 0) return output.subarray(0, used);
		const size = header & 0x7fffffff;
		const block = frame.subarray(at, at + size);
		if (block.length < size) throw new Error('an LZ4 frame is cut off');
		at += size + (flags & 0x10 ? 4 : 0);
		const wanted = used + (header >>> 31 ? size : 4 * 1024 * 1024);
		if (output.length < wanted && !(flags & 0x08)) {
			const larger = new Uint8Array(Math.max(output.length * 2, wanted));
			larger.set(output.subarray(0, used));
			output = larger;
		}
		if (header >>> 31) {
			output.set(block, used);
			used += size;
		} else used = decodeBlock(block, output, used);
	}
}

/** Index behind what was written to `output` from `start` on. */
function decodeBlock(block: Uint8Array, output: Uint8Array, start: number): number {
	let used = start;
	let at = 0;
	const more = (length: number): number => {
		if (length !== 15) return length;
		let total = length;
		for (;;) {
			const byte = block[at++];
			if (byte === undefined) throw new Error('an LZ4 block is cut off');
			total += byte;
			if (byte !== 255) return total;
		}
	};
	while (at < block.length) {
		const token = block[at++] ?? 0;
		const literals = more(token >> 4);
		if (at + literals > block.length || used + literals > output.length) throw new Error('an LZ4 block is damaged');
		output.set(block.subarray(at, at + literals), used);
		at += literals;
		used += literals;
		if (at >= block.length) return used;
		const distance = (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8);
		at += 2;
		const length = more(token & 15) + 4;
		if (distance === 0 || distance > used || used + length > output.length) throw new Error('an LZ4 block is damaged');
		for (let copied = 0; copied < length; copied++, used++) output[used] = output[used - distance] ?? 0;
	}
	return used;
}
