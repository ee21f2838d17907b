// The rows of a table that are most easily told apart from all others, piece by piece, and which columns tell them apart.
import type { ForestColumn } from './forest-columns.ts';
import { growForest, scoreRows, type IsolationForest } from './isolation-forest.ts';
import { median } from './robust.ts';

export type GrownForest = {
	readonly columns: readonly ForestColumn[];
	readonly forest: IsolationForest;
	/** The middle of each column: what a row is like that is not unusual. */
	readonly usual: readonly number[];
};

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
	const usual = sample.map((values) => median(values.filter((value) => !Number.isNaN(value))) ?? NaN);
	return { columns, forest: growForest(sample, { seed }), usual };
}

/** Of some rows, numbered from 0: at most `limit` of them. */
export function rankRows({ forest }: GrownForest, columns: readonly Float64Array[], limit: number): Ranking {
	const scores = scoreRows(forest, columns);
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
export function tellCauses(
	{ columns, forest, usual }: GrownForest,
	rows: readonly RankedRow[]
): readonly AnomalousRow[] {
	return rows.map(({ row, score, values }) => {
		const changed = columns.map((_, at) =>
			Float64Array.from(columns, (_column, other) => (other === at ? usual[at] : values[at]) ?? NaN)
		);
		const falls = Array.from(scoreRows(forest, changed), (after) => Math.max(0, score - after));
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
