// How good a model was on rows whose labels are known, from what the queries about them told: each number with its interval.
import type { Interval } from '../metrics/bootstrap.ts';
import { classScores, matrixMetrics, type ClassScore } from '../metrics/classes.ts';
import { errorInterval, shareInterval } from '../metrics/intervals.ts';
import type { WatchMeasure } from './watch-facts.ts';

export type Measures = Readonly<Partial<Record<WatchMeasure, Interval>>>;
type Row = Readonly<Record<string, unknown>>;

/** Which classes were taken for which. */
export type LabelledClasses = {
	/** The model's, and one more where labels or answers are none of them. */
	readonly labels: readonly string[];
	/** [is, said], row-major. */
	readonly confusion: readonly number[];
	readonly classes: readonly ClassScore[];
};

/** What a label is called that the model never learnt. */
const OTHERS = 'none of these';
const SEED = 11;
const numberOf = (row: Row, name: string): number => Number(row[name] ?? NaN);

/** R² is a ratio of two means, whose error is that of what it leaves over. Source: Cochran, "Sampling Techniques", 6.4. */
export function numberMeasures(row: Row): Measures {
	const n = numberOf(row, 'n');
	const [square, error, spread] = ['square', 'error', 'spread'].map((name) => numberOf(row, `mean_${name}`)) as [
		number,
		number,
		number
	];
	const standard = (variance: number): number => Math.sqrt(Math.max(0, variance) / n);
	const squares = errorInterval(square, standard(numberOf(row, 'var_square')), { least: 0 });
	const ratio = square / spread;
	const left =
		numberOf(row, 'var_square') + ratio ** 2 * numberOf(row, 'var_spread') - 2 * ratio * numberOf(row, 'covar');
	return known({
		labelled_r2: errorInterval(1 - ratio, standard(left) / spread, { most: 1 }),
		labelled_rmse: {
			value: Math.sqrt(square),
			low: Math.sqrt(squares.low),
			high: Math.sqrt(squares.high)
		},
		labelled_mae: errorInterval(error, standard(numberOf(row, 'var_error')), { least: 0 })
	});
}

/** Source: DeLong, DeLong, Clarke-Pearson, "Comparing the areas under two or more correlated ROC curves" (1988). */
export function sharesMeasures(row: Row): Measures {
	const [ones, zeros] = [numberOf(row, 'ones'), numberOf(row, 'zeros')];
	const variance = numberOf(row, 'var_ones') / (zeros ** 2 * ones) + numberOf(row, 'var_zeros') / (ones ** 2 * zeros);
	return known({
		labelled_auc: errorInterval(numberOf(row, 'mean_below') / zeros, Math.sqrt(variance), { least: 0, most: 1 }),
		...lossMeasure(row)
	});
}

export function lossMeasure(row: Row): Measures {
	const standard = Math.sqrt(numberOf(row, 'var_loss') / numberOf(row, 'n'));
	return known({ labelled_log_loss: errorInterval(numberOf(row, 'mean_loss'), standard, { least: 0 }) });
}

/** From the pairs of a class and what was told. Of two classes, precision, recall and F1 are those of the second. */
export function classMeasures(
	rows: readonly Row[],
	classes: readonly string[]
): { readonly measures: Measures; readonly rowCount: number; readonly classes: LabelledClasses } {
	const hasOthers = rows.some((row) => !isWhole(row));
	const labels = hasOthers ? [...classes, OTHERS] : classes;
	const count = labels.length;
	const matrix = new Float64Array(count * count);
	for (const row of rows) {
		const at = (name: string): number => (Number(row[name]) === 0 ? count : Number(row[name])) - 1;
		const cell = at('is_class') * count + at('told_class');
		matrix[cell] = (matrix[cell] ?? 0) + numberOf(row, 'n');
	}
	const rowCount = matrix.reduce((sum, cell) => sum + cell, 0);
	const right = Math.round(matrixMetrics(matrix, count).accuracy * rowCount);
	const scores = classScores(labels, matrix, SEED);
	const second = classes.length === 2 ? scores.classes.find(({ label }) => label === classes[1]) : undefined;
	return {
		measures: {
			labelled_accuracy: shareInterval(right, rowCount),
			...(classes.length === 2 ? {} : { labelled_macro_f1: scores.macroF1 }),
			...(second
				? { labelled_precision: second.precision, labelled_recall: second.recall, labelled_f1: second.f1 }
				: {})
		},
		rowCount,
		classes: { labels, confusion: [...matrix], classes: scores.classes }
	};
}

function isWhole(row: Row): boolean {
	return Number(row['is_class']) > 0 && Number(row['told_class']) > 0;
}

function known(measures: Readonly<Partial<Record<WatchMeasure, Interval>>>): Measures {
	return Object.fromEntries(Object.entries(measures).filter(([, { value }]) => Number.isFinite(value)));
}
