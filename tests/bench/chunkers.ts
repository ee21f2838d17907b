// What other ways of storing a file would add for an edit: all of it, fixed parts, or parts cut by content.
import { createHash } from 'node:crypto';

export type Chunker = (file: Uint8Array) => readonly Uint8Array[];

export const wholeFile: Chunker = (file) => [file];

export const fixedParts: Chunker = (file) => {
	const size = 1024 * 1024;
	return Array.from({ length: Math.ceil(file.length / size) }, (_, at) => file.subarray(at * size, (at + 1) * size));
};

const AVERAGE_BITS = 16;
const MIN = 16 * 1024;
const AVERAGE = 1 << AVERAGE_BITS;
const MAX = 256 * 1024;
const gear = Array.from({ length: 256 }, (_, byte) =>
	createHash('sha256').update(`gear ${byte}`).digest().readUInt32BE()
);
/** Of the upper bits, which depend on more bytes: harder before the average, easier after it. */
const HARD = -1 << (32 - AVERAGE_BITS - 2);
const EASY = -1 << (32 - AVERAGE_BITS + 2);

/** Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication", 2016, normalised by 2. */
export const fastCdc: Chunker = (file) => {
	const chunks: Uint8Array[] = [];
	for (let start = 0; start < file.length;) {
		const end = Math.min(start + MAX, file.length);
		let at = Math.min(start + MIN, end);
		for (let print = 0; at < end; at++) {
			print = ((print << 1) + (gear[file[at] ?? 0] ?? 0)) | 0;
			if ((print & (at - start < AVERAGE ? HARD : EASY)) === 0) break;
		}
		chunks.push(file.subarray(start, at));
		start = at;
	}
	return chunks;
};

/** Bytes of the chunks of `after` that `before` has not. */
export function addedBytes(chunker: Chunker, before: Uint8Array, after: Uint8Array): number {
	const name = (chunk: Uint8Array): string => createHash('sha256').update(chunk).digest('base64');
	const known = new Set(chunker(before).map(name));
	let added = 0;
	for (const chunk of chunker(after)) {
		const id = name(chunk);
		if (!known.has(id)) added += chunk.length;
		known.add(id);
	}
	return added;
}
