// The text of a cell: exact for copying (`cellText`), indented for reading (`prettyCellText`), one safe line for a grid
// (`displayText`). Does not decode Arrow: values come as flechette extracts them with bigint options on.

export type CellShape =
	| { readonly kind: 'boolean' | 'integer' | 'single' | 'double' | 'text' | 'binary' | 'date' | 'interval' | 'other' }
	/** The value is the unscaled integer. */
	| { readonly kind: 'decimal'; readonly scale: number }
	/** The value counts 1/unitsPerSecond since midnight. */
	| { readonly kind: 'time'; readonly unitsPerSecond: bigint }
	/** The value counts 1/unitsPerSecond since 1970-01-01 in UTC; `zoned` appends `Z`. */
	| { readonly kind: 'timestamp'; readonly unitsPerSecond: bigint; readonly zoned: boolean }
	| { readonly kind: 'list'; readonly item: CellShape }
	| { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly shape: CellShape }[] }
	| { readonly kind: 'map'; readonly key: CellShape; readonly value: CellShape };

const DAY_MS = 86_400_000;
const INFINITE_DAYS = 2_147_483_647;
const INFINITE_TIMESTAMP = 9_223_372_036_854_775_807n;

/** The whole value as text, nested values as compact JSON; null stays null, so that it never passes for an empty text. */
export function cellText(value: unknown, shape: CellShape): string | null {
	if (value === null || value === undefined) return null;
	return isNested(shape) ? json(value, shape, null, '') : scalarText(value, shape);
}

/** As `cellText`, with nested values and texts that hold JSON objects or arrays indented by two spaces. */
export function prettyCellText(value: unknown, shape: CellShape): string | null {
	if (value === null || value === undefined) return null;
	if (isNested(shape)) return json(value, shape, '  ', '');
	const text = scalarText(value, shape);
	return shape.kind === 'text' ? indentedJson(text) : text;
}

/**
 * One line that cannot disturb its neighbours: line breaks are ⏎, tabs ⇥, controls their pictures, and characters that
 * reorder or hide text (bidi marks, zero-width spaces) are named as ⟨U+202E⟩. At most about `limit` characters, then `…`.
 */
export function displayText(text: string, limit: number): string {
	const cut = text.length > limit;
	const shown = cut ? text.slice(0, isLeadSurrogate(text, limit - 1) ? limit - 1 : limit) : text;
	const safe = UNSAFE.test(shown) ? shown.replace(UNSAFE_RUNS, picture) : shown;
	return cut ? `${safe}…` : safe;
}

function isNested(shape: CellShape): boolean {
	return shape.kind === 'list' || shape.kind === 'struct' || shape.kind === 'map';
}

function scalarText(value: unknown, shape: CellShape): string {
	switch (shape.kind) {
		case 'single':
			return typeof value === 'number' ? singleText(value) : String(value);
		case 'decimal':
			return decimalText(BigInt(value as bigint | number), shape.scale);
		case 'date':
			return dateText(Math.round(Number(value) / DAY_MS));
		case 'time':
			return timeText(BigInt(value as bigint | number), shape.unitsPerSecond);
		case 'timestamp':
			return timestampText(BigInt(value as bigint | number), shape.unitsPerSecond, shape.zoned);
		case 'interval':
			return intervalText(value);
		case 'binary':
			return `0x${hex(value as Uint8Array)}`;
		default:
			return typeof value === 'string' ? value : plainText(value);
	}
}

/** The shortest decimal that reads back as the same 32-bit float: 0.1, not 0.10000000149011612. */
function singleText(value: number): string {
	for (let digits = 6; digits < 9; digits++) {
		const text = Number(value.toPrecision(digits));
		if (Math.fround(text) === value) return String(text);
	}
	return String(value);
}

function decimalText(unscaled: bigint, scale: number): string {
	if (scale === 0) return String(unscaled);
	const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
	return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Source: Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days. Exact beyond Date's range. */
function dateText(days: number): string {
	if (Math.abs(days) >= INFINITE_DAYS) return days > 0 ? 'infinity' : '-infinity';
	const shifted = days + 719_468;
	const era = Math.floor(shifted / 146_097);
	const dayOfEra = shifted - era * 146_097;
	const yearOfEra = Math.floor(
		(dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
	);
	const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
	const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
	const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
	const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
	const monthDay = `${two(month)}-${two(day)}`;
	return year > 0
		? `${String(year).padStart(4, '0')}-${monthDay}`
		: `${String(1 - year).padStart(4, '0')}-${monthDay} BC`;
}

function timeText(units: bigint, unitsPerSecond: bigint): string {
	const seconds = Number(units / unitsPerSecond);
	const rest = units % unitsPerSecond;
	const fraction =
		rest === 0n
			? ''
			: `.${String(rest)
					.padStart(String(unitsPerSecond).length - 1, '0')
					.replace(/0+$/, '')}`;
	return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`;
}

function timestampText(units: bigint, unitsPerSecond: bigint, zoned: boolean): string {
	if (units >= INFINITE_TIMESTAMP) return 'infinity';
	if (units <= -INFINITE_TIMESTAMP) return '-infinity';
	const unitsPerDay = unitsPerSecond * 86_400n;
	const sinceMidnight = ((units % unitsPerDay) + unitsPerDay) % unitsPerDay;
	const days = (units - sinceMidnight) / unitsPerDay;
	const [date, era] = dateText(Number(days)).split(' ');
	return `${date} ${timeText(sinceMidnight, unitsPerSecond)}${zoned ? 'Z' : ''}${era === undefined ? '' : ` ${era}`}`;
}

/** Arrow's months, days and nanoseconds, worded as DuckDB words an interval. */
function intervalText(value: unknown): string {
	const [months, days, nanos] = Array.from(value as ArrayLike<number>);
	if (months === undefined || days === undefined || nanos === undefined) return String(value);
	const years = Math.trunc(months / 12);
	const words = [
		[years, 'year'],
		[months % 12, 'month'],
		[days, 'day']
	] as const;
	const parts = words
		.filter(([count]) => count !== 0)
		.map(([count, word]) => `${count} ${word}${Math.abs(count) === 1 ? '' : 's'}`);
	if (nanos !== 0 || parts.length === 0) {
		const micros = BigInt(Math.round(nanos / 1000));
		parts.push(`${micros < 0n ? '-' : ''}${timeText(micros < 0n ? -micros : micros, 1_000_000n)}`);
	}
	return parts.join(' ');
}

function json(value: unknown, shape: CellShape, indent: string | null, margin: string): string {
	if (value === null || value === undefined) return 'null';
	const inner = indent === null ? '' : margin + indent;
	const wrap = (open: string, items: readonly string[], close: string): string => {
		if (items.length === 0) return open + close;
		if (indent === null) return open + items.join(',') + close;
		return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${margin}${close}`;
	};
	const colon = indent === null ? ':' : ': ';
	switch (shape.kind) {
		case 'list':
			return wrap(
				'[',
				Array.from(value as Iterable<unknown>, (item) => json(item, shape.item, indent, inner)),
				']'
			);
		case 'struct': {
			const fields = value as Readonly<Record<string, unknown>>;
			const items = shape.fields.map(
				({ name, shape: of }) => `${JSON.stringify(name)}${colon}${json(fields[name], of, indent, inner)}`
			);
			return wrap('{', items, '}');
		}
		case 'map': {
			const items = Array.from(value as Iterable<readonly [unknown, unknown]>, ([key, item]) => {
				const name = cellText(key, shape.key) ?? 'null';
				return `${JSON.stringify(name)}${colon}${json(item, shape.value, indent, inner)}`;
			});
			return wrap('{', items, '}');
		}
		case 'boolean':
		case 'integer':
		case 'decimal':
			return scalarText(value, shape);
		case 'single':
		case 'double':
			return Number.isFinite(value) ? scalarText(value, shape) : JSON.stringify(scalarText(value, shape));
		case 'other':
			return JSON.stringify(value, bigintAsText);
		default:
			return JSON.stringify(scalarText(value, shape));
	}
}

function indentedJson(text: string): string {
	if (!/^\s*[[{]/.test(text) || text.length > 1_000_000) return text;
	try {
		return JSON.stringify(JSON.parse(text), null, 2);
	} catch {
		// Not JSON after all: the text as it is.
		return text;
	}
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const UNSAFE_RUNS = /\r\n|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Joiners shape emoji and several scripts; hiding nothing, they stay. */
const HARMLESS = new Set(['\u200c', '\u200d', '\u00ad']);

function picture(character: string): string {
	if (character === '\n' || character === '\r' || character === '\r\n') return '⏎';
	if (character === '\t') return '⇥';
	if (HARMLESS.has(character)) return character;
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x20) return String.fromCodePoint(0x2400 + code);
	if (code === 0x7f) return '␡';
	return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function isLeadSurrogate(text: string, index: number): boolean {
	const code = text.charCodeAt(index);
	return code >= 0xd800 && code <= 0xdbff;
}

function hex(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
	return text;
}

/** What has no shape of its own: a number, a bigint, a boolean, or an object as JSON. */
function plainText(value: unknown): string {
	return typeof value === 'object' ? JSON.stringify(value, bigintAsText) : `${value as number | bigint | boolean}`;
}

function bigintAsText(_key: string, value: unknown): unknown {
	return typeof value === 'bigint' ? String(value) : value;
}

function two(value: number): string {
	return String(value).padStart(2, '0');
}
