// The sketches of all columns of some rows, such as a segment, and of the pairs of its numeric columns. They add up to a version's.
import type { Batch, Table } from '@uwdata/flechette';
import { invariant, type Result } from '../../result.ts';
import {
	CORRELATED_COLUMNS,
	NO_CO_MOMENTS,
	coMomentsOf,
	columnPairs,
	mergeCoMoments,
	readCoMoments,
	writeCoMoments,
	type CoMoments,
	type Deviations
} from './co-moments.ts';
import { ColumnSketchBuilder } from './column-sketch-builder.ts';
import { mergeColumnSketches, readColumnSketch, writeColumnSketch, type ColumnSketch } from './column-sketch.ts';
import { NumberRuns } from './number-runs.ts';
import { isSealed, openSketch, refuseSketch, sealSketch, type BrokenSketch } from './sketch-bytes.ts';
import { DoubleSorter } from './sort-doubles.ts';
import { ValueHashes } from './value-hash.ts';

export type SegmentSketch = {
	readonly rowCount: number;
	readonly columns: readonly { readonly name: string; readonly sketch: ColumnSketch }[];
	/** Columns of numbers whose pairs are told: the first CORRELATED_COLUMNS of the kind. */
	readonly correlated: readonly string[];
	/** In the order of `columnPairs`. */
	readonly pairs: readonly CoMoments[];
};

/** Takes rows in, as Arrow tables of one schema. */
export class SegmentSketchBuilder {
	readonly #room = { hashes: new ValueHashes(), sorter: new DoubleSorter(), runs: new NumberRuns() };
	#names: readonly string[] = [];
	#columns: readonly ColumnSketchBuilder[] = [];
	#correlated: readonly number[] = [];
	#pairs: CoMoments[] = [];
	#rowCount = 0;

	add(table: Table): void {
		if (this.#names.length === 0) this.#begin(table);
		const batches = table.children.map((column): readonly Batch<unknown>[] => column.data);
		invariant(batches.length === this.#columns.length, 'streams of one table have one schema');
		const count = batches[0]?.length ?? 0;
		for (let at = 0; at < count; at++) this.#addBatch(batches.flatMap((column) => column[at] ?? []));
		this.#rowCount += table.numRows;
	}

	finish(): SegmentSketch {
		return {
			rowCount: this.#rowCount,
			columns: this.#columns.map((column, at) => ({ name: this.#names[at] ?? '', sketch: column.finish() })),
			correlated: this.#correlated.map((at) => this.#names[at] ?? ''),
			pairs: this.#pairs
		};
	}

	#begin({ schema }: Table): void {
		this.#names = schema.fields.map(({ name }) => name);
		this.#columns = schema.fields.map(({ type }) => new ColumnSketchBuilder(type, this.#room));
		this.#correlated = this.#columns
			.flatMap(({ kind }, at) => (kind === 'numbers' ? [at] : []))
			.slice(0, CORRELATED_COLUMNS);
		this.#pairs = columnPairs(this.#correlated.length).map(() => NO_CO_MOMENTS);
	}

	#addBatch(columns: readonly Batch<unknown>[]): void {
		const deviations = columns.map((batch, at) => this.#columns[at]?.add(batch) ?? null);
		const correlated = this.#correlated.map((at): Deviations | null => deviations[at] ?? null);
		const rowCount = columns[0]?.length ?? 0;
		this.#pairs = columnPairs(correlated.length).map(([first, second], at) => {
			const [x, y] = [correlated[first], correlated[second]];
			invariant(x && y, 'columns of numbers tell their deviations');
			return mergeCoMoments(this.#pairs[at] ?? NO_CO_MOMENTS, coMomentsOf(x, y, rowCount));
		});
	}
}

/** The same with other names of its columns, in their order; null where it has more columns, or fewer. */
export function withColumnNames(sketch: SegmentSketch, names: readonly string[]): SegmentSketch | null {
	if (sketch.columns.length !== names.length) return null;
	const nameByOld = new Map(sketch.columns.map(({ name }, at) => [name, names[at] ?? name]));
	return {
		...sketch,
		columns: sketch.columns.map(({ name, sketch: column }) => ({ name: nameByOld.get(name) ?? name, sketch: column })),
		correlated: sketch.correlated.map((name) => nameByOld.get(name) ?? name)
	};
}

/** Of all rows of all, which are rows of one table; null of no sketches. */
export function mergeSegmentSketches(sketches: readonly SegmentSketch[]): SegmentSketch | null {
	const [first] = sketches;
	if (!first) return null;
	return {
		rowCount: sketches.reduce((sum, { rowCount }) => sum + rowCount, 0),
		columns: first.columns.map(({ name }, at) => ({
			name,
			sketch: mergeColumnSketches(
				sketches.map(({ columns }) => {
					const column = columns[at];
					invariant(column?.name === name, 'sketches of one table have its columns in one order');
					return column.sketch;
				})
			)
		})),
		correlated: first.correlated,
		pairs: first.pairs.map((_, at) =>
			sketches.reduce((all, { pairs }) => mergeCoMoments(all, pairs[at] ?? NO_CO_MOMENTS), NO_CO_MOMENTS)
		)
	};
}

export function encodeSegmentSketch(sketch: SegmentSketch): Uint8Array<ArrayBuffer> {
	return sealSketch('S', 1, (writer) => {
		writer.count(sketch.rowCount);
		writer.count(sketch.columns.length);
		for (const { name, sketch: column } of sketch.columns) {
			writer.text(name);
			writeColumnSketch(writer, column);
		}
		writer.count(sketch.correlated.length);
		for (const name of sketch.correlated) writer.text(name);
		for (const pair of sketch.pairs) writeCoMoments(writer, pair);
	});
}

/** Whether bytes are a whole sketch as far as their checksum tells, without reading what they hold. */
export function isSegmentSketch(bytes: Uint8Array): boolean {
	return isSealed(bytes, 'S', 1);
}

export function decodeSegmentSketch(bytes: Uint8Array): Result<SegmentSketch, BrokenSketch> {
	return openSketch(bytes, 'S', 1, (reader) => {
		const rowCount = reader.count();
		const columns: SegmentSketch['columns'][number][] = [];
		for (let left = reader.count(); left > 0; left--)
			columns.push({ name: reader.text(), sketch: readColumnSketch(reader) });
		const width = reader.count();
		if (width > CORRELATED_COLUMNS) return refuseSketch();
		const correlated = Array.from({ length: width }, () => reader.text());
		return { rowCount, columns, correlated, pairs: columnPairs(width).map(() => readCoMoments(reader)) };
	});
}
