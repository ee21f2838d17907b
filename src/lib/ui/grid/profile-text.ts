// A profile's numbers as words: for the header's summary and the profile's panel.
import type { ColumnProfile } from '#core/profile/profile.ts';
import { displayText } from '#core/sql/cell-text.ts';
import { typeFamily } from '#core/sql/types.ts';

const COUNT = new Intl.NumberFormat('en');
const MEASURE = new Intl.NumberFormat('en', { maximumSignificantDigits: 6, notation: 'standard' });
const EXTREME = new Intl.NumberFormat('en', { maximumSignificantDigits: 5, notation: 'scientific' });

export function countText(count: number): string {
	return COUNT.format(count);
}

/** `12.3 %`; a share that is there but rounds to nothing is `< 0.1 %`, one that is not whole is never `100 %`. */
export function shareText(part: number, whole: number): string {
	if (whole === 0 || part === 0) return '0 %';
	if (part === whole) return '100 %';
	const percent = (100 * part) / whole;
	if (percent < 0.1) return '< 0.1 %';
	return percent > 99.9 ? '> 99.9 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`.replace('.0 %', ' %');
}

export function measureText(value: number): string {
	const size = Math.abs(value);
	return size !== 0 && (size >= 1e15 || size < 1e-4) ? EXTREME.format(value) : MEASURE.format(value);
}

/** An extreme or a quantile. Those of numbers are read in groups of digits; a quantile is an estimate, told to six of them. */
export function valueText(text: string, type: string, isEstimate = false): string {
	const number = Number(text);
	if (typeFamily(type) !== 'number' || text.trim() === '' || !Number.isFinite(number)) return displayText(text, 60);
	if (Number.isSafeInteger(number) && !isEstimate && !/[eE.]/.test(text)) return countText(number);
	return isEstimate ? measureText(number) : displayText(text, 60);
}

function isTemporal(type: string): boolean {
	return /^(DATE|TIMESTAMP)/.test(type);
}

/** A histogram's bound: a number, or the date behind epoch milliseconds. */
export function boundText(value: number, type: string): string {
	if (!isTemporal(type)) return measureText(value);
	const date = new Date(value);
	return Number.isNaN(date.getTime())
		? ''
		: date
				.toISOString()
				.slice(0, type === 'DATE' ? 10 : 16)
				.replace('T', ' ');
}

/** Every text of the column is different, so that no value stands out. */
export function isAllDistinct({ topValues, rowCount }: ColumnProfile): boolean {
	return topValues !== null && rowCount > 1 && topValues.length > 0 && topValues.every((top) => top.rowCount <= 1);
}

/** One sentence with what the header draws, for those who do not see it. */
export function profileSummary(profile: ColumnProfile): string {
	const { nullCount, rowCount, distinctCount, min, max, topValues } = profile;
	const parts = [
		`${shareText(nullCount, rowCount)} null`,
		`${profile.isDistinctExact ? '' : 'about '}${countText(distinctCount)} distinct`,
		min !== null && max !== null ? `from ${displayText(min, 40)} to ${displayText(max, 40)}` : null,
		isAllDistinct(profile) || topValues?.[0] === undefined
			? null
			: `most often ${displayText(topValues[0].value, 40)}, ${shareText(topValues[0].rowCount, rowCount)}`,
		profile.coverage === 'sample' ? 'from a sample' : null
	];
	return parts.filter((part) => part !== null).join(', ');
}
