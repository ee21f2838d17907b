// Where the points, the bands and the marks of a metric's chart stand.
import type { SeriesPoint } from '#core/check/anomaly/metric-series.ts';
import { ticksOf } from '../controls/chart-axis.ts';

export type ChartSize = { readonly width: number; readonly height: number };

export type Chart = {
	readonly points: readonly { readonly x: number; readonly y: number }[];
	/** Areas between the bounds of points that follow each other and have a band. */
	readonly bands: readonly string[];
	/** What is expected there. */
	readonly expected: readonly string[];
	readonly line: string;
	readonly ticks: readonly { readonly value: number; readonly y: number }[];
	/** Numbers of the points that are named below the chart. */
	readonly named: readonly number[];
};

/** Room for the names of the values. */
export const CHART_LEFT = 64;
const PAD = { top: 12, right: 14, bottom: 24 };
/** Pixels that a point's name needs. */
const NAME_WIDTH = 64;

/** A band counts for the scale only so far: a wide one leaves the line some height. */
const BAND_REACH = 2;

export function layOutChart(points: readonly SeriesPoint[], { width, height }: ChartSize): Chart {
	const scale = scaleOf(points);
	const inner = { width: Math.max(1, width - CHART_LEFT - PAD.right), height: height - PAD.top - PAD.bottom };
	const x = (at: number): number =>
		CHART_LEFT + (points.length < 2 ? inner.width / 2 : (at / (points.length - 1)) * inner.width);
	const y = (value: number): number => {
		const share = (value - scale.low) / (scale.high - scale.low);
		return PAD.top + (1 - Math.min(1, Math.max(0, share))) * inner.height;
	};
	const places = points.map(({ value }, at) => ({ x: x(at), y: y(value) }));
	const runs = bandRuns(points);
	const step = Math.max(1, Math.ceil(points.length / Math.max(1, Math.floor(inner.width / NAME_WIDTH))));
	return {
		points: places,
		bands: runs.map((run) => {
			const upper = run.map((at) => `${x(at)},${y(points[at]?.band?.high ?? 0)}`);
			const lower = run.toReversed().map((at) => `${x(at)},${y(points[at]?.band?.low ?? 0)}`);
			return `M ${[...upper, ...lower].join(' L ')} Z`;
		}),
		expected: runs.map((run) => `M ${run.map((at) => `${x(at)},${y(points[at]?.band?.expected ?? 0)}`).join(' L ')}`),
		line: places.length < 2 ? '' : `M ${places.map((place) => `${place.x},${place.y}`).join(' L ')}`,
		ticks: ticksOf(scale).map((value) => ({ value, y: y(value) })),
		named: points.map((_, at) => at).filter((at) => (points.length - 1 - at) % step === 0)
	};
}

/** Numbers of points that follow each other and have a band; one alone has no area. */
function bandRuns(points: readonly SeriesPoint[]): readonly (readonly number[])[] {
	const runs: number[][] = [];
	points.forEach(({ band }, at) => {
		if (!band) return;
		const last = runs.at(-1);
		if (last?.at(-1) === at - 1) last.push(at);
		else runs.push([at]);
	});
	return runs;
}

function scaleOf(points: readonly SeriesPoint[]): { readonly low: number; readonly high: number } {
	const values = points.map(({ value }) => value);
	const [least, most] = [Math.min(...values), Math.max(...values)];
	const reach = BAND_REACH * Math.max(most - least, Math.abs(most) * 0.05);
	const bounds = points.flatMap(({ band }) =>
		band ? [Math.max(band.low, least - reach), Math.min(band.high, most + reach)] : []
	);
	const [low, high] = [Math.min(least, ...bounds), Math.max(most, ...bounds)];
	if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: 0, high: 1 };
	if (low === high)
		return { low: low - Math.max(1, Math.abs(low) * 0.1), high: high + Math.max(1, Math.abs(high) * 0.1) };
	const room = (high - low) * 0.06;
	// What cannot be negative is not drawn as if it could.
	return { low: least >= 0 && low - room < 0 ? Math.min(0, least) : low - room, high: high + room };
}
