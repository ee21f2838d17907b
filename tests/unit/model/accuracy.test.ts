// Models are as good as scikit-learn's of the same rows, and measured as it measures: from the table beside reference.py.
import { describe, expect, test } from 'vitest';
import { boost, type BoostingRows } from '#core/model/boosting/boost.ts';
import { BOOSTING_DEFAULTS, type Loss } from '#core/model/boosting/options.ts';
import { kMeans } from '#core/model/cluster/k-means.ts';
import { leastSquares } from '#core/model/linear/least-squares.ts';
import { logistic } from '#core/model/linear/logistic.ts';
import { confusionOf, decisionMetrics, shareMetrics } from '#core/model/metrics/binary.ts';
import { classMetrics, macroAucOf } from '#core/model/metrics/classes.ts';
import { rankRows, rankingMetrics } from '#core/model/metrics/ranking.ts';
import { medianErrorOf, regressionMetrics } from '#core/model/metrics/regression.ts';
import { chosenClasses, predict } from '#core/model/predict.ts';
import reference from '../../vectors/models/reference.json' with { type: 'json' };
import { boostingRows, friedmanRows, linearRows, normal, uniform, type MadeRows } from '../../model-rows.ts';
import { oneThread } from '../../node-kernel.ts';

type Task = (typeof reference.boosting)[number];

function lossOf(name: string): Loss {
	switch (name) {
		case 'squared':
		case 'absolute':
		case 'poisson':
		case 'logistic':
			return { kind: name };
		case 'quantile':
			return { kind: name, level: 0.9 };
		default:
			return { kind: 'softmax', classCount: 3 };
	}
}

function plainRows({ features, target }: MadeRows, trainCount: number): BoostingRows {
	const rows = Uint32Array.from(target, (_, row) => row);
	const categoryCounts = features.map(() => null);
	const [train, valid] = [rows.slice(0, trainCount), rows.slice(trainCount)];
	return { features, categoryCounts, target, weights: null, train, valid };
}

function rowsOf({ rows, count, seed, train = 0, weighted = false, loss }: Task): BoostingRows {
	if (rows === 'mixed') return boostingRows(count, seed, lossOf(loss), weighted);
	return plainRows(rows === 'linear' ? linearRows(count, seed) : friedmanRows(count, seed), train);
}

/** Of several metrics of one training, the training is done once. */
const trained = new Map<string, { readonly outputs: readonly Float32Array[]; readonly wanted: Float32Array }>();

function trainOn(task: Task): { readonly outputs: readonly Float32Array[]; readonly wanted: Float32Array } {
	const known = trained.get(task.name);
	if (known) return known;
	const rows = rowsOf(task);
	const steps = boost({ ...rows, valid: new Uint32Array(0) }, lossOf(task.loss), BOOSTING_DEFAULTS, oneThread);
	let next = steps.next('go-on');
	while (!next.done) next = steps.next('go-on');
	if (!next.value.ok) throw new Error(next.value.error.kind);
	const held = rows.features.map((values) => Float32Array.from(rows.valid, (row) => values[row] ?? NaN));
	const wanted = Float32Array.from(rows.valid, (row) => rows.target[row] ?? NaN);
	const made = { outputs: predict(next.value.value.ensemble, held), wanted };
	trained.set(task.name, made);
	return made;
}

function measured(metric: string, wanted: Float32Array, outputs: readonly Float32Array[]): number {
	const [first = new Float32Array(0)] = outputs;
	switch (metric) {
		case 'r2':
			return regressionMetrics(wanted, first).r2;
		case 'mae':
			return regressionMetrics(wanted, first).mae;
		case 'pinball':
			return pinball(wanted, first, 0.9);
		case 'poissonDeviance':
			return poissonDeviance(wanted, first);
		case 'auc':
			return rankingMetrics(rankRows(wanted, first)).auc;
		case 'accuracy':
			return classMetrics(wanted, chosenClasses(outputs), outputs).accuracy;
		default:
			return outputs.length === 1
				? shareMetrics(wanted, first).logLoss
				: classMetrics(wanted, chosenClasses(outputs), outputs).logLoss;
	}
}

function pinball(wanted: Float32Array, predicted: Float32Array, level: number): number {
	const losses = wanted.map((value, row) => {
		const off = value - (predicted[row] ?? 0);
		return off >= 0 ? level * off : (level - 1) * off;
	});
	return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function poissonDeviance(wanted: Float32Array, predicted: Float32Array): number {
	let sum = 0;
	wanted.forEach((count, row) => {
		const expected = predicted[row] ?? 0;
		sum += 2 * ((count > 0 ? count * Math.log(count / expected) : 0) - count + expected);
	});
	return sum / wanted.length;
}

/** By how much a metric may be worse. Accuracies and losses of 2,000 rows have errors of their own. */
const slack: Readonly<Record<string, number>> = {
	r2: 0.003,
	auc: 0.003,
	accuracy: 0.01,
	mae: 0.02,
	pinball: 0.01,
	poissonDeviance: 0.02,
	logLoss: 0.01
};

describe('boosting', () => {
	test.each(reference.boosting)('$name: $metric is that of scikit-learn, or better', (task) => {
		const { wanted, outputs } = trainOn(task);
		const own = measured(task.metric, wanted, outputs);
		const sign = ['r2', 'auc', 'accuracy'].includes(task.metric) ? 1 : -1;
		console.log(`${task.name}: ${task.metric} ${own.toFixed(5)}, scikit-learn ${task.value.toFixed(5)}`);
		expect(sign * own).toBeGreaterThan(sign * task.value - (slack[task.metric] ?? 0));
	});
});

describe('linear models', () => {
	const { count, seed, ordinary, ridge, logistic: two, softmax } = reference.linear;
	const { features, target } = linearRows(count, seed);
	const train = Uint32Array.from(target, (_, row) => row);
	const rows = { features, target, weights: null, train };
	const both = target.map((value, row) => value + (features[3]?.[row] ?? 0));
	const close = (found: ArrayLike<number>, wanted: readonly number[], digits: number): void =>
		wanted.forEach((value, at) => expect(found[at]).toBeCloseTo(value, digits));
	const ended = <T>(steps: Generator<unknown, T, 'go-on' | 'stop'>): T => {
		for (;;) {
			const next = steps.next('go-on');
			if (next.done) return next.value;
		}
	};

	test('least squares and ridge have the weights of scikit-learn', () => {
		const plain = leastSquares(rows, 0);
		close([...plain.weights, ...plain.intercept], ordinary, 6);
		const held = leastSquares(rows, ridge.l2);
		close([...held.weights, ...held.intercept], ridge.weights, 6);
	});

	test('columns that follow from others change nothing of what is told', () => {
		const doubled = [...features, features[0]?.map((value) => 2 * value) ?? target];
		const told = predict(leastSquares({ ...rows, features: doubled }, 0), doubled)[0] ?? target;
		const plain = predict(leastSquares(rows, 0), features)[0] ?? target;
		expect(Math.max(...told.map((value, row) => Math.abs(value - (plain[row] ?? 0))))).toBeLessThan(1e-4);
	});

	test('logistic regression has the weights of scikit-learn, and its shares of three classes', () => {
		const isAbove = both.map((value) => (value > 0.5 ? 1 : 0));
		const model = ended(logistic({ ...rows, target: isAbove }, 2, two.l2));
		close([...model.weights, ...model.intercept], two.weights, 3);
		const classes = both.map((value) => (value < -1 ? 0 : value < 1 ? 1 : 2));
		const three = ended(logistic({ ...rows, target: classes }, 3, softmax.l2));
		const some = features.map((values) => values.subarray(0, 5));
		const shares = predict(three, some);
		softmax.shares.forEach((wanted, row) =>
			close(
				shares.map((share) => share[row] ?? NaN),
				wanted,
				3
			)
		);
	});

	test('weights count rows', () => {
		const weights = target.map((_, row) => (row % 3 === 0 ? 2 : row % 3 === 1 ? 1 : 0));
		const repeated = train.filter((row) => row % 3 === 0);
		const once = train.filter((row) => row % 3 !== 2);
		const [weighted, listed] = [
			leastSquares({ ...rows, weights }, 5),
			leastSquares({ ...rows, train: Uint32Array.of(...once, ...repeated) }, 5)
		];
		close(weighted.weights, [...listed.weights], 6);
	});
});

test.each(reference.clusters)('$clusters clusters are as near as those of scikit-learn', (given) => {
	const { features } = friedmanRows(given.count, given.seed);
	const train = Uint32Array.from({ length: given.count }, (_, row) => row);
	const options = { clusters: given.clusters, restarts: 20, seed: 1 };
	const rounds = kMeans(features.slice(0, 3), train, options);
	let next = rounds.next('go-on');
	while (!next.done) next = rounds.next('go-on');
	expect(next.value.inertia).toBeLessThan(given.inertia * 1.002);
});

describe('metrics', () => {
	const draw = uniform(reference.measures.seed);
	const scores = Array.from({ length: 500 }, () => Math.round(draw() * 100) / 100);
	const labels = scores.map((score) => (draw() < score ? 1 : 0));
	const classes = Array.from({ length: 300 }, () => Math.floor(3 * draw()));
	const raw = classes.map((is) => [0, 1, 2].map((of) => draw() + (of === is ? 1 : 0)));
	const wanted: number[] = [];
	for (let row = 0; row < 400; row++) wanted.push(10 * draw());
	const told = wanted.map((value) => value + normal(draw));
	const same = (found: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): void =>
		Object.entries(expected).forEach(([name, value]) => expect(found[name], name).toBeCloseTo(value, 6));

	test('of two classes are those of scikit-learn, with ties', () => {
		same(
			{
				...rankingMetrics(rankRows(labels, scores)),
				...shareMetrics(labels, scores),
				...decisionMetrics(confusionOf(labels, scores, 0.5))
			},
			reference.measures.binary
		);
	});

	test('of three classes are those of scikit-learn', () => {
		const shares = [0, 1, 2].map((of) =>
			Float32Array.from(raw, (row) => (row[of] ?? 0) / row.reduce((sum, value) => sum + value, 0))
		);
		same(
			{ ...classMetrics(classes, chosenClasses(shares), shares), macroAuc: macroAucOf(classes, shares)(null) },
			reference.measures.classes
		);
	});

	test('of numbers are those of scikit-learn', () => {
		same(
			{ ...regressionMetrics(wanted, told), medianError: medianErrorOf(wanted, told)(null) },
			reference.measures.regression
		);
	});
});
