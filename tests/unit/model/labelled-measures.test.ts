// Numbers of rows whose labels arrived are those of held-out rows, and their intervals those that drawing rows gives.
import { describe, expect, test } from 'vitest';
import { bootstrap, type Interval } from '#core/model/metrics/bootstrap.ts';
import { classMetrics, confusionMatrix } from '#core/model/metrics/classes.ts';
import { shareInterval } from '#core/model/metrics/intervals.ts';
import { rankingMetrics, rankRows } from '#core/model/metrics/ranking.ts';
import { regressionMetrics } from '#core/model/metrics/regression.ts';
import { shareMetrics } from '#core/model/metrics/binary.ts';
import { chosenClasses } from '#core/model/predict.ts';
import { randomOf } from '#core/model/random.ts';
import { classMeasures, numberMeasures, sharesMeasures } from '#core/model/watch/labelled-measures.ts';

const ROWS = 800;
const random = randomOf(3, 1);
const draw = (count: number): Float64Array => Float64Array.from({ length: count }, random);
const drawing = { rounds: 400, seed: 5 };

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
function covariance(one: readonly number[], other: readonly number[]): number {
	const [a, b] = [mean(one), mean(other)];
	return one.reduce((sum, value, at) => sum + (value - a) * ((other[at] ?? 0) - b), 0) / (one.length - 1);
}

/** Drawing tells its bounds to a few parts of their distance. */
function expectLike(found: Interval | undefined, drawn: Interval): void {
	const width = drawn.high - drawn.low;
	expect(found?.value).toBeCloseTo(drawn.value, 9);
	expect(Math.abs((found?.low ?? 0) - drawn.low)).toBeLessThan(0.2 * width);
	expect(Math.abs((found?.high ?? 0) - drawn.high)).toBeLessThan(0.2 * width);
}

test('the interval of a share is that of Wilson', () => {
	const { low, high } = shareInterval(8, 10);
	expect(low).toBeCloseTo(0.49016, 5);
	expect(high).toBeCloseTo(0.94332, 5);
	expect(shareInterval(0, 0)).toEqual({ value: 0, low: 0, high: 1 });
	expect(shareInterval(10, 10)).toMatchObject({ value: 1, high: 1 });
});

test('numbers from their moments are those of the rows', () => {
	const wanted = draw(ROWS).map((value) => 10 * value);
	const told = wanted.map((value) => value + 2 * (random() + random() - 1));
	const { r2, rmse, mae } = bootstrap((weights) => ({ ...regressionMetrics(wanted, told, weights) }), ROWS, drawing);
	const center = mean([...wanted]);
	const errors = [...told].map((value, row) => Math.abs(value - (wanted[row] ?? 0)));
	const squares = errors.map((error) => error ** 2);
	const spreads = [...wanted].map((value) => (value - center) ** 2);
	const found = numberMeasures({
		n: ROWS,
		mean_square: mean(squares),
		var_square: covariance(squares, squares),
		mean_error: mean(errors),
		var_error: covariance(errors, errors),
		mean_spread: mean(spreads),
		var_spread: covariance(spreads, spreads),
		covar: covariance(squares, spreads)
	});
	expectLike(found.labelled_r2, r2);
	expectLike(found.labelled_rmse, rmse);
	expectLike(found.labelled_mae, mae);
});

test('shares of two classes from their ranks are those of the rows', () => {
	const is = draw(ROWS).map((value) => (value < 0.3 ? 1 : 0));
	const shares = is.map((one) => Math.round(20 * (0.6 * random() + 0.3 * one + 0.05)) / 20);
	const ranked = rankRows(is, shares);
	const drawn = bootstrap(
		(weights) => ({ ...rankingMetrics(ranked, weights), ...shareMetrics(is, shares, weights) }),
		ROWS,
		drawing
	);
	const below = [...shares].map((share, row) =>
		[...shares].reduce(
			(sum, other, at) => (is[at] === is[row] ? sum : sum + (other < share ? 1 : other === share ? 0.5 : 0)),
			0
		)
	);
	const of = (wanted: number): number[] => below.filter((_, row) => is[row] === wanted);
	const losses = [...shares].map((share, row) => -Math.log(is[row] === 1 ? share : 1 - share));
	const found = sharesMeasures({
		n: ROWS,
		ones: of(1).length,
		zeros: of(0).length,
		mean_below: mean(of(1)),
		var_ones: covariance(of(1), of(1)),
		var_zeros: covariance(of(0), of(0)),
		mean_loss: mean(losses),
		var_loss: covariance(losses, losses)
	});
	expectLike(found.labelled_auc, drawn.auc);
	expectLike(found.labelled_log_loss, drawn.logLoss);
});

describe('classes from the pairs of what is and what was told', () => {
	const classes = Uint8Array.from(draw(ROWS), (value) => (value < 0.2 ? 0 : value < 0.5 ? 1 : 2));
	const shares = [0, 1, 2].map((of) => Float32Array.from(classes, (is) => random() + (is === of ? 0.6 : 0)));
	const chosen = chosenClasses(shares);
	const matrix = confusionMatrix(classes, chosen, 3);
	const rows = [...matrix].map((n, cell) => ({ is_class: 1 + Math.floor(cell / 3), told_class: 1 + (cell % 3), n }));

	test('are those of the rows, with the intervals that drawing rows gives', () => {
		const drawn = bootstrap((weights) => ({ ...classMetrics(classes, chosen, shares, weights) }), ROWS, drawing);
		const { measures, rowCount, classes: told } = classMeasures(rows, ['a', 'b', 'c']);
		expectLike(measures.labelled_macro_f1, drawn.macroF1);
		expectLike(measures.labelled_accuracy, drawn.accuracy);
		expect(rowCount).toBe(ROWS);
		expect(told.labels).toEqual(['a', 'b', 'c']);
		const [first] = told.classes;
		const support = (matrix[0] ?? 0) + (matrix[1] ?? 0) + (matrix[2] ?? 0);
		expect(first).toMatchObject({ label: 'a', support, recall: { value: (matrix[0] ?? 0) / support } });
		expect(measures).not.toHaveProperty('labelled_recall');
	});

	test('that the model never learnt count as wrong, under a name of their own', () => {
		const { measures, classes: told } = classMeasures(
			[...rows, { is_class: 0, told_class: 1, n: 200 }],
			['a', 'b', 'c']
		);
		expect(told.labels).toEqual(['a', 'b', 'c', 'none of these']);
		expect(told.classes.at(-1)).toMatchObject({ support: 200, recall: { value: 0 } });
		expect(measures.labelled_accuracy?.value).toBeLessThan(ROWS / (ROWS + 200));
	});

	test('of two are precision and recall of the second', () => {
		const two = [
			{ is_class: 1, told_class: 1, n: 50 },
			{ is_class: 1, told_class: 2, n: 10 },
			{ is_class: 2, told_class: 1, n: 5 },
			{ is_class: 2, told_class: 2, n: 35 }
		];
		const { measures } = classMeasures(two, ['no', 'yes']);
		expect(measures.labelled_precision?.value).toBe(35 / 45);
		expect(measures.labelled_recall?.value).toBe(35 / 40);
		expect(measures.labelled_f1?.value).toBeCloseTo(70 / 85, 12);
		expect(measures).not.toHaveProperty('labelled_macro_f1');
		expect(classMeasures([], ['no', 'yes']).rowCount).toBe(0);
	});
});
