// Builds a column's sketch from its Arrow batches, each read once.
import type { Batch, DataType } from '@uwdata/flechette';
import { invariant } from '../../result.ts';
import { NumberReader, readTexts, sketchKind, type NumberBatch, type SketchKind } from './arrow-column.ts';
import { deviationsOf, type Deviations } from './co-moments.ts';
import type { ColumnSketch } from './column-sketch.ts';
import { DistinctBuilder } from './distinct.ts';
import { FrequentBuilder } from './frequent.ts';
import type { NumberRuns } from './number-runs.ts';
import { NumberSketchBuilder } from './number-sketch.ts';
import type { DoubleSorter } from './sort-doubles.ts';
import { KEPT_TEXT_BYTES, TextShapeBuilder } from './text-shape.ts';
import { decodeUtf8 } from './utf8.ts';
import { hashNumbers, hashTexts, type ValueHashes } from './value-hash.ts';

/** Room to work in, which the columns of a table share. */
export type SketchRoom = {
	readonly hashes: ValueHashes;
	readonly sorter: DoubleSorter;
	readonly runs: NumberRuns;
};

export class ColumnSketchBuilder {
	readonly kind: SketchKind;
	#rowCount = 0;
	#nullCount = 0;
	readonly #hashes: ValueHashes;
	readonly #reader: NumberReader;
	readonly #numbers: NumberSketchBuilder;
	readonly #texts = new TextShapeBuilder();
	readonly #distinct = new DistinctBuilder();
	readonly #frequent = new FrequentBuilder();
	readonly #runs: NumberRuns;
	/** Whole numbers beyond 2^53 are told apart row by row, since sorting takes them for doubles. */
	#isByRow = false;

	constructor(type: DataType, { hashes, sorter, runs }: SketchRoom) {
		this.kind = sketchKind(type);
		this.#reader = new NumberReader(type);
		this.#hashes = hashes;
		this.#runs = runs;
		this.#numbers = new NumberSketchBuilder(sorter, (sorted) => this.#addSorted(sorted));
	}

	/** Numbers of a column of numbers come back, for their pairs with others; they last until the next batch. */
	add(batch: Batch<unknown>): Deviations | null {
		this.#rowCount += batch.length;
		this.#nullCount += batch.nullCount;
		if (this.kind === 'others') return null;
		if (this.kind !== 'texts') return this.#addNumbers(this.#reader.read(batch));
		const texts = readTexts(batch);
		hashTexts(this.#hashes, texts);
		// Most texts are there again and again: whatever is told of each is told once a batch.
		this.#hashes.unite();
		this.#distinct.add(this.#hashes);
		this.#frequent.add(this.#hashes, (row) =>
			decodeUtf8(texts.bytes, texts.offsets[row] ?? 0, texts.offsets[row + 1] ?? 0, KEPT_TEXT_BYTES)
		);
		this.#texts.add(texts, this.#hashes);
		return null;
	}

	finish(): ColumnSketch {
		invariant(this.#nullCount <= this.#rowCount, 'nulls are rows');
		const isRead = this.kind !== 'others';
		const numbers = isRead && this.kind !== 'texts' ? this.#numbers.finish() : null;
		if (numbers && numbers.nanCount > 0 && !this.#isByRow) this.#addNans(numbers.nanCount);
		return {
			kind: this.kind,
			rowCount: this.#rowCount,
			nullCount: this.#nullCount,
			numbers,
			texts: this.kind === 'texts' ? this.#texts.finish() : null,
			distinct: isRead ? this.#distinct.finish() : null,
			frequent: isRead ? this.#frequent.finish() : null
		};
	}

	#addNumbers(batch: NumberBatch): Deviations | null {
		if (batch.extra !== null && !this.#isByRow) {
			this.#numbers.sort();
			this.#isByRow = true;
		}
		if (this.#isByRow) {
			hashNumbers(this.#hashes, batch.values, batch.rowCount, batch);
			this.#distinct.add(this.#hashes);
			this.#frequent.add(this.#hashes, (row) => batch.values[row] ?? NaN);
		}
		this.#numbers.add(batch);
		if (this.kind !== 'numbers') return null;
		return deviationsOf(batch.values, batch.rowCount, this.#numbers.centre);
	}

	/** Equal numbers are neighbours now, so that each is hashed once. */
	#addSorted(sorted: Float64Array): void {
		if (this.#isByRow) return;
		this.#runs.take(sorted);
		this.#addRuns();
	}

	#addNans(count: number): void {
		this.#runs.take(Float64Array.of(NaN));
		this.#runs.rows[0] = count;
		this.#addRuns();
	}

	#addRuns(): void {
		const { values, rows, count } = this.#runs;
		hashNumbers(this.#hashes, values, count, { isNull: null, extra: null });
		this.#hashes.rows.set(rows.subarray(0, count));
		this.#distinct.add(this.#hashes);
		this.#frequent.addCounted(this.#hashes, (at) => values[at] ?? NaN);
	}
}
