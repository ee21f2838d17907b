// Every kernel grows the same trees to the bit, for any number of threads, and a training that goes on ends where one in a piece does.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boost, type BoostingRows, type RoundLoss } from '#core/model/boosting/boost.ts';
import type { MakeKernel } from '#core/model/boosting/kernel.ts';
import { BOOSTING_DEFAULTS, type BoostingOptions, type Loss } from '#core/model/boosting/options.ts';
import { plainKernel } from '#core/model/boosting/plain-kernel.ts';
import type { TreeEnsemble } from '#core/model/model.ts';
import { plainSums, predict } from '#core/model/predict.ts';
import { encodeTrees } from '#core/model/trees-bytes.ts';
import { encodeCanonical } from '#core/encoding.ts';
import { createScorer } from '#workers/model/kernel/scorer.ts';
import { boostingRows, uniform } from '../../model-rows.ts';
import { kernelModule, oneThread, startThreads } from '../../node-kernel.ts';

/** Enough that all threads take part in the first splits. */
const ROWS = 24_000;

let threads: Awaited<ReturnType<typeof startThreads>>;
beforeAll(async () => {
	threads = await startThreads(3);
});
afterAll(() => threads.end());

type Case = {
	readonly name: string;
	readonly loss: Loss;
	readonly options?: Partial<BoostingOptions>;
	readonly weighted?: boolean;
};

const cases: readonly Case[] = [
	{ name: 'squares', loss: { kind: 'squared' }, options: { patience: 5 } },
	{ name: 'weighted squares of some rows', loss: { kind: 'squared' }, weighted: true, options: { rowShare: 0.6 } },
	{ name: 'a median', loss: { kind: 'absolute' } },
	{ name: 'a weighted quantile', loss: { kind: 'quantile', level: 0.9 }, weighted: true },
	{ name: 'counts', loss: { kind: 'poisson' }, options: { featureShare: 0.5 } },
	{ name: 'two classes', loss: { kind: 'logistic' }, options: { l2: 1, maxDepth: 4 } },
	{ name: 'two classes, weighted', loss: { kind: 'logistic' }, weighted: true },
	{ name: 'three classes', loss: { kind: 'softmax', classCount: 3 }, options: { rowShare: 0.8, rounds: 8 } },
	{ name: 'monotone features', loss: { kind: 'squared' }, options: { monotone: [1, 0, 0, 1, -1] } }
];

/** Numbers, missing values and two native categories; the last sixth of the rows is for validation. */
function rowsFor({ loss, weighted }: Case): BoostingRows {
	return boostingRows(ROWS, 11, loss, weighted === true);
}

function train(given: Case, makeKernel: MakeKernel, kept: TreeEnsemble | null = null, rounds?: number) {
	const options = { ...BOOSTING_DEFAULTS, rounds: 10, ...given.options };
	const steps = boost(rowsFor(given), given.loss, { ...options, rounds: rounds ?? options.rounds }, makeKernel, kept);
	const curve: RoundLoss[] = [];
	for (let next = steps.next('go-on'); ; next = steps.next('go-on')) {
		if (!next.done) curve.push(next.value);
		else if (next.value.ok) return { ...next.value.value, curve };
		else throw new Error(next.value.error.kind);
	}
}

function hashOf({ trees, base }: TreeEnsemble): string {
	const hash = createHash('sha256');
	hash.update(encodeCanonical(encodeTrees(trees))).update(new Uint8Array(base.buffer));
	return hash.digest('hex');
}

describe.each(cases)('$name', (given) => {
	const plain = train(given, plainKernel);

	test('the kernels grow the same trees, on one thread and on three', () => {
		const one = train(given, oneThread);
		const three = train(given, threads.makeKernel);
		expect(hashOf(one.ensemble)).toBe(hashOf(plain.ensemble));
		expect(hashOf(three.ensemble)).toBe(hashOf(plain.ensemble));
		expect(three.curve).toEqual(plain.curve);
	});

	test('a training that goes on grows what one in a piece does', () => {
		const { options: { rounds = 10 } = {} } = given;
		const begun = train(given, oneThread, null, Math.floor(rounds / 2));
		const gone = train(given, oneThread, begun.ensemble);
		expect(hashOf(gone.ensemble)).toBe(hashOf(plain.ensemble));
		expect(gone.curve).toEqual(plain.curve);
	});

	test('the loss falls, and the scorer gives the bits of the plain sums', () => {
		const { curve, ensemble } = plain;
		expect(curve.at(-1)?.train).toBeLessThan((curve[0]?.train ?? 0) * 0.95);
		const { features } = rowsFor(given);
		const some = features.map((values) => values.subarray(0, 5003));
		const [fast, slow] = [createScorer(kernelModule), plainSums].map((sums) => predict(ensemble, some, sums));
		expect(fast).toEqual(slow);
	});
});

test('outputs never fall as a feature rises that they may only rise with', () => {
	const { ensemble } = train(cases.at(-1) ?? { name: '', loss: { kind: 'squared' } }, plainKernel, null, 30);
	const next = uniform(5);
	let broken = 0;
	for (let row = 0; row < 100; row++) {
		const others = Array.from({ length: 12 }, () => next());
		const along = (feature: number): Float32Array => {
			const values = Array.from({ length: 50 }, (_, at) => at / 50);
			const features = others.map((value, at) => Float32Array.from(values, (x) => (at === feature ? x : value)));
			return predict(ensemble, features)[0] ?? new Float32Array(0);
		};
		const [rising, falling] = [along(3), along(4)];
		for (let at = 1; at < 50; at++) {
			if ((rising[at] ?? 0) < (rising[at - 1] ?? 0)) broken++;
			if ((falling[at] ?? 0) > (falling[at - 1] ?? 0)) broken++;
		}
	}
	expect(broken).toBe(0);
});

test('no leaf has fewer rows than are asked for', () => {
	const given: Case = { name: '', loss: { kind: 'logistic' }, options: { minLeaf: 300 } };
	const { trees } = train(given, oneThread).ensemble;
	const leaves = [...trees.cover].filter((_, node) => trees.feature[node] === -1);
	expect(Math.min(...leaves)).toBeGreaterThanOrEqual(300);
});

test('a model of other rows does not go on', () => {
	const squares = cases[0] ?? { name: '', loss: { kind: 'squared' } as const };
	const { ensemble } = train(squares, oneThread, null, 3);
	const other = boostingRows(ROWS, 12, squares.loss, false);
	const steps = boost(other, squares.loss, BOOSTING_DEFAULTS, oneThread, ensemble);
	expect(steps.next('go-on').value).toEqual({ ok: false, error: { kind: 'other-rows' } });
});

test('told to stop, a training gives what it has', () => {
	const squares = cases[0] ?? { name: '', loss: { kind: 'squared' } as const };
	const steps = boost(rowsFor(squares), squares.loss, BOOSTING_DEFAULTS, oneThread);
	steps.next('go-on');
	steps.next('go-on');
	const ended = steps.next('stop');
	expect(ended.done && ended.value.ok && ended.value.value).toMatchObject({ stopped: 'asked' });
	expect(ended.done && ended.value.ok && ended.value.value.ensemble.trees.roots.length).toBe(2);
});

test('the compiled kernel is that of its sources', () => {
	const sha256 = (...paths: readonly string[]): string => {
		const hash = createHash('sha256');
		for (const path of paths) hash.update(readFileSync(new URL(`../../../${path}`, import.meta.url)));
		return hash.digest('hex');
	};
	const sources = ['kernel', 'training', 'scoring', 'leaves', 'exp'].map((name) => `tools/model-kernel/${name}.ts`);
	const told: unknown = JSON.parse(
		readFileSync(new URL('../../../workers/model/kernel/kernel.json', import.meta.url), 'utf8')
	);
	expect(told).toEqual({ sources: sha256(...sources), wasm: sha256('workers/model/kernel/kernel.wasm') });
});
