// A training over a table of all kinds of columns, the same in Node and in Chromium.
import {
	bool,
	columnFromArray,
	float32,
	float64,
	tableFromColumns,
	tableToIPC,
	timestamp,
	utf8
} from '@uwdata/flechette';
import { BOOSTING_DEFAULTS } from '#core/model/boosting/options.ts';
import type { TrainingPlan } from '#core/model/training/plan.ts';
import { friedmanRows } from './model-rows.ts';

const shops = ['north', 'east', 'south', 'west', 'über'];

/** Numbers `x0` to `x4`, of which x1 is missing now and then, a text `shop`, a boolean `open`, a time `at`, and the target `y`. */
export function madeTable(count: number, seed: number): Uint8Array<ArrayBuffer> {
	const { features, target } = friedmanRows(count, seed);
	const rows = Array.from({ length: count }, (_, row) => row);
	const shopOf = (row: number): number => (row * 7919) % 5;
	const isOpen = (row: number): boolean => (row * 104_729) % 3 === 0;
	const numbers = features.slice(0, 5).map((values, at): [string, ReturnType<typeof columnFromArray>] => {
		if (at === 1)
			return [
				`x${at}`,
				columnFromArray(
					rows.map((row) => (row % 11 === 0 ? null : values[row])),
					float32()
				)
			];
		return [`x${at}`, at === 2 ? columnFromArray(Array.from(values), float64()) : columnFromArray(values)];
	});
	const bytes = tableToIPC(
		tableFromColumns([
			...numbers,
			[
				'shop',
				columnFromArray(
					rows.map((row) => (row % 17 === 0 ? null : shops[shopOf(row)])),
					utf8()
				)
			],
			['open', columnFromArray(rows.map(isOpen), bool())],
			[
				'at',
				columnFromArray(
					rows.map((row) => new Date(row * 3_600_000)),
					timestamp()
				)
			],
			[
				'y',
				columnFromArray(
					rows.map((row) => (target[row] ?? 0) + shopOf(row) + (isOpen(row) ? 2 : 0)),
					float32()
				)
			]
		]),
		{ format: 'stream' }
	);
	if (!bytes) throw new Error('no bytes without a sink');
	return new Uint8Array(bytes);
}

const asIs = { fill: 'none', isScaled: false } as const;

export function madePlan(rounds: number): TrainingPlan {
	return {
		features: [
			...[0, 1, 2, 3, 4].map((at) => ({ name: `x${at}`, as: 'number', standard: asIs }) as const),
			{ name: 'shop', as: 'category', encoding: 'native', categoriesMax: 100 },
			{ name: 'open', as: 'boolean', standard: asIs },
			{ name: 'at', as: 'date', parts: ['weekday', 'hour'], standard: asIs }
		],
		target: 'y',
		learner: {
			kind: 'boosting',
			objective: { kind: 'squared' },
			options: { ...BOOSTING_DEFAULTS, rounds },
			monotone: {}
		},
		split: { kind: 'random', testShare: 0.2, validShare: 0, seed: 1 },
		splitColumn: null,
		weights: null,
		seed: 42
	};
}
