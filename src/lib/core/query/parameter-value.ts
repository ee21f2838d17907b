// From a value as somebody gave it to the one form that its type has, or why it has none.
import { err, ok, type Result } from '../result.ts';
import type { ParameterText, ParameterType } from './named-query.ts';

/** What the value should have been. */
type Unfit = { readonly expected: string };

const expectedOf: Readonly<Record<ParameterType, string>> = {
	text: 'a text',
	integer: 'a whole number of at most 64 bits, such as 42',
	decimal: 'a number, such as 0.5',
	date: 'a date that there is, such as 2024-02-29',
	timestamp: 'a time in UTC, such as 2024-02-29T10:00:00Z',
	boolean: 'true or false'
};

const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;
const TEXT_MAX = 100_000;

export function readValue(type: ParameterType, given: unknown): Result<ParameterText, Unfit> {
	const read = textOf(type, given instanceof Date ? dateText(given) : given);
	return read === null ? err({ expected: expectedOf[type] }) : ok(read);
}

/** Of two values in the form of their type. Negative where `one` comes first. */
export function compareValues(type: ParameterType, one: ParameterText, other: ParameterText): number {
	if (type === 'integer') return BigInt(one) < BigInt(other) ? -1 : Number(BigInt(one) > BigInt(other));
	if (type === 'decimal') return Number(one) - Number(other);
	return one < other ? -1 : Number(one > other);
}

export function hasBounds(type: ParameterType): boolean {
	return type !== 'text' && type !== 'boolean';
}

function dateText(date: Date): string | null {
	return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function textOf(type: ParameterType, given: unknown): ParameterText | null {
	switch (type) {
		case 'text':
			return typeof given === 'string' && given.length <= TEXT_MAX ? given : null;
		case 'integer':
			return integerText(given);
		case 'decimal':
			return decimalText(given);
		case 'boolean':
			return given === true || given === 'true' ? 'true' : given === false || given === 'false' ? 'false' : null;
		case 'date':
			return typeof given === 'string' ? dayText(given) : null;
		case 'timestamp':
			return typeof given === 'string' ? timestampText(given) : null;
	}
}

function integerText(given: unknown): string | null {
	const isWhole = typeof given === 'bigint' || (typeof given === 'number' && Number.isSafeInteger(given));
	const text = isWhole ? String(given) : typeof given === 'string' ? given.trim() : '';
	if (!/^[+-]?\d{1,20}$/.test(text)) return null;
	const value = BigInt(text.replace(/^\+/, ''));
	return value >= INTEGER_MIN && value <= INTEGER_MAX ? String(value) : null;
}

function decimalText(given: unknown): string | null {
	const text = typeof given === 'number' || typeof given === 'bigint' ? String(given) : given;
	if (typeof text !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(text)) return null;
	const value = Number(text);
	return Number.isFinite(value) ? String(value + 0) : null;
}

/** The time of day may stand behind it where it is midnight, as a `Date` writes it. */
function dayText(given: string): string | null {
	const [, day = ''] = /^\s*(\d{4}-\d\d-\d\d)(?:T00:00:00(?:\.0+)?Z)?\s*$/.exec(given) ?? [];
	return isDay(day) ? day : null;
}

function timestampText(given: string): string | null {
	const parts = /^\s*(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,6})?)?Z?)?\s*$/.exec(given);
	const [, day = '', hour = '00', minute = '00', second = '00', fraction = ''] = parts ?? [];
	if (!isDay(day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
	return `${day} ${hour}:${minute}:${second}${fraction.replace(/\.?0*$/, '')}`;
}

function isDay(text: string): boolean {
	const at = new Date(`${text}T00:00:00Z`);
	return text !== '' && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
