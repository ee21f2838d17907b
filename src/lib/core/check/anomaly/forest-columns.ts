// How the columns of a table become numbers that an isolation forest is grown on: numbers as they are, texts as how rare they are.
import type { Column as ArrowColumn, Table } from '@uwdata/flechette';
import { NumberReader, readTexts, sketchKind } from '../sketch/arrow-column.ts';
import { ValueHashes, hashTexts } from '../sketch/value-hash.ts';

/** Of a text, the logarithm of the rows of the sample that have it too: a value that is rare is far from all others. */
export type ForestColumn =
	| { readonly name: string; readonly kind: 'numbers' }
	| { readonly name: string; readonly kind: 'texts'; readonly codes: ReadonlyMap<number, number> };

/**
 * A column that is not looked at, and why: it has no numbers (as a list), is the key, tells a time (of which the first and the last
 * would be unusual), has one value, has too many texts to be groups of rows, or counts the rows.
 */
export type LeftColumn = {
	readonly name: string;
	readonly reason: 'no-numbers' | 'key' | 'time' | 'one-value' | 'many-values' | 'row-number';
};

export type NothingToTellRowsApart = {
	readonly kind: 'nothing-to-tell-rows-apart';
	readonly left: readonly LeftColumn[];
};

/** More different texts are names of rows rather than groups of them. */
const TEXTS_MAX = 64;
/** Of a value that no row of the sample has, and of nulls where there are none: half a row. */
const UNSEEN = Math.log(0.5);
/** What infinity is to a forest, whose thresholds lie between numbers. */
const FAR = Number.MAX_VALUE / 4;

/**
 * Which columns of a sample are used and how; `rowCount` is of the whole table.
 *
 * Columns that a person chose are used unless they have no numbers at all.
 */
export function planForest(
	sample: Table,
	rowCount: number,
	isChosen: boolean
): { readonly used: readonly ForestColumn[]; readonly left: readonly LeftColumn[] } {
	const used: ForestColumn[] = [];
	const left: LeftColumn[] = [];
	sample.children.forEach((column, at) => {
		const name = sample.schema.fields[at]?.name ?? '';
		const kind = sketchKind(column.type);
		if (kind === 'others') {
			left.push({ name, reason: 'no-numbers' });
			return;
		}
		if (kind === 'times' && !isChosen) {
			left.push({ name, reason: 'time' });
			return;
		}
		const planned: ForestColumn =
			kind === 'texts' ? { name, kind, codes: textCodes(column) } : { name, kind: 'numbers' };
		const reason = isChosen ? null : reasonToLeave(planned, column, rowCount);
		if (reason === null) used.push(planned);
		else left.push({ name, reason });
	});
	return { used, left };
}

/** One array a column of the plan, NaN where there is no number; the table has these columns, in any order. */
export function forestValues(table: Table, plan: readonly ForestColumn[]): readonly Float64Array[] {
	return plan.map((planned) => {
		const at = table.schema.fields.findIndex(({ name }) => name === planned.name);
		const column = table.children[at];
		if (!column) return new Float64Array(table.numRows).fill(NaN);
		return planned.kind === 'numbers' ? numbersOf(column) : rarityOf(column, planned.codes);
	});
}

function reasonToLeave(
	planned: ForestColumn,
	column: ArrowColumn<unknown>,
	rowCount: number
): LeftColumn['reason'] | null {
	if (planned.kind === 'texts')
		return planned.codes.size > TEXTS_MAX ? 'many-values' : planned.codes.size < 2 ? 'one-value' : null;
	const values = numbersOf(column).filter((value) => !Number.isNaN(value));
	const different = new Set(values);
	if (different.size < 2 && values.length === column.length) return 'one-value';
	if (values.length === 0) return 'one-value';
	return countsRows(values, different.size, rowCount) ? 'row-number' : null;
}

/** Whole numbers, all different, of hardly more than there are rows: they name rows, and the first and last are no less usual. */
function countsRows(values: Float64Array, different: number, rowCount: number): boolean {
	if (different < 3 || different < values.length || !values.every(Number.isInteger)) return false;
	let [min, max] = [Infinity, -Infinity];
	for (const value of values) {
		min = Math.min(min, value);
		max = Math.max(max, value);
	}
	return max - min < 2 * rowCount;
}

function numbersOf(column: ArrowColumn<unknown>): Float64Array {
	const reader = new NumberReader(column.type);
	const all = new Float64Array(column.length);
	let at = 0;
	for (const batch of column.data) {
		const { values, rowCount } = reader.read(batch);
		for (let row = 0; row < rowCount; row++) {
			const value = values[row] ?? NaN;
			all[at++] = value > FAR ? FAR : value < -FAR ? -FAR : value;
		}
	}
	return all;
}

/** By hash; null is a value too, under -1. */
function textCodes(column: ArrowColumn<unknown>): ReadonlyMap<number, number> {
	const counts = new Map<number, number>();
	const hashes = new ValueHashes();
	let nullCount = 0;
	for (const batch of column.data) {
		hashTexts(hashes, readTexts(batch));
		nullCount += batch.nullCount;
		for (let at = 0; at < hashes.count; at++) {
			const key = hashes.key[at] ?? 0;
			counts.set(key, (counts.get(key) ?? 0) + 1);
		}
	}
	if (nullCount > 0) counts.set(NULL_KEY, nullCount);
	return new Map([...counts].map(([key, count]) => [key, Math.log(count)]));
}

const NULL_KEY = -1;

function rarityOf(column: ArrowColumn<unknown>, codes: ReadonlyMap<number, number>): Float64Array {
	const all = new Float64Array(column.length).fill(codes.get(NULL_KEY) ?? UNSEEN);
	const hashes = new ValueHashes();
	let start = 0;
	for (const batch of column.data) {
		hashTexts(hashes, readTexts(batch));
		for (let at = 0; at < hashes.count; at++)
			all[start + (hashes.row[at] ?? 0)] = codes.get(hashes.key[at] ?? 0) ?? UNSEEN;
		start += batch.length;
	}
	return all;
}
