// From a table and a plan to a model with its report, and from a model to bytes and back.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { applyTransform } from '#core/model/apply-transform.ts';
import { BOOSTING_DEFAULTS } from '#core/model/boosting/options.ts';
import { plainKernel } from '#core/model/boosting/plain-kernel.ts';
import { reportOn, type ModelReport } from '#core/model/evaluate/evaluate-model.ts';
import { decodeModel, encodeModel } from '#core/model/model-bytes.ts';
import type { Model } from '#core/model/model.ts';
import { plainSums, predict } from '#core/model/predict.ts';
import type { RawColumn } from '#core/model/raw-column.ts';
import { learn } from '#core/model/training/learn.ts';
import type { Learner, TrainingPlan } from '#core/model/training/plan.ts';
import { prepare, type Prepared } from '#core/model/training/prepare.ts';
import { readRows } from '#workers/model/read-rows.ts';
import { madePlan, madeTable } from '../../made-training.ts';
import { oneThread } from '../../node-kernel.ts';
import vector from '../../vectors/models/made.json' with { type: 'json' };

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function rowsOf(
	count: number,
	seed: number
): { readonly columns: readonly RawColumn[]; readonly booleans: ReadonlySet<string> } {
	const rows = readRows(madeTable(count, seed));
	if (!rows.ok) throw new Error(rows.error.kind);
	return rows.value;
}

function trained(
	plan: TrainingPlan,
	count: number,
	seed: number
): { readonly model: Model; readonly prepared: Prepared; readonly columns: readonly RawColumn[] } {
	const { columns, booleans } = rowsOf(count, seed);
	const prepared = prepare(plan, columns, booleans);
	if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
	const steps = learn(plan, prepared.value, oneThread, null);
	let next = steps.next('go-on');
	while (!next.done) next = steps.next('go-on');
	if (!next.value.ok) throw new Error(JSON.stringify(next.value.error));
	return { model: next.value.value.model, prepared: prepared.value, columns };
}

function reported({ model, prepared, columns }: ReturnType<typeof trained>): ModelReport {
	const steps = reportOn(model, prepared, columns, 42, plainSums);
	let next = steps.next();
	while (!next.done) next = steps.next();
	return next.value;
}

function outputsOf(model: Model, columns: readonly RawColumn[]): readonly Float32Array[] {
	const features = applyTransform(model.transform, columns);
	if (!features.ok) throw new Error(features.error.kind);
	return predict(model.predictor, features.value);
}

const filled = { fill: 'mean', isScaled: true } as const;
const complete: TrainingPlan['features'] = [
	...[0, 1, 2, 3, 4].map((at) => ({ name: `x${at}`, as: 'number', standard: filled }) as const),
	{ name: 'shop', as: 'category', encoding: 'one-hot', categoriesMax: 100 },
	{ name: 'open', as: 'boolean', standard: filled },
	{ name: 'at', as: 'date', parts: ['hour'], standard: filled }
];
const planFor = (learner: Learner, target: string | null, features = complete): TrainingPlan => ({
	...madePlan(10),
	features: features.filter(({ name }) => name !== target),
	learner,
	target
});

describe('one training in Node and Chromium', () => {
	const all = trained(madePlan(vector.rounds), vector.count, vector.seed);

	test('its model, what that says of rows, and how good it is are the vector’s', () => {
		const { columns } = rowsOf(1000, vector.seed + 1);
		const [outputs = new Float32Array(0)] = outputsOf(all.model, columns);
		const found = {
			model: sha256(encodeModel(all.model)),
			outputs: sha256(new Uint8Array(outputs.buffer)),
			r2: reported(all).evaluation?.metrics['r2']?.value
		};
		expect(found).toEqual({ model: vector.model, outputs: vector.outputs, r2: vector.r2 });
	});

	test('the report tells what the target was made of', () => {
		const { evaluation, gain, permutation, slices } = reported(trained(madePlan(60), 6000, 3));
		expect(evaluation?.metrics['r2']?.value).toBeGreaterThan(0.9);
		expect(evaluation?.metrics['r2']?.low).toBeLessThan(evaluation?.metrics['r2']?.value ?? 0);
		expect(evaluation?.metrics['r2']?.high).toBeGreaterThan(evaluation?.metrics['r2']?.value ?? 1);
		expect(evaluation?.baseline['r2']).toBeLessThan(0.01);
		const [first, last] = [gain?.toSorted((a, b) => b.share - a.share)[0], gain?.find(({ column }) => column === 'at')];
		expect(first?.column).toBe('x3');
		expect(last?.share).toBeLessThan(0.02);
		expect(permutation?.find(({ column }) => column === 'x3')?.loss).toBeGreaterThan(0.2);
		expect(permutation?.find(({ column }) => column === 'at')?.loss).toBeLessThan(0.01);
		expect(slices.every(({ loss, otherLoss }) => loss > otherLoss)).toBe(true);
	});
});

describe('bytes', () => {
	const learners: readonly (readonly [string, Learner, string | null])[] = [
		['boosting', madePlan(4).learner, 'y'],
		['linear', { kind: 'linear', l2: 1 }, 'y'],
		['logistic, two classes', { kind: 'logistic', l2: 1 }, 'open'],
		['logistic, five classes', { kind: 'logistic', l2: 1 }, 'shop'],
		['boosting, five classes', { ...madePlan(3).learner, objective: { kind: 'classes' } } as Learner, 'shop'],
		['isolation forest', { kind: 'isolation-forest', trees: 20, sampleCount: 64 }, null],
		['clusters', { kind: 'k-means', clusters: 3, restarts: 2 }, null]
	];

	test.each(learners)('of %s are read back to a model that says the same', (_, learner, target) => {
		const { model, columns } = trained(planFor(learner, target), 600, 5);
		const bytes = encodeModel(model);
		const read = decodeModel(bytes);
		if (!read.ok) throw new Error(read.error.reason);
		expect(read.value).toEqual(model);
		expect(encodeModel(read.value)).toEqual(bytes);
		expect(outputsOf(read.value, columns)).toEqual(outputsOf(model, columns));
		expect(outputsOf(model, columns).every((output) => output.every(Number.isFinite))).toBe(true);
	});

	test('that were damaged are refused or are another model, and never one that has no end', () => {
		const { model, columns } = trained(planFor(madePlan(3).learner, 'y'), 600, 5);
		const bytes = encodeModel(model);
		const features = applyTransform(model.transform, columns);
		if (!features.ok) throw new Error(features.error.kind);
		let refused = 0;
		for (let at = 0; at < bytes.length; at += 13) {
			const damaged = bytes.slice();
			damaged[at] = (damaged[at] ?? 0) ^ 0x41;
			const read = decodeModel(damaged);
			if (!read.ok) refused++;
			else if (features.value.length === 12)
				predict(
					read.value.predictor,
					features.value.map((values) => values.subarray(0, 3))
				);
		}
		expect(refused).toBeGreaterThan(20);
		expect(decodeModel(bytes.slice(0, -1))).toEqual({ ok: false, error: { kind: 'broken-model', reason: 'encoding' } });
	});
});

test.each(['random', 'stratified', 'time', 'group'] as const)(
	'folds by %s hold each row out once, but the earliest',
	(kind) => {
		const { columns, booleans } = rowsOf(400, 5);
		const plan: TrainingPlan = {
			...madePlan(2),
			split: { kind, testShare: 0.2, validShare: 0.1, seed: 1 },
			splitColumn: kind === 'time' ? 'at' : kind === 'group' ? 'x2' : null
		};
		const held: number[] = [];
		for (const number of [0, 1, 2, 3]) {
			const prepared = prepare({ ...plan, fold: { number, count: 4 } }, columns, booleans);
			if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
			const { train, valid, test: own } = prepared.value.roles;
			const all = [...train, ...valid, ...own];
			expect(new Set(all).size).toBe(all.length);
			expect(train.length).toBeGreaterThan(0);
			held.push(...own);
		}
		expect(new Set(held).size).toBe(held.length);
		expect(held.length).toBeGreaterThanOrEqual(kind === 'time' ? 300 : 400);
	}
);

describe('what cannot be trained is told', () => {
	const failure = (plan: TrainingPlan): unknown => {
		const { columns, booleans } = rowsOf(200, 5);
		const prepared = prepare(plan, columns, booleans);
		if (!prepared.ok) return prepared.error;
		const next = learn(plan, prepared.value, plainKernel, null).next('go-on');
		return next.done && !next.value.ok ? next.value.error : null;
	};
	const plan = madePlan(2);

	test('of columns', () => {
		expect(failure({ ...plan, target: 'z' })).toEqual({ kind: 'unknown-column', column: 'z' });
		expect(failure({ ...plan, target: null })).toEqual({ kind: 'no-target' });
		expect(failure({ ...plan, target: 'x0' })).toEqual({ kind: 'target-is-feature', column: 'x0' });
		expect(failure({ ...plan, features: [] })).toEqual({ kind: 'no-features' });
		expect(failure({ ...plan, target: 'shop', features: plan.features.slice(0, 3) })).toEqual({
			kind: 'target-not-numeric',
			column: 'shop'
		});
		expect(failure({ ...plan, learner: { kind: 'linear', l2: 0 }, features: plan.features.slice(0, 3) })).toEqual({
			kind: 'missing-values',
			column: 'x1'
		});
	});

	test('of options', () => {
		const boosting = { kind: 'boosting', objective: { kind: 'squared' }, monotone: {} } as const;
		const options = { ...BOOSTING_DEFAULTS, rounds: 0 };
		expect(failure({ ...plan, learner: { ...boosting, options } })).toMatchObject({
			kind: 'option-out-of-range',
			option: 'rounds'
		});
		const monotone = { ...boosting, options: BOOSTING_DEFAULTS, monotone: { shop: 1 } } as const;
		expect(failure({ ...plan, learner: monotone })).toMatchObject({ kind: 'monotone-category' });
		const clusters = { kind: 'k-means', clusters: 1000, restarts: 1 } as const;
		expect(failure(planFor(clusters, null))).toMatchObject({ kind: 'too-many-clusters' });
		expect(failure({ ...plan, split: { ...plan.split, kind: 'time' } })).toEqual({
			kind: 'unknown-column',
			column: ''
		});
	});
});
