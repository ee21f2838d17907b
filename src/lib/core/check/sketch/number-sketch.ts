// What is kept of a column of numbers, times or booleans: bounds, moments and quantiles.
import type { NumberBatch } from './arrow-column.ts';
import { NO_MOMENTS, mergeMoments, momentsOf, readMoments, writeMoments, type Moments } from './moments.ts';
import { mergeQuantiles, quantilesOfSorted, readQuantiles, writeQuantiles, type QuantileSketch } from './quantiles.ts';
import type { SketchReader, SketchWriter } from './sketch-bytes.ts';
import type { DoubleSorter } from './sort-doubles.ts';

export type NumberSketch = {
	/** Values that are no number, though not null. */
	readonly nanCount: number;
	readonly positiveInfinities: number;
	readonly negativeInfinities: number;
	/** Of finite numbers; null when there are none. */
	readonly min: number | null;
	readonly max: number | null;
	/** Of finite numbers. */
	readonly moments: Moments;
	/** Of numbers, infinities among them. */
	readonly quantiles: QuantileSketch;
};

/** Numbers that are sorted at once, as many as a segment has: fewer would leave more of their ranks to chance. */
const SORTED_AT_ONCE = 16_384;

/** Takes the numbers of one column in. */
export class NumberSketchBuilder {
	#nanCount = 0;
	#positive = 0;
	#negative = 0;
	#min = Infinity;
	#max = -Infinity;
	#moments = NO_MOMENTS;
	#finite = new Float64Array(0);
	#waiting = new Float64Array(2048);
	#waitingCount = 0;
	#quantiles: QuantileSketch[] = [];
	readonly #sorter: DoubleSorter;
	readonly #onSorted: (sorted: Float64Array) => void;

	/** Mean of the last batch's finite numbers, from which its deviations are taken. */
	centre = 0;

	/** `onSorted` gets all numbers once, some at a time and ascending, and keeps none of the array. */
	constructor(sorter: DoubleSorter, onSorted: (sorted: Float64Array) => void) {
		this.#sorter = sorter;
		this.#onSorted = onSorted;
	}

	add(batch: NumberBatch): void {
		const { rowCount, nullCount, values, whole } = batch;
		this.#reserve(rowCount);
		const [finite, waiting] = [this.#finite, this.#waiting];
		let [count, waitingCount, missing, min, max] = [0, this.#waitingCount, 0, this.#min, this.#max];
		for (let row = 0; row < rowCount; row++) {
			const value = values[row] ?? NaN;
			if (value !== value) {
				missing++;
				continue;
			}
			waiting[waitingCount++] = value;
			if (value - value !== 0) {
				if (value > 0) this.#positive++;
				else this.#negative++;
				continue;
			}
			if (value < min) min = value;
			if (value > max) max = value;
			finite[count++] = whole === null ? value : (whole.values[row] ?? 0);
		}
		[this.#waitingCount, this.#min, this.#max] = [waitingCount, min, max];
		this.#nanCount += missing - nullCount;
		const moments = momentsOf(finite, count, whole?.unit);
		this.centre = moments.mean;
		this.#moments = mergeMoments(this.#moments, moments);
		if (waitingCount >= SORTED_AT_ONCE) this.sort();
	}

	finish(): NumberSketch {
		this.sort();
		return {
			nanCount: this.#nanCount,
			positiveInfinities: this.#positive,
			negativeInfinities: this.#negative,
			min: this.#moments.count > 0 ? this.#min : null,
			max: this.#moments.count > 0 ? this.#max : null,
			moments: this.#moments,
			quantiles: mergeQuantiles(this.#quantiles)
		};
	}

	#reserve(rowCount: number): void {
		if (this.#finite.length < rowCount) this.#finite = new Float64Array(rowCount);
		if (this.#waiting.length >= this.#waitingCount + rowCount) return;
		const larger = new Float64Array(Math.max(2 * this.#waiting.length, this.#waitingCount + rowCount));
		larger.set(this.#waiting);
		this.#waiting = larger;
	}

	/** Those that wait, before there are many of them. */
	sort(): void {
		if (this.#waitingCount === 0) return;
		const waiting = this.#waiting.subarray(0, this.#waitingCount);
		this.#sorter.sort(waiting);
		this.#onSorted(waiting);
		this.#quantiles.push(quantilesOfSorted(waiting));
		this.#waitingCount = 0;
		// Merged by the dozen, so that a long column needs no more memory than a short one.
		if (this.#quantiles.length >= 16) this.#quantiles = [mergeQuantiles(this.#quantiles)];
	}
}

/** Of all together. */
export function mergeNumbers(sketches: readonly NumberSketch[]): NumberSketch {
	const sum = (of: (sketch: NumberSketch) => number): number => sketches.reduce((all, sketch) => all + of(sketch), 0);
	const bounded = sketches.filter(({ moments }) => moments.count > 0);
	return {
		nanCount: sum(({ nanCount }) => nanCount),
		positiveInfinities: sum(({ positiveInfinities }) => positiveInfinities),
		negativeInfinities: sum(({ negativeInfinities }) => negativeInfinities),
		min: bounded.reduce<number | null>(
			(least, { min }) => (least === null || (min ?? least) < least ? min : least),
			null
		),
		max: bounded.reduce<number | null>((most, { max }) => (most === null || (max ?? most) > most ? max : most), null),
		moments: sketches.reduce((all, { moments }) => mergeMoments(all, moments), NO_MOMENTS),
		quantiles: mergeQuantiles(sketches.map(({ quantiles }) => quantiles))
	};
}

/** The three counts, moments, quantiles, and, where there are finite numbers, the bounds. */
export function writeNumbers(writer: SketchWriter, sketch: NumberSketch): void {
	writer.count(sketch.nanCount);
	writer.count(sketch.positiveInfinities);
	writer.count(sketch.negativeInfinities);
	writeMoments(writer, sketch.moments);
	writeQuantiles(writer, sketch.quantiles);
	if (sketch.moments.count === 0) return;
	writer.double(sketch.min ?? 0);
	writer.double(sketch.max ?? 0);
}

export function readNumbers(reader: SketchReader): NumberSketch {
	const counts = {
		nanCount: reader.count(),
		positiveInfinities: reader.count(),
		negativeInfinities: reader.count()
	};
	const moments = readMoments(reader);
	const quantiles = readQuantiles(reader);
	if (moments.count === 0) return { ...counts, moments, quantiles, min: null, max: null };
	return { ...counts, moments, quantiles, min: reader.double(), max: reader.double() };
}
