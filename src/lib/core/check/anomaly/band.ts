// The band a metric is expected in, learnt from the points before the one that is judged and never from it or any later one.
import { median, robustSpread } from './robust.ts';
import { coarserSeason, seasonOf, seasonSeenMs, type Seasonality } from './season.ts';

export type MetricPoint = {
	/** UTC epoch. */
	readonly atMs: number;
	readonly value: number;
};

export type BandOptions = {
	readonly seasonality: Seasonality;
	/** Half the band's width in standard deviations. */
	readonly sensitivity: number;
	/** The latest points that are learnt from. */
	readonly trainingCount: number;
	/** Points of a season below which the next coarser one is used, and points of any below which nothing is judged. */
	readonly seasonCountMin: number;
	readonly trainingCountMin: number;
	/** The least standard deviation, as a share of the expected value: a metric that never moved may move by so much. */
	readonly spreadFloor: number;
	/** What local time is ahead of UTC. */
	readonly offsetMs: number;
};

export const BAND_OPTIONS: BandOptions = {
	seasonality: 'none',
	sensitivity: 4,
	trainingCount: 1000,
	seasonCountMin: 3,
	trainingCountMin: 7,
	spreadFloor: 0.005,
	offsetMs: 0
};

export type Band = {
	readonly expected: number;
	readonly low: number;
	readonly high: number;
	/** In units of a normal distribution's standard deviation. */
	readonly spread: number;
	/** What was used, which may be coarser than what was asked for. */
	readonly seasonality: Seasonality;
	readonly trainedOn: number;
};

/**
 * The band of the point at an index of a series in ascending time; null where too few come before it.
 *
 * Expected is the median of the points of its season. The spread is told from how far each known point is from the median of the
 * others of its season, which is what judging it would have met: over all seasons in proportion to their level, where all are of one
 * sign, and of the season's own points the more, the more there are. A coarser season mixes what is unlike, such as weekends and
 * workdays: its band lies around all that it has seen.
 */
export function bandAt(points: readonly MetricPoint[], at: number, options: BandOptions = BAND_OPTIONS): Band | null {
	const point = points[at];
	const training = points
		.slice(Math.max(0, at - options.trainingCount), at)
		.filter(({ value }) => Number.isFinite(value));
	if (!point || training.length < options.trainingCountMin) return null;
	const seenMs = point.atMs - (training[0]?.atMs ?? 0);
	for (
		let seasonality: Seasonality | null = options.seasonality;
		seasonality;
		seasonality = coarserSeason[seasonality]
	) {
		const isCoarser = seasonality !== options.seasonality;
		if (isCoarser && seenMs < seasonSeenMs[options.seasonality]) return null;
		const bySeason = valuesBySeason(training, seasonality, options.offsetMs);
		const alike = bySeason.get(seasonOf(seasonality, point.atMs, options.offsetMs)) ?? [];
		const expected = median(alike);
		if (expected === null || (alike.length < options.seasonCountMin && seasonality !== 'none')) continue;
		const spread = Math.max(
			seasonSpread(bySeason, alike, expected),
			options.spreadFloor * Math.abs(expected),
			Number.MIN_VALUE
		);
		const reach = options.sensitivity * spread;
		const seen = isCoarser ? [expected, ...alike] : [expected];
		const band = { low: Math.min(...seen) - reach, high: Math.max(...seen) + reach };
		return { expected, ...band, spread, seasonality, trainedOn: training.length };
	}
	return null;
}

export type Judgement = MetricPoint & {
	readonly band: Band | null;
	/** Distance from what is expected in standard deviations; null without a band. */
	readonly score: number | null;
	readonly isAnomaly: boolean;
};

/** Every point against the band of those before it: what a rule would have said at the time. */
export function judgePoints(points: readonly MetricPoint[], options: BandOptions = BAND_OPTIONS): readonly Judgement[] {
	return points.map((point, at) => judgeAgainst(point, bandAt(points, at, options)));
}

export function judgeAgainst(point: MetricPoint, band: Band | null): Judgement {
	if (band === null) return { ...point, band, score: null, isAnomaly: false };
	const distance = point.value - band.expected;
	const score = distance === 0 ? 0 : distance / band.spread;
	return { ...point, band, score, isAnomaly: !(point.value >= band.low && point.value <= band.high) };
}

function valuesBySeason(
	points: readonly MetricPoint[],
	seasonality: Seasonality,
	offsetMs: number
): ReadonlyMap<number, readonly number[]> {
	const bySeason = new Map<number, number[]>();
	for (const { atMs, value } of points) {
		const season = seasonOf(seasonality, atMs, offsetMs);
		const values = bySeason.get(season);
		if (values) values.push(value);
		else bySeason.set(season, [value]);
	}
	return bySeason;
}

/** Points that what all seasons say of a season's spread counts as. */
const POOLED_POINTS = 12;

function seasonSpread(
	bySeason: ReadonlyMap<number, readonly number[]>,
	alike: readonly number[],
	expected: number
): number {
	const seasons = [...bySeason.values()].filter((values) => values.length > 1);
	const centres = seasons.map((values) => median(values) ?? 0);
	const isScaled = isOfOneSign(centres);
	const residuals = seasons.flatMap((values, at) => {
		const unit = isScaled ? Math.abs(centres[at] ?? 1) : 1;
		return distancesFromOthers(values).map((distance) => distance / unit);
	});
	const pooled = (robustSpread(residuals, 0) ?? 0) * (isScaled ? Math.abs(expected) : 1);
	const own = robustSpread(distancesFromOthers(alike), 0);
	return own === null ? pooled : (own * alike.length + pooled * POOLED_POINTS) / (alike.length + POOLED_POINTS);
}

/** Of each value, how far it is from the median of the others; none of a value alone. */
function distancesFromOthers(values: readonly number[]): readonly number[] {
	const sorted = Float64Array.from(values).sort();
	const count = sorted.length;
	if (count < 2) return [];
	// Without one below the middle, the middle moves up by one.
	const half = (count - 1) >> 1;
	const isOdd = count % 2 === 1;
	return Array.from(sorted, (value, at) => {
		const upper = sorted[at <= half ? half + 1 : half] ?? 0;
		const lower = isOdd ? (sorted[at < half ? half : half - 1] ?? 0) : upper;
		return value - (upper + lower) / 2;
	});
}

/**
 * A series without its seasons, for a look back over all of it: each value as a share of the median of its season, where all are of
 * one sign, else less that median; in units of the series.
 */
export function withoutSeasons(
	points: readonly MetricPoint[],
	seasonality: Seasonality,
	offsetMs = 0
): readonly MetricPoint[] {
	const bySeason = valuesBySeason(points, seasonality, offsetMs);
	const level = median(points.map(({ value }) => value)) ?? 0;
	const centres = new Map([...bySeason].map(([season, values]) => [season, median(values) ?? 0]));
	const isScaled = isOfOneSign([...centres.values()]);
	return points.map(({ atMs, value }) => {
		const centre = centres.get(seasonOf(seasonality, atMs, offsetMs)) ?? level;
		return { atMs, value: isScaled ? (value / centre) * level : value - centre + level };
	});
}

function isOfOneSign(centres: readonly number[]): boolean {
	return centres.every((centre) => centre > 0) || centres.every((centre) => centre < 0);
}
