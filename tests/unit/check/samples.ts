// Numbers that tests share: inputs by a rule that other programs can follow, and columns that are hard to sketch.
import type { MetricPoint } from '#core/check/anomaly/band.ts';
import { seasonOf } from '#core/check/anomaly/season.ts';

export type Rule = {
	readonly count: number;
	readonly seed: number;
	readonly scale?: number;
	readonly shift?: number;
	readonly levels?: number;
	readonly tail?: boolean;
};

/** As `made` of tests/vectors/statistics/reference.py. */
export function made(rule: Rule | readonly number[]): Float64Array {
	if (!('seed' in rule)) return Float64Array.from(rule);
	const { count, seed, scale = 1, shift = 0, levels = 0, tail = false } = rule;
	const values = new Float64Array(count);
	let x = seed;
	for (let at = 0; at < count; at++) {
		x = (16807 * x) % 2147483647;
		let u = x / 2147483647;
		if (levels > 0) u = Math.floor(u * levels);
		if (tail) u = 1 / (1 - u);
		values[at] = u * scale + shift;
	}
	return values;
}

/** Sums of three: nearly normal, with a standard deviation of `spread`. */
export function noise(count: number, seed: number, spread: number): Float64Array {
	const parts = [seed, seed + 1000, seed + 2000].map((of) => made({ count, seed: of }));
	return Float64Array.from(
		{ length: count },
		(_, at) => parts.reduce((sum, part) => sum + (part[at] ?? 0) - 0.5, 0) * 2 * spread
	);
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const MONDAY = Date.UTC(2024, 0, 1);

/** Eight weeks of an hourly metric: busy days, quiet nights and weekends, 4 % noise. */
export function hourly(seed: number): MetricPoint[] {
	const wild = noise(56 * 24, seed, 0.04);
	return Array.from(wild, (part, at) => {
		const atMs = MONDAY + at * HOUR_MS;
		const [hour, weekday] = [seasonOf('hour-of-day', atMs), seasonOf('day-of-week', atMs)];
		const level = 1000 * (1 + Math.sin(((hour - 6) * Math.PI) / 12) / 2) * (weekday >= 5 ? 0.4 : 1);
		return { atMs, value: level * (1 + part) };
	});
}

export function daily(values: ArrayLike<number>): MetricPoint[] {
	return Array.from(values, (value, at) => ({ atMs: MONDAY + at * DAY_MS, value }));
}

const COUNT = 100_000;

/** Columns that break sketches which trust order, spread or size. */
export const adversarial: Readonly<Record<string, Float64Array>> = {
	uniform: made({ count: COUNT, seed: 1 }),
	sorted: Float64Array.from({ length: COUNT }, (_, at) => at),
	reversed: Float64Array.from({ length: COUNT }, (_, at) => COUNT - at),
	constant: new Float64Array(COUNT).fill(42),
	'two values': made({ count: COUNT, seed: 2, levels: 2 }),
	'heavy tail': made({ count: COUNT, seed: 3, tail: true }).map((value) => value ** 3),
	'huge magnitudes': made({ count: COUNT, seed: 4 }).map((value, at) => (at % 2 ? 1 : -1) * 10 ** (value * 600 - 300)),
	'infinities among them': made({ count: COUNT, seed: 5 }).map((value, at) =>
		at % 10 === 0 ? Infinity : at % 10 === 1 ? -Infinity : value
	),
	'zoom in': Float64Array.from({ length: COUNT }, (_, at) => (at % 2 ? 1 : -1) / (at + 1)),
	sawtooth: Float64Array.from({ length: COUNT }, (_, at) => at % 1000),
	'few and many': made({ count: COUNT, seed: 6 }).map((value) => (value < 0.9 ? Math.floor(value * 5) : value))
};

/** Parts of unequal size, in order. */
export function cut(values: Float64Array, sizes: readonly number[]): readonly Float64Array[] {
	const parts: Float64Array[] = [];
	for (let from = 0, at = 0; from < values.length; at++) {
		const to = Math.min(values.length, from + (sizes[at % sizes.length] ?? 1));
		parts.push(values.slice(from, to));
		from = to;
	}
	return parts;
}
