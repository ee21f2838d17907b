// Everything that is kept of a column's rows, in one value that merges with that of other rows of the column.
import { invariant, type Result } from '../../result.ts';
import type { SketchKind } from './arrow-column.ts';
import { mergeDistinct, readDistinct, writeDistinct, type DistinctSketch } from './distinct.ts';
import { mergeFrequent, readFrequent, writeFrequent, type FrequentSketch } from './frequent.ts';
import { mergeNumbers, readNumbers, writeNumbers, type NumberSketch } from './number-sketch.ts';
import {
	openSketch,
	refuseSketch,
	sealSketch,
	type BrokenSketch,
	type SketchReader,
	type SketchWriter
} from './sketch-bytes.ts';
import { mergeTextShapes, readTextShape, writeTextShape, type TextShape } from './text-shape.ts';

export type ColumnSketch = {
	readonly kind: SketchKind;
	readonly rowCount: number;
	readonly nullCount: number;
	/** Of numbers, times and booleans. */
	readonly numbers: NumberSketch | null;
	/** Of texts. */
	readonly texts: TextShape | null;
	/** Of all but `others`. */
	readonly distinct: DistinctSketch | null;
	readonly frequent: FrequentSketch | null;
};

/** Of all rows of all; they are sketches of one column, which has one type. */
export function mergeColumnSketches(sketches: readonly ColumnSketch[]): ColumnSketch {
	const [first] = sketches;
	invariant(first, 'there is something to merge');
	invariant(
		sketches.every(({ kind }) => kind === first.kind),
		'sketches of one column have one kind'
	);
	const those = <T>(of: (sketch: ColumnSketch) => T | null, merge: (some: readonly T[]) => T): T | null => {
		const some = sketches.flatMap((sketch) => of(sketch) ?? []);
		return some.length === 0 ? null : merge(some);
	};
	return {
		kind: first.kind,
		rowCount: sketches.reduce((sum, { rowCount }) => sum + rowCount, 0),
		nullCount: sketches.reduce((sum, { nullCount }) => sum + nullCount, 0),
		numbers: those(({ numbers }) => numbers, mergeNumbers),
		texts: those(({ texts }) => texts, mergeTextShapes),
		distinct: those(({ distinct }) => distinct, mergeDistinct),
		frequent: those(({ frequent }) => frequent, mergeFrequent)
	};
}

const kinds: readonly SketchKind[] = ['numbers', 'times', 'booleans', 'texts', 'others'];

export function encodeColumnSketch(sketch: ColumnSketch): Uint8Array<ArrayBuffer> {
	return sealSketch('C', 1, (writer) => writeColumnSketch(writer, sketch));
}

export function decodeColumnSketch(bytes: Uint8Array): Result<ColumnSketch, BrokenSketch> {
	return openSketch(bytes, 'C', 1, readColumnSketch);
}

/** Kind, rows, nulls, then what the kind has: numbers or texts, and of both the distinct and the frequent values. */
export function writeColumnSketch(writer: SketchWriter, sketch: ColumnSketch): void {
	writer.byte(kinds.indexOf(sketch.kind));
	writer.count(sketch.rowCount);
	writer.count(sketch.nullCount);
	if (sketch.numbers) writeNumbers(writer, sketch.numbers);
	if (sketch.texts) writeTextShape(writer, sketch.texts);
	if (sketch.distinct) writeDistinct(writer, sketch.distinct);
	if (sketch.frequent) writeFrequent(writer, sketch.frequent);
}

export function readColumnSketch(reader: SketchReader): ColumnSketch {
	const kind = kinds[reader.byte()];
	if (kind === undefined) return refuseSketch();
	const rowCount = reader.count();
	const nullCount = reader.count();
	if (kind === 'others')
		return { kind, rowCount, nullCount, numbers: null, texts: null, distinct: null, frequent: null };
	const numbers = kind === 'texts' ? null : readNumbers(reader);
	const texts = kind === 'texts' ? readTextShape(reader) : null;
	return { kind, rowCount, nullCount, numbers, texts, distinct: readDistinct(reader), frequent: readFrequent(reader) };
}
