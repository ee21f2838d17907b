// A check and what it found, in words.
import { usualName } from '#core/check/parse-suite.ts';
import type { Check } from '#core/check/suite.ts';
import type { CheckVerdict, Outcome } from '#core/check/verdict.ts';
import type { StateWords } from '../pipelines/run-words.ts';

export const outcomeWords: Readonly<Record<Outcome, StateWords>> = {
	pass: { word: 'holds', tone: 'good' },
	warn: { word: 'warning', tone: 'warn' },
	fail: { word: 'failed', tone: 'bad' },
	error: { word: 'not evaluated', tone: 'maybe' }
};

/** Beside a version. */
export const checksText: Readonly<Record<Outcome, string>> = {
	pass: 'checks hold',
	warn: 'checks warn',
	fail: 'checks failed',
	error: 'checks not evaluated'
};

export const uncheckedWords: StateWords = { word: 'not checked', tone: 'wait' };

/** `expect_column_values_to_be_between` as `values to be between`: what it is about is said before it. */
export function expectationTitle(expectation: string): string {
	return expectation.replace(/^expect_(?:column_(?!to_)|table_)?/, '').replaceAll('_', ' ');
}

const about = ['column', 'column_A', 'column_B', 'column_list', 'column_set'];
const beside = new Set(['mostly', 'row_condition', 'condition_parser', 'strict_min', 'strict_max']);

/** What it is about: columns, or the whole table. */
export function aboutText(kwargs: Readonly<Record<string, unknown>>): string {
	const names = about.flatMap((key) => {
		const value = kwargs[key];
		return typeof value === 'string' ? [value] : Array.isArray(value) ? value.map(String) : [];
	});
	return names.length === 0 ? 'the table' : names.length > 4 ? `${names.length} columns` : names.join(', ');
}

/** Its parameters in one line: `0 to 100, at least 95 %, where region = 'EU'`. */
export function parameterText(kwargs: Readonly<Record<string, unknown>>): string {
	const { mostly, row_condition: condition } = kwargs;
	const parts: string[] = [];
	const bounds = boundsText(kwargs);
	if (bounds !== '') parts.push(bounds);
	for (const [key, value] of Object.entries(kwargs))
		if (!about.includes(key) && !beside.has(key) && key !== 'min_value' && key !== 'max_value' && value !== null)
			parts.push(`${key.replaceAll('_', ' ')} ${shown(value)}`);
	if (typeof mostly === 'number' && mostly < 1) parts.push(`in at least ${percentText(100 * mostly)} of rows`);
	if (typeof condition === 'string') parts.push(`where ${condition}`);
	return parts.join(', ');
}

function boundsText({
	min_value: least,
	max_value: most,
	strict_min,
	strict_max
}: Readonly<Record<string, unknown>>): string {
	const low = least == null ? '' : `${strict_min === true ? 'above' : 'at least'} ${shown(least)}`;
	const high = most == null ? '' : `${strict_max === true ? 'below' : 'at most'} ${shown(most)}`;
	if (low === '' || high === '') return `${low}${high}`;
	return strict_min === true || strict_max === true ? `${low}, ${high}` : `${shown(least)} to ${shown(most)}`;
}

/** What a person called it; null where the name is made of what it says. */
export function ownName(check: Pick<Check, 'name' | 'expectation' | 'kwargs'>): string | null {
	return check.name.replace(/ \(\d+\)$/, '') === usualName(check) ? null : check.name;
}

/** What was found, in one line. */
export function foundText({ outcome, result, unexpectedCount, problem }: CheckVerdict): string {
	if (problem || result === null) return outcome === 'error' ? 'could not be evaluated' : '';
	const count = result['element_count'];
	if (unexpectedCount !== null) {
		if (unexpectedCount === 0) return 'no row against it';
		const share = typeof count === 'number' && count > 0 ? ` (${percentText((100 * unexpectedCount) / count)})` : '';
		return `${unexpectedCount.toLocaleString('en')} ${unexpectedCount === 1 ? 'row' : 'rows'} against it${share}`;
	}
	const observed = result['observed_value'];
	if (observed === undefined || observed === null) return '';
	return Array.isArray(observed) && observed.length > 3
		? `found ${observed.length} values`
		: `found ${shown(observed)}`;
}

export function percentText(percent: number): string {
	if (percent > 0 && percent < 0.01) return 'under 0.01 %';
	return `${percent.toLocaleString('en', { maximumFractionDigits: 2 })} %`;
}

export function shown(value: unknown): string {
	if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 6 });
	// Dates come as the moments at which they begin.
	if (typeof value === 'string') return value.replace(/^(\d{4}-\d\d-\d\d)T00:00:00(?:\.000)?Z$/, '$1');
	const isFlat = Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null);
	const text = isFlat ? value.map(shown).join(', ') : (JSON.stringify(value) ?? '');
	return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
