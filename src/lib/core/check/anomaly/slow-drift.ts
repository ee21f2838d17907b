// A level that creeps away: small differences of one sign that add up, which no band sees that learns from the last points.
import type { MetricPoint } from './band.ts';
import { median, robustSpread } from './robust.ts';
import { seasonOf, type Seasonality } from './season.ts';

export type SlowDriftOptions = {
	readonly seasonality: Seasonality;
	/** The first points, which all others are compared with; none of them is judged. */
	readonly referenceCount: number;
	/** Half the shift that should be found, in standard deviations: smaller differences are noise. What the reference is off by is added. */
	readonly slack: number;
	/** The sum at which it is drift. */
	readonly limit: number;
	readonly offsetMs: number;
};

/**
 * 0.5 and 8: with a reference that is known well, a shift of one standard deviation is found after about 16 points, and noise
 * gives one alarm in about 9,500.
 */
export const SLOW_DRIFT_OPTIONS: SlowDriftOptions = {
	seasonality: 'none',
	referenceCount: 30,
	slack: 0.5,
	limit: 8,
	offsetMs: 0
};

export type SlowDrift = {
	readonly direction: 'up' | 'down';
	/** Where the sum began to rise. */
	readonly startIndex: number;
	/** Where it passed the limit. */
	readonly foundIndex: number;
};

/** √(π/2): the standard error of a normal distribution's median, for one point. */
const MEDIAN_ERROR = 1.2533141373155;

/** A single wild point counts for no more than so many standard deviations. */
const CLIPPED = 2;

/**
 * The drifts of a series, in the order in which they are found; the sum begins anew after each. One is told at its index from the
 * points up to it alone.
 * Source: Page, "Continuous Inspection Schemes" (1954): CUSUM; run lengths from Siegmund's approximation (1985).
 */
export function slowDrifts(
	points: readonly MetricPoint[],
	options: SlowDriftOptions = SLOW_DRIFT_OPTIONS
): readonly SlowDrift[] {
	const reference = referenceOf(points.slice(0, options.referenceCount), options);
	if (!reference) return [];
	const slack = options.slack + reference.error;
	const drifts: SlowDrift[] = [];
	const sums = { up: { sum: 0, startIndex: 0 }, down: { sum: 0, startIndex: 0 } };
	points.forEach((point, index) => {
		if (index < options.referenceCount) return;
		const score = reference.score(point);
		for (const direction of ['up', 'down'] as const) {
			const state = sums[direction];
			const next = state.sum + (direction === 'up' ? score : -score) - slack;
			if (state.sum === 0) state.startIndex = index;
			state.sum = Math.max(0, next);
			if (state.sum < options.limit) continue;
			drifts.push({ direction, startIndex: state.startIndex, foundIndex: index });
			state.sum = 0;
		}
	});
	return drifts;
}

type Reference = {
	readonly score: (point: MetricPoint) => number;
	/** Standard error of its centres, in standard deviations: a centre that is off by so much is no drift. */
	readonly error: number;
};

/** Null where it tells no spread. */
function referenceOf(reference: readonly MetricPoint[], { seasonality, offsetMs }: SlowDriftOptions): Reference | null {
	const bySeason = new Map<number, number[]>();
	for (const { atMs, value } of reference) {
		const season = seasonOf(seasonality, atMs, offsetMs);
		bySeason.set(season, [...(bySeason.get(season) ?? []), value]);
	}
	const all = median(reference.map(({ value }) => value));
	if (all === null) return null;
	const centres = new Map([...bySeason].map(([season, values]) => [season, median(values) ?? all]));
	const centreOf = ({ atMs }: MetricPoint): number => centres.get(seasonOf(seasonality, atMs, offsetMs)) ?? all;
	const spread = robustSpread(
		reference.map((point) => point.value - centreOf(point)),
		0
	);
	if (!spread) return null;
	const score = (point: MetricPoint): number =>
		Math.min(CLIPPED, Math.max(-CLIPPED, (point.value - centreOf(point)) / spread));
	return { score, error: MEDIAN_ERROR / Math.sqrt(reference.length / bySeason.size) };
}
