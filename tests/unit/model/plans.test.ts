// Which rows are held out, and which parameters are tried.
import { describe, expect, test } from 'vitest';
import { datePart } from '#core/model/date-parts.ts';
import { foldMetrics, foldMetricsOfRun } from '#core/model/registry/fold-metrics.ts';
import { quantileOf } from '#core/model/quantile.ts';
import { firstRung, nextRung, trainingCount, type Rung, type SearchPlan } from '#core/model/search/search-plan.ts';
import { foldRows, splitRows, type SplitKind, type SplitPlan } from '#core/model/split-rows.ts';
import { made } from '../check/samples.ts';

const COUNT = 1000;
const classes = Array.from({ length: COUNT }, (_, row) => (row % 10 === 0 ? 1 : 0));
const groups = Array.from({ length: COUNT }, (_, row) => Math.floor(row / 13));
const times = Array.from({ length: COUNT }, (_, row) => (row * 617) % COUNT);
const keysOf: Readonly<Record<SplitKind, readonly number[] | null>> = {
	random: null,
	stratified: classes,
	time: times,
	group: groups
};
const kinds: readonly SplitKind[] = ['random', 'stratified', 'time', 'group'];

function split(kind: SplitKind, seed = 1) {
	const plan: SplitPlan = { kind, testShare: 0.2, validShare: 0.1, seed };
	const roles = splitRows(plan, COUNT, keysOf[kind]);
	if (!roles.ok) throw new Error(roles.error.kind);
	return roles.value;
}

const of = (keys: readonly number[], rows: Uint32Array): number[] => [...rows].map((row) => keys[row] ?? NaN);

describe('a split', () => {
	test.each(kinds)('by %s gives every row one role, in about the shares that are asked for', (kind) => {
		const { train, valid, test: held } = split(kind);
		expect([...train, ...valid, ...held].sort((a, b) => a - b)).toEqual(classes.map((_, row) => row));
		expect(Math.abs(held.length - 200)).toBeLessThan(14);
		expect(Math.abs(valid.length - 100)).toBeLessThan(14);
		expect(split(kind)).toEqual({ train, valid, test: held });
	});

	test('by class has equal shares of each, by group whole groups, by time the latest', () => {
		expect(of(classes, split('stratified').test).filter((of) => of === 1)).toHaveLength(20);
		const byGroup = split('group');
		const held = new Set(of(groups, byGroup.test));
		expect([...of(groups, byGroup.train), ...of(groups, byGroup.valid)].some((group) => held.has(group))).toBe(false);
		const { train, valid, test: latest } = split('time');
		expect(Math.max(...of(times, train))).toBeLessThan(Math.min(...of(times, valid)));
		expect(Math.max(...of(times, valid))).toBeLessThan(Math.min(...of(times, latest)));
		expect([...split('random', 2).test]).not.toEqual([...split('random', 3).test]);
	});

	test('of too few rows or groups is none', () => {
		const plan = { kind: 'random', testShare: 0.5, validShare: 0.2, seed: 1 } as const;
		expect(splitRows(plan, 2, null)).toEqual({ ok: false, error: { kind: 'too-few-rows', rowCount: 2, needed: 3 } });
		expect(splitRows({ ...plan, kind: 'group' }, 9, new Array<number>(9).fill(4))).toEqual({
			ok: false,
			error: { kind: 'too-few-groups', groupCount: 1, needed: 3 }
		});
	});
});

describe('folds', () => {
	const rows = split('random').train;
	test.each(kinds)('by %s hold every row out at most once, and never train on it', (kind) => {
		const folds = foldRows(kind, rows, 5, keysOf[kind], 1);
		if (!folds.ok) throw new Error(folds.error.kind);
		const held = folds.value.flatMap(({ valid }) => [...valid]);
		expect(new Set(held).size).toBe(held.length);
		if (kind !== 'time') expect(held.length).toBe(rows.length);
		for (const { train, valid } of folds.value) {
			expect(new Set([...train, ...valid]).size).toBe(train.length + valid.length);
			if (kind === 'time') expect(Math.max(...of(times, train))).toBeLessThan(Math.min(...of(times, valid)));
			if (kind === 'group') expect(of(groups, train).some((group) => of(groups, valid).includes(group))).toBe(false);
		}
	});
});

describe('a search', () => {
	const choices = { kind: 'choice', values: [1, 2, 3] } as const;
	const plan = (method: SearchPlan['method']): SearchPlan => ({
		spaces: {
			maxDepth: choices,
			learningRate: { kind: 'range', from: 0.01, to: 1, scale: 'log', isWhole: false },
			maxLeaves: { kind: 'range', from: 4, to: 64, scale: 'linear', isWhole: true }
		},
		method,
		seed: 3
	});
	const rung = (given: SearchPlan): Rung => {
		const first = firstRung(given);
		if (!first.ok) throw new Error(first.error.kind);
		return first.value;
	};

	test('of a grid tries everything once', () => {
		const spaces = { a: choices, b: { kind: 'choice', values: ['x', null] } } as const;
		const { trials, resourceShare } = rung({ spaces, method: { kind: 'grid' }, seed: 1 });
		expect(trials.map(({ parameters }) => `${parameters['a']}${parameters['b']}`)).toEqual([
			'1x',
			'1null',
			'2x',
			'2null',
			'3x',
			'3null'
		]);
		expect(resourceShare).toBe(1);
		expect(firstRung(plan({ kind: 'grid' }))).toEqual({
			ok: false,
			error: { kind: 'endless-grid', parameter: 'learningRate' }
		});
	});

	test('at random stays in its ranges, and draws the same again', () => {
		const { trials } = rung(plan({ kind: 'random', trials: 200 }));
		const rates = trials.map(({ parameters }) => Number(parameters['learningRate']));
		const leaves = trials.map(({ parameters }) => Number(parameters['maxLeaves']));
		expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.01);
		expect(Math.max(...rates)).toBeLessThanOrEqual(1);
		// Half of the draws of a range by orders of magnitude are below its geometric middle.
		expect(Math.abs(rates.filter((rate) => rate < 0.1).length - 100)).toBeLessThan(30);
		expect(leaves.every(Number.isInteger)).toBe(true);
		expect([Math.min(...leaves), Math.max(...leaves)]).toEqual([4, 64]);
		expect(rung(plan({ kind: 'random', trials: 200 })).trials).toEqual(trials);
	});

	test('says beforehand how many trainings it is', () => {
		expect(trainingCount(plan({ kind: 'random', trials: 12 }))).toBe(12);
		expect(trainingCount(plan({ kind: 'halving', trials: 27, factor: 3 }))).toBe(27 + 9 + 3);
		expect(trainingCount(plan({ kind: 'grid' }))).toBe(0);
	});

	test('by halving keeps the best, each with more, until one has all', () => {
		const halving = plan({ kind: 'halving', trials: 27, factor: 3 });
		let now: Rung | null = rung(halving);
		const told: (readonly [number, number])[] = [];
		let best: number | undefined;
		for (
			;
			now;
			now = nextRung(
				halving,
				now,
				new Map(now.trials.map(({ number }) => [number, number === 5 ? NaN : -Math.abs(number - 11)]))
			)
		) {
			told.push([now.trials.length, now.resourceShare]);
			best = now.trials[0]?.number;
		}
		expect(told.map(([trials]) => trials)).toEqual([27, 9, 3]);
		expect(told.map(([, share]) => share).at(-1)).toBeCloseTo(1, 12);
		expect(best).toBe(11);
	});
});

test('parts of a date are those of the calendar', () => {
	const seconds = made({ count: 500, seed: 4 });
	for (const share of seconds) {
		const ms = Math.floor((share - 0.5) * 1e14);
		const date = new Date(ms);
		expect(datePart('year', ms)).toBe(date.getUTCFullYear());
		expect(datePart('month', ms)).toBe(date.getUTCMonth() + 1);
		expect(datePart('day', ms)).toBe(date.getUTCDate());
		expect(datePart('hour', ms)).toBe(date.getUTCHours());
		expect(datePart('weekday', ms)).toBe(date.getUTCDay() || 7);
		const yearBegan = new Date(0).setUTCFullYear(date.getUTCFullYear());
		expect(datePart('day-of-year', ms)).toBe(Math.floor((ms - yearBegan) / 86_400_000) + 1);
	}
});

test('quantiles are those of sorted numbers', () => {
	for (let seed = 1; seed < 200; seed++) {
		const values = made({ count: seed, seed, levels: seed % 3 === 0 ? 5 : 1e6 });
		const sorted = values.toSorted();
		for (const share of [0, 0.1, 0.5, 0.77, 1]) {
			const place = share * (seed - 1);
			const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
			expect(quantileOf(values.slice(), null, share)).toBeCloseTo(low + (high - low) * (place % 1), 9);
		}
	}
});

test('folds show the mean of a metric, how far they are apart, and by Student where the mean lies', () => {
	const folds = [0.8, 0.9, 0.7].map((auc) => ({ metrics: { auc, recall: 0.5 } }));
	const [auc, recall] = foldMetrics([...folds.slice(0, 2), { metrics: { auc: 0.7 } }]);
	expect(recall).toBeUndefined();
	expect(auc?.mean).toBeCloseTo(0.8, 12);
	expect(auc?.deviation).toBeCloseTo(0.1, 12);
	expect(auc?.low).toBeCloseTo(0.8 - (4.303 * 0.1) / Math.sqrt(3), 12);
	expect(Object.keys(foldMetricsOfRun(folds)).slice(0, 4)).toEqual(['auc', 'auc_sd', 'auc_low', 'auc_high']);
});
