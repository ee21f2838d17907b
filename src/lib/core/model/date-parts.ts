// What a moment tells, as numbers.
import { exhaustive } from '../result.ts';
import type { DatePart } from './feature-transform.ts';

const DAY_MS = 86_400_000;

/** Of milliseconds since 1970 in UTC; NaN of NaN. */
export function datePart(part: DatePart, ms: number): number {
	const days = Math.floor(ms / DAY_MS);
	switch (part) {
		case 'days':
			return days;
		case 'hour':
			return Math.floor((ms - days * DAY_MS) / 3_600_000);
		case 'weekday':
			// 1970 began on a Thursday.
			return days - 7 * Math.floor((days + 3) / 7) + 4;
		case 'year':
		case 'month':
		case 'day':
		case 'day-of-year':
			return calendar(part, days);
		default:
			return exhaustive(part);
	}
}

/** Years are counted from March, so that the day that comes and goes is the last. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function calendar(part: 'year' | 'month' | 'day' | 'day-of-year', days: number): number {
	const shifted = days + 719_468;
	const era = Math.floor(shifted / 146_097);
	const ofEra = shifted - era * 146_097;
	const yearOfEra = Math.floor(
		(ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365
	);
	const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const fromMarch = Math.floor((5 * ofYear + 2) / 153);
	const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
	const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
	if (part === 'year') return year;
	if (part === 'month') return month;
	if (part === 'day') return ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
	const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
	return month <= 2 ? ofYear - 305 : ofYear + 60 + (isLeap ? 1 : 0);
}
