// Where a model is worst: values of columns whose rows it does clearly worse on than on the rest.
import { quantileOf } from '../quantile.ts';
import type { RawColumn } from '../raw-column.ts';

export type Slice = {
	readonly column: string;
	/** A category, a range of numbers (from inclusive, to exclusive but for the last) or one of few, or rows without a value. */
	readonly where: string | { readonly from: number; readonly to: number } | null;
	/** Numbers are milliseconds since 1970, or 0 and 1; left out of what is a number. */
	readonly kind?: 'date' | 'boolean';
	readonly rowCount: number;
	/** The mean loss of its rows, and of all others. */
	readonly loss: number;
	readonly otherLoss: number;
};

const NUMBER_SLICES = 5;
/** Of smaller slices, a mean says little. */
const MIN_ROWS = 30;
/** Standard errors by which a slice is worse: a few dozen slices are looked at. */
const CLEARLY = 3;

/** The worst first; `losses` is of each row, less being better. */
export function worstSlices(columns: readonly RawColumn[], losses: ArrayLike<number>, most: number): readonly Slice[] {
	let [total, squares] = [0, 0];
	for (let row = 0; row < losses.length; row++) {
		total += losses[row] ?? 0;
		squares += (losses[row] ?? 0) ** 2;
	}
	const spread = Math.sqrt(Math.max(0, squares / losses.length - (total / losses.length) ** 2));
	const found = columns.flatMap((column) => {
		const { part, names } = partsOf(column);
		const [sums, counts] = [new Float64Array(names.length), new Float64Array(names.length)];
		part.forEach((at, row) => {
			sums[at] = (sums[at] ?? 0) + (losses[row] ?? 0);
			counts[at] = (counts[at] ?? 0) + 1;
		});
		return names.flatMap((where, at): readonly Slice[] => {
			const [sum, rowCount] = [sums[at] ?? 0, counts[at] ?? 0];
			if (rowCount < MIN_ROWS || losses.length - rowCount < MIN_ROWS) return [];
			const [loss, otherLoss] = [sum / rowCount, (total - sum) / (losses.length - rowCount)];
			const isWorse = loss - otherLoss > (CLEARLY * spread) / Math.sqrt(rowCount);
			return isWorse ? [{ column: column.name, where, rowCount, loss, otherLoss }] : [];
		});
	});
	return found.sort((a, b) => b.loss - b.otherLoss - (a.loss - a.otherLoss)).slice(0, most);
}

type Parts = { readonly part: Uint32Array; readonly names: readonly Slice['where'][] };

function partsOf(column: RawColumn): Parts {
	if (column.kind === 'texts') {
		const part = Uint32Array.from(column.codes, (code) => (code < 0 ? column.texts.length : code));
		return { part, names: [...column.texts, null] };
	}
	const present = Float64Array.from(column.values.filter((value) => !Number.isNaN(value)));
	const few = fewValues(present);
	if (few) {
		const part = Uint32Array.from(column.values, (value) => (Number.isNaN(value) ? few.length : few.indexOf(value)));
		return { part, names: [...few.map((value) => ({ from: value, to: value })), null] };
	}
	const cuts = [
		...new Set(Array.from({ length: NUMBER_SLICES + 1 }, (_, at) => quantileOf(present, null, at / NUMBER_SLICES)))
	];
	const ranges = cuts.slice(0, -1).map((from, at) => ({ from, to: cuts[at + 1] ?? from }));
	const part = Uint32Array.from(column.values, (value) => {
		if (Number.isNaN(value)) return ranges.length;
		const above = ranges.findIndex(({ to }) => value < to);
		return above < 0 ? Math.max(0, ranges.length - 1) : above;
	});
	return { part, names: [...ranges, null] };
}

/** Ascending; null of more than there are slices. */
function fewValues(values: Float64Array): readonly number[] | null {
	const seen = new Set<number>();
	for (const value of values) if (seen.add(value).size > NUMBER_SLICES) return null;
	return [...seen].sort((one, other) => one - other);
}
