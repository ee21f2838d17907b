// Numbers that tests share: inputs by a rule that other programs can follow, and columns that are hard to sketch.

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
