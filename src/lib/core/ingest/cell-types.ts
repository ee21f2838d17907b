// Which type a cell's text has: numbers with either decimal mark and grouping, truth values, dates and times.

/** A date format, the texts it reads, and where day and month stand in them. */
type DateShape = {
	readonly format: string | null;
	readonly pattern: RegExp;
	readonly day: number;
	readonly month: number;
};

const months = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)';
const longMonths = '(?:january|february|march|april|may|june|july|august|september|october|november|december)';

/** In order of trust: where two fit every value, the first wins unless hints say otherwise. */
const dateShapes: readonly DateShape[] = [
	{ format: null, pattern: /^\d{4}-(\d\d?)-(\d\d?)$/, month: 1, day: 2 },
	{ format: '%Y/%m/%d', pattern: /^\d{4}\/(\d\d?)\/(\d\d?)$/, month: 1, day: 2 },
	{ format: '%Y.%m.%d', pattern: /^\d{4}\.(\d\d?)\.(\d\d?)$/, month: 1, day: 2 },
	{ format: '%d.%m.%Y', pattern: /^(\d\d?)\.(\d\d?)\.\d{4}$/, day: 1, month: 2 },
	{ format: '%m/%d/%Y', pattern: /^(\d\d?)\/(\d\d?)\/\d{4}$/, day: 2, month: 1 },
	{ format: '%d/%m/%Y', pattern: /^(\d\d?)\/(\d\d?)\/\d{4}$/, day: 1, month: 2 },
	{ format: '%d-%m-%Y', pattern: /^(\d\d?)-(\d\d?)-\d{4}$/, day: 1, month: 2 },
	{ format: '%m-%d-%Y', pattern: /^(\d\d?)-(\d\d?)-\d{4}$/, day: 2, month: 1 },
	{ format: '%d.%m.%y', pattern: /^(\d\d?)\.(\d\d?)\.\d\d$/, day: 1, month: 2 },
	{ format: '%m/%d/%y', pattern: /^(\d\d?)\/(\d\d?)\/\d\d$/, day: 2, month: 1 },
	{ format: '%d/%m/%y', pattern: /^(\d\d?)\/(\d\d?)\/\d\d$/, day: 1, month: 2 },
	{ format: '%d-%b-%Y', pattern: new RegExp(`^(\\d\\d?)-${months}-\\d{4}$`, 'i'), day: 1, month: 0 },
	{ format: '%d %b %Y', pattern: new RegExp(`^(\\d\\d?) ${months} \\d{4}$`, 'i'), day: 1, month: 0 },
	{ format: '%d %B %Y', pattern: new RegExp(`^(\\d\\d?) ${longMonths} \\d{4}$`, 'i'), day: 1, month: 0 },
	{ format: '%b %d, %Y', pattern: new RegExp(`^${months} (\\d\\d?), \\d{4}$`, 'i'), day: 1, month: 0 },
	{ format: '%b %d %Y', pattern: new RegExp(`^${months} (\\d\\d?) \\d{4}$`, 'i'), day: 1, month: 0 },
	{ format: '%B %d, %Y', pattern: new RegExp(`^${longMonths} (\\d\\d?), \\d{4}$`, 'i'), day: 1, month: 0 }
];

const isoShape = dateShapes.find(({ format }) => format === null);

const timeShapes: readonly { readonly format: string; readonly pattern: RegExp }[] = [
	{ format: '%H:%M:%S', pattern: /^([01]?\d|2[0-3]):[0-5]\d:[0-5]\d$/ },
	{ format: '%H:%M:%S.%f', pattern: /^([01]?\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{1,6}$/ },
	{ format: '%H:%M', pattern: /^([01]?\d|2[0-3]):[0-5]\d$/ },
	{ format: '%I:%M %p', pattern: /^(0?[1-9]|1[0-2]):[0-5]\d [ap]m$/i },
	{ format: '%I:%M:%S %p', pattern: /^(0?[1-9]|1[0-2]):[0-5]\d:[0-5]\d [ap]m$/i }
];

const isoTime = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d([.]\d{1,9})?)?$/;
const clock = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$/;
const offset = /(Z|[+-]\d\d(:?\d\d)?)$/;

const integerText = /^[+-]?\d+$/;
const plainDouble = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

/** Text of a number as the engine reads it: a point for the decimal mark, no grouping. Other text comes back unchanged. */
export function canonicalNumber(text: string, decimal: '.' | ','): string {
	const trimmed = text.trim();
	if (integerText.test(trimmed)) return trimmed;
	const group = decimal === '.' ? ',' : '.';
	const grouped = decimal === '.' ? /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/ : /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/;
	let plain = trimmed;
	if (grouped.test(plain)) plain = plain.replaceAll(group, '');
	else if (/^[+-]?\d{1,3}([ \u00a0\u202f'’]\d{3})+([.,]\d*)?$/.test(plain))
		plain = plain.replace(/[ \u00a0\u202f'’]/g, '');
	if (decimal === '.') return plain;
	// A point beside a decimal comma is no number, so it must not become one by replacing.
	return plain.includes('.') ? trimmed.replaceAll('.', '?') : plain.replace(',', '.');
}

/** BIGINT, DOUBLE, or null for text: leading zeros, phone numbers and integers longer than 64 bits are names, not numbers. */
export function numberType(text: string, decimal: '.' | ','): 'BIGINT' | 'DOUBLE' | null {
	const plain = canonicalNumber(text, decimal);
	if (!plainDouble.test(plain)) return null;
	const digits = plain.replace(/^[+-]/, '');
	if (/^0\d/.test(digits)) return null;
	if (!integerText.test(plain)) return 'DOUBLE';
	if (plain.startsWith('+') && digits.length > 6) return null;
	if (digits.length < 19) return 'BIGINT';
	if (digits.length > 19) return null;
	const value = BigInt(plain.replace(/^\+/, ''));
	return value >= -(2n ** 63n) && value < 2n ** 63n ? 'BIGINT' : null;
}

const dateLike = /^(\d\d?|\d{4}|[a-z]{3,9})[-/. ]\d\d?[-/., ]|^\d\d?[- ][a-z]{3}/i;
const isoLike = /^\d{4}-/;

/** Formats of whole dates that read the text, null standing for ISO. */
export function dateFormats(text: string): (string | null)[] {
	if (!dateLike.test(text)) return [];
	if (isoLike.test(text)) return isoShape && fitsShape(isoShape, text) ? [null] : [];
	return dateShapes.filter((shape) => fitsShape(shape, text)).map((shape) => shape.format);
}

/** Formats of date and time that read the text, null standing for ISO without an offset. */
export function timestampFormats(text: string): (string | null)[] {
	const at = dateEnd(text);
	if (at < 0) return [];
	const separator = text.charAt(at);
	const time = text.slice(at + 1);
	const formats: (string | null)[] = [];
	for (const date of dateFormats(text.slice(0, at))) {
		if (date === null && isoTime.test(time)) formats.push(null);
		else if (date !== null) {
			const shape = timeShapes.find((known) => known.pattern.test(time));
			if (shape) formats.push(`${date}${separator}${shape.format}`);
		} else {
			const shape = timeShapes.find((known) => known.pattern.test(time));
			if (shape) formats.push(`%Y-%m-%d${separator}${shape.format}`);
		}
	}
	return formats;
}

/** ISO date and time with an offset or `Z`. */
export function isZonedTimestamp(text: string): boolean {
	const zone = offset.exec(text);
	return zone !== null && zone.index > 10 && timestampFormats(text.slice(0, zone.index).trimEnd()).includes(null);
}

export const isTime = (text: string): boolean => clock.test(text);

export const isBoolean = (text: string): boolean => /^(true|false)$/i.test(text);

/** `true` or `false` for the many spellings a BOOLEAN column may hold; null for other text. */
export function canonicalBoolean(text: string): 'true' | 'false' | null {
	const word = text.trim().toLowerCase();
	if (['true', 't', 'yes', 'y', '1', 'on'].includes(word)) return 'true';
	if (['false', 'f', 'no', 'n', '0', 'off'].includes(word)) return 'false';
	return null;
}

function dateEnd(text: string): number {
	const iso = /^\d{4}-\d\d?-\d\d?([T ])/.exec(text);
	if (iso) return iso[0].length - 1;
	const clockAt = /[T ]\d\d?:\d\d/.exec(text);
	return clockAt ? clockAt.index : -1;
}

function fitsShape(shape: DateShape, text: string): boolean {
	const found = shape.pattern.exec(text);
	if (!found) return false;
	const day = Number(found[shape.day]);
	const month = shape.month === 0 ? 1 : Number(found[shape.month]);
	return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}
