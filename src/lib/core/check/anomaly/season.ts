// Which points of a series are alike because of the hour or the day they belong to.

export const seasonalities = ['none', 'hour-of-day', 'day-of-week', 'hour-of-week', 'day-of-month'] as const;
export type Seasonality = (typeof seasonalities)[number];

/** What a seasonality falls back to where too few points of a season are known. */
export const coarserSeason: Readonly<Record<Seasonality, Seasonality | null>> = {
	'hour-of-week': 'hour-of-day',
	'hour-of-day': 'none',
	'day-of-week': 'none',
	'day-of-month': 'none',
	none: null
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long points must go back before those of a coarser season may stand in for a season of which too few are known: what was
 * seen for less than a week tells nothing of weekends.
 */
export const seasonSeenMs: Readonly<Record<Seasonality, number>> = {
	none: 0,
	'hour-of-day': DAY_MS,
	'day-of-week': 7 * DAY_MS,
	'hour-of-week': 7 * DAY_MS,
	'day-of-month': 28 * DAY_MS
};

/** 1 January 1970 was a Thursday; weeks begin on Monday. */
const EPOCH_WEEKDAY = 3;

/** A whole number that is equal for points of one season. `offsetMs` is what local time is ahead of UTC. */
export function seasonOf(seasonality: Seasonality, atMs: number, offsetMs = 0): number {
	const localMs = atMs + offsetMs;
	const hour = modulo(Math.floor(localMs / HOUR_MS), 24);
	const weekday = modulo(Math.floor(localMs / DAY_MS) + EPOCH_WEEKDAY, 7);
	switch (seasonality) {
		case 'none':
			return 0;
		case 'hour-of-day':
			return hour;
		case 'day-of-week':
			return weekday;
		case 'hour-of-week':
			return weekday * 24 + hour;
		case 'day-of-month':
			return new Date(localMs).getUTCDate();
	}
}

function modulo(value: number, of: number): number {
	return ((value % of) + of) % of;
}
