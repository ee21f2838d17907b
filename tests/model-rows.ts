// Rows to train on, made by rules that tests/vectors/models/reference.py has too: tasks whose truth is known.

import type { BoostingRows } from '#core/model/boosting/boost.ts';
import type { Loss } from '#core/model/boosting/options.ts';

/** The minimal standard generator, x = 16807 x mod (2^31 - 1), as numbers above 0 and below 1. */
export function uniform(seed: number): () => number {
	let x = seed;
	return () => {
		x = (16807 * x) % 2147483647;
		return x / 2147483647;
	};
}

/** The sum of twelve less six: mean 0, variance 1, and the same bits everywhere. */
export function normal(next: () => number): number {
	let sum = -6;
	for (let draw = 0; draw < 12; draw++) sum += next();
	return sum;
}

export type MadeRows = { readonly features: Float32Array[]; readonly target: Float32Array };

function made(
	count: number,
	width: number,
	seed: number,
	draw: (next: () => number) => number,
	of: (x: readonly number[], next: () => number) => number
): MadeRows {
	const next = uniform(seed);
	const features = Array.from({ length: width }, () => new Float32Array(count));
	const target = new Float32Array(count);
	for (let row = 0; row < count; row++) {
		const x = features.map((values) => (values[row] = Math.fround(draw(next))));
		target[row] = of(x, next);
	}
	return { features, target };
}

/** y = 2 x0 + x1 - x2 / 2 + 0.1 noise, of ten normal features. */
export function linearRows(count: number, seed: number): MadeRows {
	return made(count, 10, seed, normal, ([a = 0, b = 0, c = 0], next) => 2 * a + b - c / 2 + 0.1 * normal(next));
}

/** Friedman's first: five of ten features count; the noise has variance 1. */
export function friedmanRows(count: number, seed: number): MadeRows {
	return made(
		count,
		10,
		seed,
		(next) => next(),
		(x, next) => friedman(x) + normal(next)
	);
}

export function friedman([a = 0, b = 0, c = 0, d = 0, e = 0]: readonly number[]): number {
	return 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e;
}

/**
 * Ten numbers, of which every seventh value of the third is missing, and two categories of 6 and 200 codes; the target follows from
 * some of each, for whichever loss.
 */
export function boostingRows(count: number, seed: number, loss: Loss, isWeighted: boolean): BoostingRows {
	const next = uniform(seed);
	const numbers = Array.from({ length: 10 }, () => new Float32Array(count));
	const [few, many] = [new Float32Array(count), new Float32Array(count)];
	const [target, weights] = [new Float32Array(count), new Float32Array(count)];
	for (let row = 0; row < count; row++) {
		const x = numbers.map((values) => (values[row] = Math.fround(next())));
		const [a, b] = [Math.floor(6 * next()), Math.floor(200 * next() ** 2)];
		few[row] = next() < 0.05 ? NaN : a;
		many[row] = b;
		const value = friedman(x) + ((a * 5) % 6) + (b % 7) + normal(next);
		target[row] = targetFor(loss, value, next);
		weights[row] = 0.5 + next();
		if (next() < 1 / 7 && numbers[2]) numbers[2][row] = NaN;
	}
	const rows = Uint32Array.from({ length: count }, (_, row) => row);
	const isValid = (row: number): boolean => row % 6 === 5;
	return {
		features: [...numbers, few, many],
		categoryCounts: [...numbers.map(() => null), 6, 200],
		target,
		weights: isWeighted ? weights : null,
		train: rows.filter((row) => !isValid(row)),
		valid: rows.filter(isValid)
	};
}

function targetFor(loss: Loss, value: number, next: () => number): number {
	switch (loss.kind) {
		case 'squared':
		case 'absolute':
		case 'quantile':
			return value;
		case 'poisson':
			return Math.floor((value / 5) * 2 * next());
		case 'logistic':
			return next() < 1 / (1 + Math.exp((20 - value) / 3)) ? 1 : 0;
		case 'softmax':
			return value < 17 ? 0 : value < 23 ? 1 : 2;
	}
}
