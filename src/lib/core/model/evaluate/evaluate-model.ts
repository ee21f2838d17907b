// Judges a trained model on the rows that its plan held out.
import { classMetrics } from '../metrics/classes.ts';
import { rankRows, rankingMetrics } from '../metrics/ranking.ts';
import { regressionMetrics } from '../metrics/regression.ts';
import type { Model } from '../model.ts';
import { chosenClasses, predict, type SumTrees } from '../predict.ts';
import type { RawColumn } from '../raw-column.ts';
import type { Prepared } from '../training/prepare.ts';
import { evaluateBinary, evaluateClasses, evaluateRegression, mainMetric, type Evaluation } from './evaluation.ts';
import { gainImportance, permutationImportance, type ColumnShare, type Permuted } from './importance.ts';
import { worstSlices, type Slice } from './slices.ts';

export type ModelReport = {
	/** Null where nothing was held out, or nothing tells what is right. */
	readonly evaluation: Evaluation | null;
	/** Of trees, by column. */
	readonly gain: readonly ColumnShare[] | null;
	/** On rows that were held out; null without them. */
	readonly permutation: readonly Permuted[] | null;
	readonly slices: readonly Slice[];
};

/** Held-out rows that columns are shuffled among: more tell no more. */
const PERMUTED_ROWS = 20_000;
const REPEATS = 3;
const SLICES = 10;

/** Yields how far it is, from 0 to 1. */
export function* reportOn(
	{ transform, predictor, task }: Model,
	prepared: Prepared,
	columns: readonly RawColumn[],
	seed: number,
	sumTrees: SumTrees
): Generator<number, ModelReport> {
	const gain = predictor.kind === 'tree-ensemble' ? gainImportance(predictor.trees, transform) : null;
	const { roles, target } = prepared;
	if (task.kind === 'anomaly' || task.kind === 'clustering' || roles.test.length === 0)
		return { evaluation: null, gain, permutation: null, slices: [] };
	const of = (rows: Uint32Array): readonly Float32Array[] =>
		prepared.features.map((values) => Float32Array.from(rows, (row) => values[row] ?? NaN));
	const wanted = Float32Array.from(roles.test, (row) => target[row] ?? NaN);
	const outputs = predict(predictor, of(roles.test), sumTrees);
	const evaluation = evaluate(task, wanted, outputs, shareOfTraining(prepared, outputs.length), seed);
	yield 0.3;
	const some = roles.test.subarray(0, PERMUTED_ROWS);
	const known = wanted.subarray(0, some.length);
	const { name, isMoreBetter } = mainMetric[task.kind];
	const permutation: Permuted[] = [];
	const measure = (told: readonly Float32Array[]): number =>
		(isMoreBetter ? 1 : -1) * (mainOf(task, known, told)[name] ?? NaN);
	const permuting = permutationImportance(
		transform,
		of(some),
		(features) => predict(predictor, features, sumTrees),
		measure,
		{ repeats: REPEATS, seed }
	);
	for (const column of permuting) {
		permutation.push(column);
		yield 0.3 + (0.6 * permutation.length) / transform.columns.length;
	}
	const kinds = new Map(transform.columns.map(({ name, kind }) => [name, kind]));
	const held = columns.filter((column) => kinds.has(column.name)).map((column) => rowsOf(column, roles.test));
	const slices = worstSlices(held, lossesOf(task, wanted, outputs), SLICES).map((slice): Slice => {
		const kind = kinds.get(slice.column);
		return kind === 'date' || kind === 'boolean' ? { ...slice, kind } : slice;
	});
	return { evaluation, gain, permutation, slices };
}

type Judged = Extract<Model['task'], { readonly target: string }>;

function evaluate(
	task: Judged,
	wanted: Float32Array,
	outputs: readonly Float32Array[],
	shares: readonly number[],
	seed: number
): Evaluation {
	const [first = new Float32Array(0)] = outputs;
	if (task.kind === 'regression') return evaluateRegression(wanted, first, shares[0] ?? 0, seed);
	if (task.kind === 'binary') return evaluateBinary(wanted, first, shares[0] ?? 0, seed);
	return evaluateClasses(wanted, outputs, shares, seed);
}

/** The main metric alone. */
function mainOf(
	task: Judged,
	wanted: Float32Array,
	outputs: readonly Float32Array[]
): Readonly<Record<string, number>> {
	const [first = new Float32Array(0)] = outputs;
	if (task.kind === 'regression') return { ...regressionMetrics(wanted, first) };
	if (task.kind === 'binary') return { ...rankingMetrics(rankRows(wanted, first)) };
	return { ...classMetrics(wanted, chosenClasses(outputs), outputs) };
}

/** The mean of the target in the training, or of each class its share. */
function shareOfTraining({ task, target, roles }: Prepared, outputCount: number): readonly number[] {
	const mean = (of: (row: number) => number): number =>
		roles.train.reduce((sum, row) => sum + of(row), 0) / roles.train.length;
	if (task.kind !== 'multiclass') return [mean((row) => target[row] ?? 0)];
	return Array.from({ length: outputCount }, (_, output) => mean((row) => (target[row] === output ? 1 : 0)));
}

/** Squared errors, or minus the log of the share that the right class was given. */
function lossesOf(task: Judged, wanted: Float32Array, outputs: readonly Float32Array[]): Float64Array {
	const [first = new Float32Array(0)] = outputs;
	return Float64Array.from(wanted, (value, row) => {
		if (task.kind === 'regression') return ((first[row] ?? 0) - value) ** 2;
		const share = task.kind === 'binary' ? Math.abs(1 - value - (first[row] ?? 0)) : (outputs[value]?.[row] ?? 0);
		return -Math.log(Math.max(2 ** -24, share));
	});
}

function rowsOf(column: RawColumn, rows: Uint32Array): RawColumn {
	if (column.kind === 'texts') return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row] ?? -1) };
	return { ...column, values: Float64Array.from(rows, (row) => column.values[row] ?? NaN) };
}
