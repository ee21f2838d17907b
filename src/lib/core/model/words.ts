// Typed arrays as little-endian bytes, on any machine.
import * as v from 'valibot';

/** Of decoded canonical bytes: an array that `packWords` wrote. */
export const packedWords = v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array);

/** Arrays that hold what a model is made of. */
type Words = Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;
type WordsConstructor<T extends Words> = {
	new (count: number): T;
	readonly BYTES_PER_ELEMENT: number;
};

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Owner: allocates the result. */
export function packWords(words: Words): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(words.byteLength);
	bytes.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
	return isLittleEndian ? bytes : swapped(bytes, words.BYTES_PER_ELEMENT);
}

/** The inverse of `packWords`; null where bytes are left over. */
export function unpackWords<T extends Words>(of: WordsConstructor<T>, bytes: Uint8Array): T | null {
	if (bytes.length % of.BYTES_PER_ELEMENT !== 0) return null;
	const words = new of(bytes.length / of.BYTES_PER_ELEMENT);
	const own = isLittleEndian ? bytes : swapped(bytes, of.BYTES_PER_ELEMENT);
	new Uint8Array(words.buffer, words.byteOffset, words.byteLength).set(own);
	return words;
}

function swapped(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(bytes, (_, at) => bytes[at - (at % size) + size - 1 - (at % size)] ?? 0);
}
