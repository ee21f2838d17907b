// The bytes of sketches: numbers as short as they can be, and a checksum, so that damage is told and never read as statistics.
import { err, ok, type Result } from '../../result.ts';

export type BrokenSketch = {
	readonly kind: 'broken-sketch';
	readonly reason: 'cut-off' | 'checksum' | 'other-kind' | 'newer-version' | 'impossible';
};

/** Read by `openSketch` where a promise of the format does not hold. */
class Broken extends Error {
	readonly reason: BrokenSketch['reason'];
	constructor(reason: BrokenSketch['reason']) {
		super(reason);
		this.reason = reason;
	}
}

/** Says that bytes of a right checksum hold what no writer writes. */
export function refuseSketch(): never {
	throw new Broken('impossible');
}

/**
 * Bytes of a sketch behind its frame.
 *
 * | bytes | what |
 * | --- | --- |
 * | 1 | kind: a letter, of which each sketch has its own |
 * | 1 | version of that kind |
 * | … | what the sketch wrote |
 * | 4 | FNV-1a of all before, little-endian |
 *
 * Example: the moments of no numbers, kind `m`, version 1, are `6d 01 00` and `a1 22 91 50`.
 */
export function sealSketch(
	kind: string,
	version: number,
	write: (writer: SketchWriter) => void
): Uint8Array<ArrayBuffer> {
	const writer = new SketchWriter();
	writer.byte(kind.charCodeAt(0));
	writer.byte(version);
	write(writer);
	const sum = checksum(writer.bytes());
	for (let shift = 0; shift < 32; shift += 8) writer.byte((sum >>> shift) & 255);
	return writer.bytes();
}

/** The inverse of `sealSketch`; bytes may come from anywhere. */
export function openSketch<T>(
	bytes: Uint8Array,
	kind: string,
	version: number,
	read: (reader: SketchReader) => T
): Result<T, BrokenSketch> {
	const broken = frameProblem(bytes, kind, version);
	if (broken) return err(broken);
	const reader = new SketchReader(bytes.subarray(2, -4));
	try {
		const value = read(reader);
		return reader.isAtEnd ? ok(value) : err({ kind: 'broken-sketch', reason: 'impossible' });
	} catch (thrown) {
		if (thrown instanceof Broken) return err({ kind: 'broken-sketch', reason: thrown.reason });
		throw thrown;
	}
}

/** Whether bytes have a whole frame of the kind. */
export function isSealed(bytes: Uint8Array, kind: string, version: number): boolean {
	return frameProblem(bytes, kind, version) === null;
}

function frameProblem(bytes: Uint8Array, kind: string, version: number): BrokenSketch | null {
	if (bytes.length < 6) return { kind: 'broken-sketch', reason: 'cut-off' };
	const content = bytes.subarray(0, -4);
	const sum = bytes.subarray(-4).reduce((read, byte, at) => (read | (byte << (8 * at))) >>> 0, 0);
	if (sum !== checksum(content)) return { kind: 'broken-sketch', reason: 'checksum' };
	if (content[0] !== kind.charCodeAt(0)) return { kind: 'broken-sketch', reason: 'other-kind' };
	return (content[1] ?? 0) > version ? { kind: 'broken-sketch', reason: 'newer-version' } : null;
}

/** FNV-1a, 32 bits. Source: Fowler, Noll, Vo, draft-eastlake-fnv. */
function checksum(bytes: Uint8Array): number {
	let hash = 0x811c9dc5;
	for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
	return hash >>> 0;
}

export class SketchWriter {
	#bytes = new Uint8Array(256);
	#view = new DataView(this.#bytes.buffer);
	#end = 0;

	bytes(): Uint8Array<ArrayBuffer> {
		return this.#bytes.slice(0, this.#end);
	}

	byte(value: number): void {
		this.#reserve(1);
		this.#bytes[this.#end++] = value;
	}

	/** Seven bits a byte, the lowest first: any count up to 2^53. */
	count(value: number): void {
		let rest = value;
		for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128);
		this.byte(rest);
	}

	double(value: number): void {
		this.#reserve(8);
		this.#view.setFloat64(this.#end, value, true);
		this.#end += 8;
	}

	raw(bytes: Uint8Array): void {
		this.count(bytes.length);
		this.#reserve(bytes.length);
		this.#bytes.set(bytes, this.#end);
		this.#end += bytes.length;
	}

	/** UTF-16 code units, each as a count: texts here are short. */
	text(text: string): void {
		this.count(text.length);
		for (let at = 0; at < text.length; at++) this.count(text.charCodeAt(at));
	}

	/** Ascending numbers: as differences where all are whole, else as they are. */
	ascending(values: Float64Array): void {
		const first = values[0] ?? 0;
		const isWhole =
			values.every((value) => Number.isSafeInteger(value) && !Object.is(value, -0)) &&
			(values.at(-1) ?? 0) - first <= Number.MAX_SAFE_INTEGER;
		this.count(values.length);
		this.byte(isWhole ? 1 : 0);
		if (!isWhole) return values.forEach((value) => this.double(value));
		if (values.length > 0) this.double(first);
		for (let at = 1; at < values.length; at++) this.count((values[at] ?? 0) - (values[at - 1] ?? 0));
	}

	#reserve(count: number): void {
		if (this.#end + count <= this.#bytes.length) return;
		const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#end + count));
		larger.set(this.#bytes);
		this.#bytes = larger;
		this.#view = new DataView(larger.buffer);
	}
}

/** Reads what `SketchWriter` wrote; each verb is the inverse of the one of its name. */
export class SketchReader {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	get isAtEnd(): boolean {
		return this.#at === this.#bytes.length;
	}

	byte(): number {
		const byte = this.#bytes[this.#at++];
		if (byte === undefined) throw new Broken('cut-off');
		return byte;
	}

	count(): number {
		let value = 0;
		for (let scale = 1; ; scale *= 128) {
			const byte = this.byte();
			value += (byte & 127) * scale;
			if (value > Number.MAX_SAFE_INTEGER) throw new Broken('impossible');
			if (byte < 128) return value;
		}
	}

	double(): number {
		this.#need(8);
		this.#at += 8;
		return this.#view.getFloat64(this.#at - 8, true);
	}

	raw(): Uint8Array {
		const length = this.#need(this.count());
		this.#at += length;
		return this.#bytes.slice(this.#at - length, this.#at);
	}

	text(): string {
		const length = this.#need(this.count());
		let text = '';
		for (let at = 0; at < length; at++) text += String.fromCharCode(this.count());
		return text;
	}

	ascending(): Float64Array {
		// Each takes a byte at least, so that a wrong length cannot ask for more memory than there are bytes.
		const values = new Float64Array(this.#need(this.count()));
		const isWhole = this.byte() === 1;
		let last = isWhole && values.length > 0 ? this.double() : 0;
		for (let at = 0; at < values.length; at++) {
			if (!isWhole) last = this.double();
			else if (at > 0) last += this.count();
			values[at] = last;
		}
		return values;
	}

	#need(count: number): number {
		if (count > this.#bytes.length - this.#at) throw new Broken('cut-off');
		return count;
	}
}
