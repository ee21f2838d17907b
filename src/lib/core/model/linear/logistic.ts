// Logistic regression for two and more classes.
import type { LinearModel } from '../model.ts';
import type { LinearRows } from './least-squares.ts';
import { minimize, type Evaluated } from './minimize.ts';

/** Rows of one pass over the features. */
const BLOCK_ROWS = 256;
const TOLERANCE = 1e-6;

export type LogisticStep = { readonly step: number; readonly loss: number };

/**
 * Yields the mean loss after every step. `l2` is 1 / C of scikit-learn's LogisticRegression: the sum of the losses of the rows, plus half
 * of l2 times the squared weights, is least; intercepts are not held back.
 */
export function* logistic(
	rows: LinearRows,
	classCount: number,
	l2: number
): Generator<LogisticStep, LinearModel, 'go-on' | 'stop'> {
	const width = rows.features.length;
	const outputCount = classCount === 2 ? 1 : classCount;
	const total = rows.train.reduce((sum, row) => sum + (rows.weights?.[row] ?? 1), 0);
	const evaluate = (at: Float64Array): Evaluated => evaluateAt(at, rows, outputCount, l2, total);
	const search = minimize(evaluate, new Float64Array(outputCount * (width + 1)), TOLERANCE);
	let answer: 'go-on' | 'stop' = 'go-on';
	for (let step = 0; ; step++) {
		const told = search.next(answer);
		if (!told.done) {
			answer = yield { step, loss: told.value };
			continue;
		}
		const { at } = told.value;
		return {
			kind: 'linear',
			weights: Float32Array.from({ length: outputCount * width }, (_, place) => {
				const output = Math.floor(place / width);
				return at[output * (width + 1) + (place % width)] ?? 0;
			}),
			intercept: Float32Array.from({ length: outputCount }, (_, output) => at[output * (width + 1) + width] ?? 0),
			link: outputCount === 1 ? 'logistic' : 'softmax'
		};
	}
}

/** The mean loss with its slopes; an output's parameters are its weights and then its intercept. */
function evaluateAt(
	at: Float64Array,
	{ features, target, weights, train }: LinearRows,
	outputCount: number,
	l2: number,
	total: number
): Evaluated {
	const width = features.length;
	const size = width + 1;
	const gradient = new Float64Array(at.length);
	const raw = Array.from({ length: outputCount }, () => new Float64Array(BLOCK_ROWS));
	let value = 0;
	for (let start = 0; start < train.length; start += BLOCK_ROWS) {
		const rows = train.subarray(start, start + BLOCK_ROWS);
		raw.forEach((outputs, output) => {
			outputs.fill(at[output * size + width] ?? 0);
			for (let feature = 0; feature < width; feature++) {
				const [values, weight] = [features[feature], at[output * size + feature] ?? 0];
				for (let row = 0; values && row < rows.length; row++)
					outputs[row] = (outputs[row] ?? 0) + weight * (values[rows[row] ?? 0] ?? 0);
			}
		});
		value += outputCount === 1 ? slopesOfTwo(raw, target, weights, rows) : slopesOfMany(raw, target, weights, rows);
		raw.forEach((slopes, output) => {
			for (let feature = 0; feature < width; feature++) {
				const values = features[feature];
				let sum = 0;
				for (let row = 0; values && row < rows.length; row++) sum += (slopes[row] ?? 0) * (values[rows[row] ?? 0] ?? 0);
				gradient[output * size + feature] = (gradient[output * size + feature] ?? 0) + sum;
			}
			for (let row = 0; row < rows.length; row++)
				gradient[output * size + width] = (gradient[output * size + width] ?? 0) + (slopes[row] ?? 0);
		});
	}
	for (let place = 0; place < at.length; place++) {
		const weight = place % size === width ? 0 : (at[place] ?? 0);
		value += (l2 / 2) * weight * weight;
		gradient[place] = ((gradient[place] ?? 0) + l2 * weight) / total;
	}
	return { value: value / total, gradient };
}

/** Turns raw outputs into the loss's slopes by them; returns the loss. */
function slopesOfTwo(
	[raw = new Float64Array(0)]: readonly Float64Array[],
	target: Float32Array,
	weights: Float32Array | null,
	rows: Uint32Array
): number {
	let loss = 0;
	for (let at = 0; at < rows.length; at++) {
		const row = rows[at] ?? 0;
		const weight = weights?.[row] ?? 1;
		const [output, wanted] = [raw[at] ?? 0, target[row] ?? 0];
		const against = wanted > 0 ? -output : output;
		loss += weight * (against > 0 ? against + Math.log1p(Math.exp(-against)) : Math.log1p(Math.exp(against)));
		raw[at] = weight * (1 / (1 + Math.exp(-output)) - wanted);
	}
	return loss;
}

function slopesOfMany(
	raw: readonly Float64Array[],
	target: Float32Array,
	weights: Float32Array | null,
	rows: Uint32Array
): number {
	let loss = 0;
	for (let at = 0; at < rows.length; at++) {
		const row = rows[at] ?? 0;
		const weight = weights?.[row] ?? 1;
		let greatest = -Infinity;
		for (const outputs of raw) greatest = Math.max(greatest, outputs[at] ?? 0);
		let sum = 0;
		for (const outputs of raw) sum += Math.exp((outputs[at] ?? 0) - greatest);
		loss += weight * (Math.log(sum) + greatest - (raw[target[row] ?? 0]?.[at] ?? 0));
		raw.forEach((outputs, output) => {
			const share = Math.exp((outputs[at] ?? 0) - greatest) / sum;
			outputs[at] = weight * (share - (target[row] === output ? 1 : 0));
		});
	}
	return loss;
}
