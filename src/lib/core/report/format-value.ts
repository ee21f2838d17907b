// How a report writes its values: words such as `percent` or `month`, or a specifier of d3-format or d3-time-format. Always English and UTC.
import { format as numberSpecifier } from 'd3-format';
import { utcFormat } from 'd3-time-format';
import { nearest } from '../nearest.ts';
import { err, ok, type Result } from '../result.ts';
import type { CellType, CellValue } from './edition.ts';

export type ValueFormat = (value: CellValue) => string;

/** `allowed` are the words there are for values of that type. */
export type UnknownFormat = {
	readonly kind: 'unknown-format';
	readonly format: string;
	readonly nearest: string | null;
	readonly allowed: readonly string[];
};

/** Of d3-format, whose own reading takes any letter for a type; with the width. */
const SPECIFIER = /^(?:.?[<>=^])?[+\-( ]?[$#]?0?(\d+)?,?(?:\.\d+)?~?[efgrsp%bodxXn]?$/;
/** Of d3-time-format. */
const DIRECTIVE = /%[-_0]?[aAbBcdefgGHIjLmMpqQsSuUVwWxXyYZ%]/g;
/** Characters that a format may ask for: texts come from anybody. */
const WIDTH_MAX = 60;

/** What stands for no value. */
export const NO_VALUE = '–';

const number = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
	const written = new Intl.NumberFormat('en', options);
	return (value) => (Number.isFinite(value) ? written.format(value) : String(value));
};

const grouped = number({ maximumSignificantDigits: 6 });
const whole = number({ maximumFractionDigits: 0 });
const exact = number({ maximumFractionDigits: 12 });
const extreme = number({ maximumSignificantDigits: 4, notation: 'scientific' });
const compact = number({ maximumSignificantDigits: 3, notation: 'compact' });
const percent = number({ style: 'percent', maximumFractionDigits: 1 });

const numberWords: Readonly<Record<string, (value: number) => string>> = {
	number: plainNumber,
	integer: whole,
	exact,
	short: compact,
	percent,
	bytes: bytesText,
	duration: durationText
};

const timeWords: Readonly<Record<string, (date: Date) => string>> = {
	date: utcFormat('%Y-%m-%d'),
	time: utcFormat('%H:%M'),
	seconds: utcFormat('%H:%M:%S'),
	datetime: utcFormat('%Y-%m-%d %H:%M'),
	day: utcFormat('%-d %b'),
	weekday: utcFormat('%a'),
	week: utcFormat('%G-W%V'),
	month: utcFormat('%b %Y'),
	quarter: utcFormat('%Y-Q%q'),
	year: utcFormat('%Y')
};

/** The words for numbers; `currency` stands before the code of one, such as `currency EUR`. */
export const numberFormats: readonly string[] = [...Object.keys(numberWords), 'currency'];
export const timeFormats: readonly string[] = Object.keys(timeWords);

/**
 * Writes values as the format says; without one, as suits their type. A value that is not of the type is written as it is.
 *
 * Units:  `percent` takes 0.12 for 12 %, `bytes` counts in powers of 1000, `duration` takes seconds; times are UTC epoch milliseconds.
 * Nulls:  written as `–`.
 * Fails:  unknown-format
 */
export function parseFormat(format: string | null, type: CellType): Result<ValueFormat, UnknownFormat> {
	if (format === null) return ok(plainFormat(type));
	const told = format.trim();
	if (type === 'date' || type === 'time') return parseTimeFormat(told);
	if (type === 'number') return parseNumberFormat(told);
	return err(unknownFormat(format, []));
}

/** As `parseFormat`; a format that does not fit, such as that of a column whose type changed, gives way to what suits the type. */
export function formatFor(format: string | null, type: CellType): ValueFormat {
	const parsed = parseFormat(format, type);
	return parsed.ok ? parsed.value : plainFormat(type);
}

/** `12.5 kg`; a unit that is not a word stands close: `12.5%`. */
export function withUnit(format: ValueFormat, unit: string | null): ValueFormat {
	if (unit === null || unit === '') return format;
	const space = /^[\p{L}\p{N}(]/u.test(unit) ? '\u202f' : '';
	return (value) => (value === null ? NO_VALUE : `${format(value)}${space}${unit}`);
}

function plainFormat(type: CellType): ValueFormat {
	switch (type) {
		case 'number':
			return ofNumbers(plainNumber);
		case 'date':
			return ofTimes((date) => date.toISOString().replace(/T.*/, ''));
		case 'time':
			return ofTimes(plainTime);
		case 'boolean':
		case 'text':
			return plainText;
	}
}

function parseNumberFormat(format: string): Result<ValueFormat, UnknownFormat> {
	const write = Object.hasOwn(numberWords, format) ? numberWords[format] : undefined;
	if (write) return ok(ofNumbers(write));
	const currency = /^currency ([A-Z]{3})$/.exec(format)?.[1];
	if (currency !== undefined) return ok(ofNumbers(number({ style: 'currency', currency })));
	const specifier = SPECIFIER.exec(format);
	const isBounded = specifier !== null && Number(specifier[1] ?? 0) <= WIDTH_MAX;
	return isBounded ? ok(ofNumbers(ascii(numberSpecifier(format)))) : err(unknownFormat(format, numberFormats));
}

function parseTimeFormat(format: string): Result<ValueFormat, UnknownFormat> {
	const write = Object.hasOwn(timeWords, format) ? timeWords[format] : undefined;
	if (write) return ok(ofTimes(write));
	const isSpecifier =
		format.includes('%') && format.length <= WIDTH_MAX && !format.replace(DIRECTIVE, '').includes('%');
	return isSpecifier ? ok(ofTimes(utcFormat(format))) : err(unknownFormat(format, timeFormats));
}

function unknownFormat(format: string, allowed: readonly string[]): UnknownFormat {
	return { kind: 'unknown-format', format, nearest: nearest(format, allowed), allowed };
}

function ofNumbers(write: (value: number) => string): ValueFormat {
	return (value) => (typeof value === 'number' ? write(value) : plainText(value));
}

function ofTimes(write: (date: Date) => string): ValueFormat {
	return (value) => {
		if (typeof value !== 'number') return plainText(value);
		const date = new Date(value);
		return Number.isNaN(date.getTime()) ? String(value) : write(date);
	};
}

function plainText(value: CellValue): string {
	if (value === null) return NO_VALUE;
	return typeof value === 'number' ? plainNumber(value) : String(value);
}

function plainNumber(value: number): string {
	const size = Math.abs(value);
	if (size !== 0 && (size >= 1e15 || size < 1e-4)) return extreme(value);
	return Number.isInteger(value) || size >= 1e6 ? whole(value) : grouped(value);
}

/** As precise as the time is: midnight is a day. */
function plainTime(date: Date): string {
	const text = date.toISOString();
	const end = text.lastIndexOf('T');
	const clock = text.slice(end + 1, -1);
	const day = text.slice(0, end);
	if (clock === '00:00:00.000') return day;
	return `${day} ${clock.endsWith(':00.000') ? clock.slice(0, 5) : clock.replace(/\.000$/, '')}`;
}

function bytesText(value: number): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
	const size = Math.abs(value);
	const power = size < 999.5 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(size / 0.9995) / 3));
	const scaled = value / 1000 ** power;
	return `${power === 0 || Math.abs(scaled) >= 99.5 ? whole(scaled) : scaled.toFixed(1)} ${units[power] ?? 'B'}`;
}

/** Seconds as `850 ms`, `3.2 s`, `2 min 5 s`, `3 h 20 min`, `4 d 2 h`. */
function durationText(value: number): string {
	const size = Math.abs(value);
	const sign = value < 0 ? '-' : '';
	if (!Number.isFinite(value)) return String(value);
	if (size < 1) return `${sign}${grouped(size * 1000)} ms`;
	if (size < 60) return `${sign}${grouped(Math.round(size * 10) / 10)} s`;
	const [large, small, largeSeconds, smallSeconds] =
		size < 3600
			? (['min', 's', 60, 1] as const)
			: size < 86_400
				? (['h', 'min', 3600, 60] as const)
				: (['d', 'h', 86_400, 3600] as const);
	const smalls = Math.round(size / smallSeconds);
	const perLarge = largeSeconds / smallSeconds;
	return `${sign}${whole(Math.floor(smalls / perLarge))} ${large} ${smalls % perLarge} ${small}`;
}

/** The sign that d3 writes is a minus of its own, which no other number here has. */
function ascii(write: (value: number) => string): (value: number) => string {
	return (value) => write(value).replace('−', '-');
}
