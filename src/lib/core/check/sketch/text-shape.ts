// What texts look like: their lengths, and which kinds of characters follow each other, mergeable.
import { NO_MOMENTS, mergeMoments, momentsOfCounted, readMoments, writeMoments, type Moments } from './moments.ts';
import {
	FrequentBuilder,
	mergeFrequent,
	noFrequent,
	readFrequent,
	writeFrequent,
	type FrequentSketch
} from './frequent.ts';
import { refuseSketch, type SketchReader, type SketchWriter } from './sketch-bytes.ts';
import { decodeUtf8 } from './utf8.ts';
import { finish, ValueHashes, type TextBatch } from './value-hash.ts';

/**
 * Lengths are in characters (code points). `patterns` are such as `A-9`, each run of letters, digits or others told once: `A` is
 * a capital, `a` a small letter, `9` a digit, `_` a space, `é` any character beyond ASCII; others stand for themselves. Only the
 * first PATTERN_BYTES bytes of a text are looked at, and `…` ends the pattern of a longer one.
 */
export type TextShape = {
	readonly lengths: Moments;
	readonly shortest: number;
	readonly longest: number;
	/** Rows by length: 0 to 31 one each, then up to 63, 127, … */
	readonly lengthCounts: readonly number[];
	readonly patterns: FrequentSketch;
	/** Of the smallest hashes, ascending: a sample of the different texts, the same however their rows are cut. */
	readonly sample: readonly SampledText[];
};

export type SampledText = { readonly key: number; readonly text: string };

export const NO_TEXTS: TextShape = {
	lengths: NO_MOMENTS,
	shortest: Infinity,
	longest: 0,
	lengthCounts: [],
	patterns: noFrequent(32),
	sample: []
};

/** Bytes of a frequent or sampled text that are kept. */
export const KEPT_TEXT_BYTES = 120;
const SAMPLED_TEXTS = 32;
const PATTERN_BYTES = 48;
const PATTERNS = 32;
const EXACT_LENGTHS = 32;
const KNOWN_TEXTS = 2048;

/** By byte: what it is in a pattern. */
const classes = Uint8Array.from({ length: 256 }, (_, byte) => {
	const character = String.fromCharCode(byte);
	if (byte >= 128) return 0xe9;
	if (/[A-Z]/.test(character)) return 0x41;
	if (/[a-z]/.test(character)) return 0x61;
	if (/[0-9]/.test(character)) return 0x39;
	return /\s/.test(character) ? 0x5f : byte;
});

/** Takes the texts of one column in. */
export class TextShapeBuilder {
	#lengths: Moments = NO_MOMENTS;
	#shortest = Infinity;
	#longest = 0;
	#counts = new Float64Array(64);
	#characters = new Float64Array(0);
	readonly #hashes = new ValueHashes();
	/** Texts that were there lately are not looked at again. */
	readonly #known = {
		keys: new Float64Array(KNOWN_TEXTS).fill(-1),
		patterns: new Int32Array(KNOWN_TEXTS),
		lengths: new Int32Array(KNOWN_TEXTS)
	};
	readonly #patterns = new FrequentBuilder();
	#sample: SampledText[] = [];
	/** Texts of larger hashes are in no sample. */
	#sampledBelow = Infinity;

	/** `of` are the hashes of the same texts, each once. */
	add(texts: TextBatch, of: ValueHashes): void {
		const { bytes, offsets } = texts;
		const { count } = of;
		if (this.#characters.length < count) this.#characters = new Float64Array(count);
		const [hashes, characters, known] = [this.#hashes, this.#characters, this.#known];
		hashes.reset(count);
		for (let at = 0; at < count; at++) {
			const row = of.row[at] ?? 0;
			const key = of.key[at] ?? 0;
			const slot = (of.low[at] ?? 0) & (KNOWN_TEXTS - 1);
			if (known.keys[slot] !== key) {
				known.keys[slot] = key;
				const start = offsets[row] ?? 0;
				this.#look(bytes, start, offsets[row + 1] ?? start, slot);
				if (key < this.#sampledBelow)
					this.#take(key, decodeUtf8(bytes, start, offsets[row + 1] ?? start, KEPT_TEXT_BYTES));
			}
			const pattern = known.patterns[slot] ?? 0;
			const length = known.lengths[slot] ?? 0;
			hashes.push(row, finish(pattern), finish(Math.imul(pattern, 0x27d4eb2f) ^ 0x165667b1));
			const rows = of.rows[at] ?? 0;
			hashes.rows[at] = rows;
			characters[at] = length;
			if (length < this.#shortest) this.#shortest = length;
			if (length > this.#longest) this.#longest = length;
			const bin = length < EXACT_LENGTHS ? length : EXACT_LENGTHS + 26 - Math.clz32(length);
			this.#counts[bin] = (this.#counts[bin] ?? 0) + rows;
		}
		this.#lengths = mergeMoments(this.#lengths, momentsOfCounted(characters, of.rows, count));
		this.#patterns.add(hashes, (row) => patternAt(texts, row));
	}

	/** Hash of a text's pattern, and its length, to a slot. */
	#look(bytes: Uint8Array, start: number, end: number, slot: number): void {
		const until = Math.min(end, start + PATTERN_BYTES);
		let hash = 0x811c9dc5;
		let last = -1;
		let length = 0;
		for (let at = start; at < until; at++) {
			const byte = bytes[at] ?? 0;
			if ((byte & 0xc0) !== 0x80) length++;
			const kind = classes[byte] ?? 0;
			if (kind === last) continue;
			last = kind;
			hash = Math.imul(hash ^ kind, 0x01000193);
			hash ^= hash >>> 15;
		}
		for (let at = until; at < end; at++) if (((bytes[at] ?? 0) & 0xc0) !== 0x80) length++;
		this.#known.patterns[slot] = until < end ? Math.imul(hash ^ 0x2026, 0x01000193) : hash;
		this.#known.lengths[slot] = length;
	}

	#take(key: number, text: string): void {
		this.#sample = smallest([...this.#sample, { key, text }]);
		if (this.#sample.length === SAMPLED_TEXTS) this.#sampledBelow = this.#sample.at(-1)?.key ?? Infinity;
	}

	finish(): TextShape {
		const last = this.#counts.findLastIndex((count) => count > 0);
		return {
			lengths: this.#lengths,
			shortest: this.#shortest,
			longest: this.#longest,
			lengthCounts: [...this.#counts.subarray(0, last + 1)],
			patterns: this.#patterns.finish(PATTERNS),
			sample: this.#sample
		};
	}
}

function smallest(texts: readonly SampledText[]): SampledText[] {
	const sorted = texts.toSorted((one, other) => one.key - other.key);
	return sorted.filter(({ key }, at) => key !== sorted[at - 1]?.key).slice(0, SAMPLED_TEXTS);
}

function patternAt({ bytes, offsets }: TextBatch, row: number): string {
	const start = offsets[row] ?? 0;
	const end = offsets[row + 1] ?? start;
	let pattern = '';
	let last = -1;
	for (const byte of bytes.subarray(start, Math.min(end, start + PATTERN_BYTES))) {
		const kind = classes[byte] ?? 0;
		if (kind !== last) pattern += String.fromCharCode(kind);
		last = kind;
	}
	return end - start > PATTERN_BYTES ? `${pattern}…` : pattern;
}

/** Of all together. */
export function mergeTextShapes(shapes: readonly TextShape[]): TextShape {
	const bins = shapes.reduce((most, { lengthCounts }) => Math.max(most, lengthCounts.length), 0);
	return {
		lengths: shapes.reduce((all, { lengths }) => mergeMoments(all, lengths), NO_MOMENTS),
		shortest: shapes.reduce((least, { shortest }) => Math.min(least, shortest), Infinity),
		longest: shapes.reduce((most, { longest }) => Math.max(most, longest), 0),
		lengthCounts: Array.from({ length: bins }, (_, bin) =>
			shapes.reduce((sum, { lengthCounts }) => sum + (lengthCounts[bin] ?? 0), 0)
		),
		patterns: shapes.length === 0 ? noFrequent(PATTERNS) : mergeFrequent(shapes.map(({ patterns }) => patterns)),
		sample: smallest(shapes.flatMap(({ sample }) => sample))
	};
}

/** Moments of the lengths, shortest, longest, the counts, the patterns, and the sample; nothing but the first after no texts. */
export function writeTextShape(writer: SketchWriter, shape: TextShape): void {
	writeMoments(writer, shape.lengths);
	if (shape.lengths.count === 0) return;
	writer.count(shape.shortest);
	writer.count(shape.longest);
	writer.count(shape.lengthCounts.length);
	for (const count of shape.lengthCounts) writer.count(count);
	writeFrequent(writer, shape.patterns);
	writer.count(shape.sample.length);
	for (const { key, text } of shape.sample) {
		writer.count(key);
		writer.text(text);
	}
}

export function readTextShape(reader: SketchReader): TextShape {
	const lengths = readMoments(reader);
	if (lengths.count === 0) return NO_TEXTS;
	const shortest = reader.count();
	const longest = reader.count();
	const lengthCounts: number[] = [];
	for (let left = reader.count(); left > 0; left--) lengthCounts.push(reader.count());
	const patterns = readFrequent(reader);
	const sampled = reader.count();
	if (sampled > SAMPLED_TEXTS) return refuseSketch();
	const sample = Array.from({ length: sampled }, () => ({ key: reader.count(), text: reader.text() }));
	return { lengths, shortest, longest, lengthCounts, patterns, sample };
}
