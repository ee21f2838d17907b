// Finds the least of a smooth function from its values and gradients: L-BFGS.

export type Evaluated = { readonly value: number; readonly gradient: Float64Array };

export type Minimum = {
	readonly at: Float64Array;
	readonly value: number;
	readonly steps: number;
	readonly isFound: boolean;
};

/** Corrections of the curvature that are remembered. */
const MEMORY = 10;
/** Of Armijo's condition: a step must lower the value by this share of what the slope promises. */
const ENOUGH = 1e-4;
const STEPS_MAX = 200;
const HALVINGS_MAX = 40;

type Correction = { readonly step: Float64Array; readonly change: Float64Array; readonly scale: number };

/**
 * Yields the value after every step, and answers with the point whose largest slope is at most `tolerance`, or with the best one found.
 *
 * Source: Nocedal, Wright, "Numerical Optimization", algorithms 7.4 and 7.5.
 */
export function* minimize(
	evaluate: (at: Float64Array) => Evaluated,
	start: Float64Array,
	tolerance: number
): Generator<number, Minimum, 'go-on' | 'stop'> {
	let at = start;
	let now = evaluate(at);
	const corrections: Correction[] = [];
	for (let steps = 0; steps < STEPS_MAX; steps++) {
		if (largest(now.gradient) <= tolerance) return { at, value: now.value, steps, isFound: true };
		const direction = directionOf(now.gradient, corrections);
		const taken = search(evaluate, at, now, direction, corrections.length === 0);
		if (!taken) {
			// What is remembered misleads, or there is nothing lower within rounding.
			if (corrections.length === 0) return { at, value: now.value, steps, isFound: true };
			corrections.length = 0;
			continue;
		}
		const step = taken.at.map((value, index) => value - (at[index] ?? 0));
		const change = taken.found.gradient.map((value, index) => value - (now.gradient[index] ?? 0));
		const curvature = dot(step, change);
		if (curvature > 1e-12 * dot(change, change)) corrections.push({ step, change, scale: 1 / curvature });
		if (corrections.length > MEMORY) corrections.shift();
		at = taken.at;
		now = taken.found;
		if ((yield now.value) === 'stop') return { at, value: now.value, steps: steps + 1, isFound: false };
	}
	return { at, value: now.value, steps: STEPS_MAX, isFound: false };
}

/** Down the slope, corrected by what earlier steps told of the curvature. */
function directionOf(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
	const direction = gradient.map((slope) => -slope);
	const shares: number[] = [];
	for (const { step, change, scale } of corrections.toReversed()) {
		const share = scale * dot(step, direction);
		shares.unshift(share);
		addTo(direction, change, -share);
	}
	const last = corrections.at(-1);
	if (last) {
		const scaling = 1 / (last.scale * dot(last.change, last.change));
		for (let at = 0; at < direction.length; at++) direction[at] = (direction[at] ?? 0) * scaling;
	}
	corrections.forEach(({ step, change, scale }, at) => {
		addTo(direction, step, (shares[at] ?? 0) - scale * dot(change, direction));
	});
	return direction;
}

/** A step along the direction, halved until it lowers the value enough; null where none does. */
function search(
	evaluate: (at: Float64Array) => Evaluated,
	at: Float64Array,
	now: Evaluated,
	direction: Float64Array,
	isFirst: boolean
): { readonly at: Float64Array; readonly found: Evaluated } | null {
	const slope = dot(now.gradient, direction);
	if (!(slope < 0)) return null;
	let length = isFirst ? Math.min(1, 1 / largest(now.gradient)) : 1;
	for (let halvings = 0; halvings < HALVINGS_MAX; halvings++, length /= 2) {
		const next = at.map((value, index) => value + length * (direction[index] ?? 0));
		const found = evaluate(next);
		if (found.value <= now.value + ENOUGH * length * slope) return { at: next, found };
	}
	return null;
}

function dot(a: Float64Array, b: Float64Array): number {
	let sum = 0;
	for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
	return sum;
}

function addTo(a: Float64Array, b: Float64Array, times: number): void {
	for (let at = 0; at < a.length; at++) a[at] = (a[at] ?? 0) + times * (b[at] ?? 0);
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
