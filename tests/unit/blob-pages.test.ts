import { expect, test } from 'vitest';
import { BlobPages } from '../../workers/blob-pages.ts';

const KIB = 1024;

/** Pages over Blobs whose bytes are known; `reads` has the ranges that were read. */
function pagesOf(maxBytes: number, ...contents: Uint8Array<ArrayBuffer>[]) {
	const reads: [number, number][] = [];
	const blobs = contents.map((bytes) => new Blob([bytes]));
	const pages = new BlobPages(maxBytes, (blob, startByte, endByte) => {
		reads.push([startByte, endByte]);
		return contents[blobs.indexOf(blob)]?.slice(startByte, endByte) ?? new Uint8Array();
	});
	return { handles: blobs.map((blob) => pages.handle(blob)), reads };
}

const numbered = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, at) => (at * 31) % 251);

function read(handle: ReturnType<BlobPages['handle']> | undefined, at: number, length: number): Uint8Array {
	const out = new Uint8Array(length);
	return out.subarray(0, handle?.read(out, { at }));
}

test('any range is read as it is, whatever was read before', () => {
	const bytes = numbered(1700 * KIB + 13);
	const { handles } = pagesOf(1024 * KIB, bytes);
	const ranges: [number, number][] = [
		[0, 1],
		[511 * KIB, 2 * KIB],
		[100, 1200 * KIB],
		[512 * KIB, 600 * KIB],
		[bytes.length - 5, 5],
		[0, bytes.length]
	];
	for (const [at, length] of ranges) expect(read(handles[0], at, length)).toEqual(bytes.slice(at, at + length));
});

test('a range past the end is cut, and one after it is empty', () => {
	const bytes = numbered(1000);
	const { handles } = pagesOf(KIB, bytes);
	expect(read(handles[0], 990, 100)).toEqual(bytes.slice(990));
	expect(read(handles[0], 1000, 10)).toHaveLength(0);
	expect(handles[0]?.getSize()).toBe(1000);
});

test('small reads near each other cost one read of the Blob, long ones their own', () => {
	const { handles, reads } = pagesOf(1024 * KIB, numbered(3000 * KIB));
	for (let at = 0; at < 512 * KIB; at += 10_000) read(handles[0], at, 100);
	expect(reads).toEqual([[0, 512 * KIB]]);
	read(handles[0], 512 * KIB, 2000 * KIB);
	expect(reads.slice(1)).toEqual([[512 * KIB, 2512 * KIB]]);
});

test('no more is kept than allowed: the page used longest ago goes', () => {
	const { handles, reads } = pagesOf(1024 * KIB, numbered(3000 * KIB));
	for (const page of [0, 1, 0, 2]) read(handles[0], page * 512 * KIB, 10);
	reads.length = 0;
	read(handles[0], 0, 10);
	expect(reads).toEqual([]);
	read(handles[0], 512 * KIB, 10);
	expect(reads).toEqual([[512 * KIB, 1024 * KIB]]);
});

test('a closed Blob makes room, and another is never taken for it', () => {
	const [one, other] = [numbered(600 * KIB), numbered(600 * KIB).reverse()];
	const { handles, reads } = pagesOf(1024 * KIB, one, other);
	read(handles[0], 0, 10);
	expect(read(handles[1], 0, 10)).toEqual(other.slice(0, 10));
	handles[0]?.close();
	read(handles[1], 512 * KIB, 10);
	reads.length = 0;
	read(handles[1], 0, 10);
	expect(reads).toEqual([]);
});

test('a Blob that gives fewer bytes than it has is an error, not a wrong answer', () => {
	const pages = new BlobPages(KIB, () => new Uint8Array(3));
	expect(() => pages.handle(new Blob([numbered(100)])).read(new Uint8Array(10), { at: 0 })).toThrow('ended');
});

test('files that are runs of the same Blobs read as those bytes, and share what was read of them', () => {
	const [one, other] = [numbered(700 * KIB), numbered(90 * KIB).reverse()];
	const reads: number[] = [];
	const pages = new BlobPages(4096 * KIB, (blob, startByte, endByte) => {
		reads.push(startByte);
		return (blob.size === one.length ? one : other).slice(startByte, endByte);
	});
	const run = (name: string | null, bytes: Uint8Array<ArrayBuffer>, startByte: number, sizeBytes: number) => ({
		name,
		blob: new Blob([bytes]),
		startByte,
		sizeBytes
	});
	const runs = [run('a', one, 600 * KIB, 50), run(null, other, 7, 80 * KIB), run('a', one, 3, 550 * KIB)];
	const whole = new Uint8Array([
		...one.slice(600 * KIB, 600 * KIB + 50),
		...other.slice(7, 7 + 80 * KIB),
		...one.slice(3, 3 + 550 * KIB)
	]);
	const handle = pages.handleOf(runs);
	expect(handle.getSize()).toBe(whole.length);
	for (const [at, length] of [
		[0, 10],
		[45, 20],
		[40, 81 * KIB],
		[0, whole.length + 9],
		[whole.length - 3, 3]
	] as const)
		expect(read(handle, at, length)).toEqual(whole.slice(at, at + length));
	reads.length = 0;
	expect(read(pages.handleOf([run('a', one, 5, 690 * KIB)]), 1, 689 * KIB)).toEqual(one.slice(6, 6 + 689 * KIB));
	expect(reads).toEqual([]);
});
