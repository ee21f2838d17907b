// The rows of a table that are most easily told apart from all others, piece by piece, and which columns tell them apart.
import type { ForestColumn } from './forest-columns.ts';
import { growForest, pathLengths, scoreOfPath, type IsolationForest } from './isolation-forest.ts';
import { median } from './robust.ts';

export type GrownForest = {
	readonly columns: readonly ForestColumn[];
	readonly forest: IsolationForest;
	/** Of each column. */
	readonly ranges: readonly ColumnRange[];
};

export type ColumnRange = {
	/** The middle: what a row is like that is not unusual. */
	readonly usual: number;
	/** Between them are all values that enough trees have seen: what is beyond is farther off than they can tell. */
	readonly low: number;
	readonly high: number;
};

/** Rows that a tree draws, and the share of trees that must have drawn a value beyond a bound for it not to be the bound. */
const DRAWN = 256;
const SEEN_BY = 0.05;

export type RankedRow = {
	/** Number of the row, from 0. */
	readonly row: number;
	/** From 0 to 1; above 0.6 is easily told apart. */
	readonly score: number;
	/** Of the forest's columns. */
	readonly values: readonly number[];
};

export type Ranking = {
	readonly rowCount: number;
	/** The most unusual first; of equal ones, those that come first. */
	readonly rows: readonly RankedRow[];
	/** Rows by score: how many have up to 0.02, up to 0.04, and so on. */
	readonly scoreCounts: readonly number[];
};

export type AnomalousRow = Pick<RankedRow, 'row' | 'score'> & {
	/** Columns that tell it apart, most first. */
	readonly causes: readonly Cause[];
};

/** `share` is what of the score's fall this column makes, were its value the usual one; those of all columns add up to 1. */
export type Cause = { readonly column: string; readonly share: number };

const SCORE_BINS = 50;
const CAUSES = 5;
/** Falls that are no more than this tell nothing. */
const FALL_MIN = 1e-3;

export const NO_RANKING: Ranking = { rowCount: 0, rows: [], scoreCounts: new Array<number>(SCORE_BINS).fill(0) };

/** `sample` has the columns' numbers. */
export function growOn(columns: readonly ForestColumn[], sample: readonly Float64Array[], seed: number): GrownForest {
	return { columns, forest: growForest(sample, { seed }), ranges: sample.map(rangeOf) };
}

function rangeOf(values: Float64Array): ColumnRange {
	const sorted = values.filter((value) => !Number.isNaN(value)).sort();
	const rare = Math.max(1, Math.ceil((sorted.length * SEEN_BY) / DRAWN));
	return { usual: median(sorted) ?? NaN, low: sorted[rare - 1] ?? NaN, high: sorted[sorted.length - rare] ?? NaN };
}

/**
 * Scores as a forest's that has seen the rows too. Most trees of a large table have not seen a value that few rows have, and so would
 * not tell how far it is from all others: at each cut, a row beyond what they saw is set apart at once with the chance that a random
 * cut meets the gap before it. Where trees have seen all rows, scores are those of the forest.
 * Source: Guha et al., "Robust Random Cut Forest Based Anomaly Detection on Streams" (2016), for where a cut meets a gap.
 */
function scoresOf({ forest, ranges }: GrownForest, columns: readonly Float64Array[]): Float64Array {
	return pathLengths(forest, columns).map((path, row) => {
		let gaps = 0;
		ranges.forEach(({ low, high }, at) => {
			const value = columns[at]?.[row] ?? NaN;
			const gap = value > high ? value - high : value < low ? low - value : 0;
			if (gap > 0) gaps += gap / (high - low + gap);
		});
		const chance = gaps / ranges.length;
		return scoreOfPath(forest, chance > 0 ? (1 - (1 - chance) ** path) / chance : path);
	});
}

/** Of some rows, numbered from 0: at most `limit` of them. */
export function rankRows(grown: GrownForest, columns: readonly Float64Array[], limit: number): Ranking {
	const scores = scoresOf(grown, columns);
	const scoreCounts = new Array<number>(SCORE_BINS).fill(0);
	for (const score of scores) {
		const bin = Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS));
		scoreCounts[bin] = (scoreCounts[bin] ?? 0) + 1;
	}
	const order = Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
	const rows = order
		.slice(0, limit)
		.map((row): RankedRow => ({ row, score: scores[row] ?? 0, values: columns.map((values) => values[row] ?? NaN) }));
	return { rowCount: scores.length, rows, scoreCounts };
}

/** Of both together; the rows of `next` follow those of `before`. */
export function mergeRankings(before: Ranking, next: Ranking, limit: number): Ranking {
	const after = next.rows.map((one) => ({ ...one, row: one.row + before.rowCount }));
	return {
		rowCount: before.rowCount + next.rowCount,
		rows: [...before.rows, ...after].sort((a, b) => b.score - a.score || a.row - b.row).slice(0, limit),
		scoreCounts: before.scoreCounts.map((count, bin) => count + (next.scoreCounts[bin] ?? 0))
	};
}

/** Each column in turn is given the usual value: what tells a row apart then no longer does. */
export function tellCauses(grown: GrownForest, rows: readonly RankedRow[]): readonly AnomalousRow[] {
	const { columns, ranges } = grown;
	return rows.map(({ row, score, values }) => {
		const changed = columns.map((_, at) =>
			Float64Array.from(columns, (_column, other) => (other === at ? ranges[at]?.usual : values[at]) ?? NaN)
		);
		const falls = Array.from(scoresOf(grown, changed), (after) => Math.max(0, score - after));
		const all = falls.reduce((sum, fall) => sum + fall, 0);
		const causes = falls
			.map((fall, at) => ({ column: columns[at]?.name ?? '', share: all === 0 ? 0 : fall / all, fall }))
			.filter(({ fall }) => fall > FALL_MIN)
			.sort((a, b) => b.fall - a.fall)
			.slice(0, CAUSES)
			.map(({ column, share }) => ({ column, share }));
		return { row, score, causes };
	});
}
