// What the page of models decides by itself: addresses, the table of runs, and where points of a chart stand.
import { expect, test } from 'vitest';
import { modelRunId } from '#core/ids.ts';
import type { ModelRun } from '#core/model/registry/model-run.ts';
import { bestValue, isBetter } from '#core/model/registry/promotion.ts';
import { gateWords } from '#lib/ui/explain-model.ts';
import { partsText } from '#lib/ui/models/model-words.ts';
import { modelsPath, modelsPlaceOf, type ModelsPlace } from '#lib/ui/models/model-path.ts';
import { nearestOf } from '#lib/ui/controls/chart-axis.ts';
import { layOutPlot } from '#lib/ui/models/plot.ts';
import { findRuns, nestRuns, orderRuns, runAxes, runColumns } from '#lib/ui/models/run-table.ts';

function run(name: string, params: ModelRun['params'], metrics: ModelRun['metrics'], startedAtMs: number): ModelRun {
	return {
		id: modelRunId(name),
		experiment: 'damage',
		name,
		state: 'finished',
		task: null,
		params,
		metrics,
		tags: {},
		data: { sql: 'SELECT 1', inputs: [], split: '' },
		artifacts: [],
		failure: null,
		startedAtMs,
		endedAtMs: startedAtMs + 1
	};
}
const runs = [
	run('first', { rounds: 100, learner: 'boosting', seed: 1 }, { auc: 0.7, logLoss: 0.4 }, 1),
	run('second', { rounds: 300, learner: 'boosting', seed: 1 }, { auc: 0.9, logLoss: 0.2 }, 2),
	run('third', { learner: 'logistic', seed: 1 }, {}, 3)
];

test('every place among the models has an address that leads back to it', () => {
	const places: readonly ModelsPlace[] = [
		{ at: 'models' },
		{ at: 'runs' },
		{ at: 'train', dataset: '' },
		{ at: 'train', dataset: 'bird strikes & more' },
		{ at: 'model', model: 'bird damage' },
		{ at: 'run', run: 'r1' },
		{ at: 'compare', runs: ['r1', 'r2'] }
	];
	for (const place of places)
		expect(modelsPlaceOf(new URL(modelsPath(place), 'http://weir').searchParams)).toEqual(place);
});

test('a gate names the score as the page does, and the margin it lacks', () => {
	const facts = { metric: 'r2', challenger: 0.74471, champion: 0.7447, margin: 0.05 };
	expect(gateWords({ gate: 'beats-champion', outcome: 'failed', facts })).toBe(
		'Better than the version in Production: no, R² is 0.7447 against 0.7447, and has to be better by 0.05.'
	);
});

test('a search tells how many of its trials are done, a cross-validation of its folds', () => {
	expect(partsText({ done: 3, of: 1200 }, { params: { search: 'random' } })).toBe('3 of 1,200 trials done.');
	expect(partsText({ done: 0, of: 5 }, { params: { folds: 5 } })).toBe('0 of 5 folds done.');
});

test('only what differs leaves out a parameter that all runs share', () => {
	expect(runColumns(runs, true).map(({ key }) => key)).toEqual([
		'metric:auc',
		'metric:logLoss',
		'param:rounds',
		'param:learner'
	]);
	expect(runColumns(runs, false).map(({ key }) => key)).toContain('param:seed');
});

test('runs without a value stand last, whichever way they are ordered', () => {
	const columns = runColumns(runs, true);
	const names = (isDescending: boolean) =>
		orderRuns(runs, columns, { key: 'metric:auc', isDescending }).map(({ name }) => name);
	expect(names(true)).toEqual(['second', 'first', 'third']);
	expect(names(false)).toEqual(['first', 'second', 'third']);
	expect(orderRuns(runs, columns, { key: 'started', isDescending: true })[0]?.name).toBe('third');
});

test('runs are found by all words, parameters among them', () => {
	expect(findRuns(runs, 'rounds=300 DAMAGE').map(({ name }) => name)).toEqual(['second']);
	expect(findRuns(runs, ' ')).toHaveLength(3);
});

test('parallel coordinates have an axis for what differs, and no place for what is missing', () => {
	const axes = runAxes(runs, runColumns(runs, false), String);
	expect(axes.map(({ column, places }) => [column.key, places])).toEqual([
		['metric:auc', [0, 1, null]],
		['metric:logLoss', [1, 0, null]],
		['param:rounds', [0, 1, null]],
		['param:learner', [0, 0, 1]]
	]);
});

test('a plot keeps its points inside of it, and leaves out what is no number', () => {
	const axis = { label: '', span: null, text: String };
	const line = {
		name: 'a',
		look: 'main' as const,
		points: [
			[0, 1],
			[Number.NaN, 2],
			[10, 5]
		] as const
	};
	const plot = layOutPlot([line], { x: axis, y: axis }, { width: 300, height: 200 });
	const places = plot.lines[0]?.places ?? [];
	expect(places).toHaveLength(2);
	for (const [x, y] of places) expect(x >= 0 && x <= 300 && y >= 0 && y <= 200).toBe(true);
	expect(
		nearestOf(
			places.map(([x]) => x),
			290
		)
	).toBe(1);
});

test('parts stand under their run where it is open, and alone where that is gone', () => {
	const [first, second, third] = runs;
	if (!first || !second || !third) throw new Error('there are three runs');
	const nested = [first, { ...second, parent: first.id }, { ...third, parent: modelRunId('gone') }];
	const told = (open: ReadonlySet<string>): unknown =>
		nestRuns(nested, open).map(({ run: { name }, depth, partCount }) => [name, depth, partCount]);
	expect(told(new Set())).toEqual([
		['first', 0, 1],
		['third', 0, 0]
	]);
	expect(told(new Set([first.id]))).toEqual([
		['first', 0, 1],
		['second', 1, 0],
		['third', 0, 0]
	]);
});

test('how sure the mean of folds is has no column of its own', () => {
	const folds = run('folds', {}, { auc: 0.8, auc_sd: 0.01, auc_low: 0.79, auc_high: 0.81 }, 4);
	expect(runColumns([folds], false).map(({ key }) => key)).toEqual(['metric:auc']);
});

test('a bias is better the closer it is to 0, on either side, and other metrics the greater or the smaller', () => {
	expect(bestValue('metric:bias', [0.4, -0.1, 0.2])).toBe(-0.1);
	expect([isBetter('bias', 0.001, 0.04), isBetter('bias', -0.04, 0.001)]).toEqual([true, false]);
	expect([bestValue('metric:auc', [0.7, 0.9]), bestValue('metric:rmse', [0.7, 0.9])]).toEqual([0.9, 0.7]);
	expect(bestValue('metric:auc', [])).toBeNull();
});
