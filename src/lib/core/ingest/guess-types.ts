// Guesses each column's type, the decimal mark, date formats and the texts that stand for null, from sampled cells.
import { dateFormats, isBoolean, isTime, isZonedTimestamp, numberType, timestampFormats } from './cell-types.ts';
import type { CsvOptions } from './options.ts';

export type TypeGuess = {
	readonly types: readonly string[];
	readonly nullTexts: readonly string[];
	readonly decimal: '.' | ',';
	readonly dateFormat: string | null;
	readonly timestampFormat: string | null;
};

/** Words that stand for a missing value where the rest of the column has a type. */
const nullWords = new Set(
	'na|n/a|#n/a|null|none|nil|nan|-|--|---|\\n|?|.|*|missing|unknown|n.a.|(null)|<null>|#null!|undefined|nd|n/d|k.a.|nicht bekannt|#value!|#ref!|#div/0!'.split(
		'|'
	)
);
const NULL_WORD_MAX = Math.max(...[...nullWords].map((word) => word.length));
/** Spellings that are hardly anything else, in text columns too. */
const sureNullTexts = new Set(['NULL', 'null', '\\N', 'N/A', 'n/a', '#N/A', '(null)', '<null>', '<NULL>', 'NaN']);

// Note: how many misfits a typed column may have. Below 100 sampled values none, so that a small file loses nothing; from
// there up to 1 %, and the rows that do not fit go to the rejects.
const MISFITS_FROM = 100;
const MISFIT_RATIO = 0.01;

/** `columns[i]` holds the sampled non-empty texts of column i, trimmed. */
export function guessTypes(
	columns: readonly (readonly string[])[],
	fixed: Partial<CsvOptions>,
	delimiter: string
): TypeGuess {
	const decimal = fixed.decimal ?? guessDecimal(columns, delimiter);
	const fixedNulls = fixed.nullTexts ? new Set(fixed.nullTexts) : null;
	const nulls = new Set<string>(fixed.nullTexts ?? []);
	const sampled = columns.map((values) => withoutNulls(values, fixedNulls));
	const kept = sampled.map((column) => column.kept);
	const dates = guessFormat(kept, dateFormats, fixed.dateFormat, decimal);
	const timestamps = guessFormat(kept, timestampFormats, fixed.timestampFormat, decimal, dates);
	const types = sampled.map((column) => {
		const guess = guessColumn(column, { decimal, dates, timestamps });
		if (!fixedNulls) for (const text of guess.nullTexts) nulls.add(text);
		return guess.type;
	});
	return { types, nullTexts: [...nulls].sort(), decimal, dateFormat: dates, timestampFormat: timestamps };
}

type Sampled = { readonly kept: readonly string[]; readonly nulls: readonly string[] };
type Hints = {
	readonly decimal: '.' | ',';
	readonly dates: string | null;
	readonly timestamps: string | null;
};

function guessColumn({ kept, nulls }: Sampled, hints: Hints): { type: string; nullTexts: readonly string[] } {
	const sure = (): readonly string[] => [...new Set(nulls.filter((value) => sureNullTexts.has(value)))];
	if (kept.length === 0) return { type: 'VARCHAR', nullTexts: sure() };
	const allowed = kept.length < MISFITS_FROM ? 0 : Math.floor(kept.length * MISFIT_RATIO);
	const fits = (test: (text: string) => boolean): boolean => {
		let misfits = 0;
		for (const value of kept) if (!test(value) && ++misfits > allowed) return false;
		return true;
	};
	const type = typeTests(hints).find(([, test]) => fits(test))?.[0] ?? 'VARCHAR';
	return { type, nullTexts: type === 'VARCHAR' ? sure() : [...new Set(nulls)] };
}

function typeTests(hints: Hints): readonly (readonly [string, (text: string) => boolean])[] {
	return [
		['BOOLEAN', isBoolean],
		['BIGINT', (text) => numberType(text, hints.decimal) === 'BIGINT'],
		['DOUBLE', (text) => numberType(text, hints.decimal) !== null],
		['DATE', (text) => dateFormats(text).some((format) => format === null || format === hints.dates)],
		['TIMESTAMP', (text) => timestampFits(text, hints) || dateFormats(text).includes(null)],
		['TIMESTAMP WITH TIME ZONE', isZonedTimestamp],
		['TIME', isTime]
	];
}

function timestampFits(text: string, hints: Hints): boolean {
	return timestampFormats(text).some((format) => format === null || format === hints.timestamps);
}

function withoutNulls(values: readonly string[], fixed: ReadonlySet<string> | null): Sampled {
	const kept: string[] = [];
	const nulls: string[] = [];
	for (const text of values) {
		const isNull = fixed ? fixed.has(text) : text.length <= NULL_WORD_MAX && nullWords.has(text.toLowerCase());
		(isNull ? nulls : kept).push(text);
	}
	return { kept, nulls };
}

/** The format that reads a whole column, of most columns; ISO (null) when no other is needed. */
function guessFormat(
	columns: readonly (readonly string[])[],
	formatsOf: (text: string) => (string | null)[],
	fixed: string | null | undefined,
	decimal: '.' | ',',
	prefix: string | null = null
): string | null {
	if (fixed !== undefined) return fixed;
	const votes = new Map<string, number>();
	for (const kept of columns) {
		// Most columns hold no dates, and a look at the first values tells.
		if (!kept.slice(0, 50).some((value) => formatsOf(value).length > 0)) continue;
		const counts = new Map<string | null, number>();
		for (const value of kept) for (const format of formatsOf(value)) counts.set(format, (counts.get(format) ?? 0) + 1);
		const needed = kept.length < MISFITS_FROM ? kept.length : kept.length * (1 - MISFIT_RATIO);
		const whole = [...counts].filter(([format, count]) => format !== null && count >= needed && count > 0);
		const best = prefer(
			whole
				.filter(([, count]) => count === Math.max(...whole.map(([, other]) => other)))
				.map(([format]) => format ?? ''),
			decimal,
			prefix
		);
		if (best !== null) votes.set(best, (votes.get(best) ?? 0) + 1);
	}
	return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/** Of formats that fit equally: the one like the file's dates, day first where commas are decimal, else the first known. */
function prefer(formats: readonly string[], decimal: '.' | ',', prefix: string | null): string | null {
	const like = prefix === null ? undefined : formats.find((format) => format.startsWith(prefix));
	if (like !== undefined) return like;
	if (decimal === ',') return formats.find((format) => format.startsWith('%d')) ?? formats[0] ?? null;
	return formats[0] ?? null;
}

function guessDecimal(columns: readonly (readonly string[])[], delimiter: string): '.' | ',' {
	let comma = 0;
	let point = 0;
	let either = 0;
	for (const values of columns) {
		for (const value of values) {
			if (/^[+-]?\d{1,3},\d{3}$/.test(value) && !/^[+-]?0,/.test(value)) either++;
			else if (/^[+-]?(\d+|\d{1,3}([. \u00a0]\d{3})+),\d+$/.test(value)) comma++;
			else if (/^[+-]?(\d+|\d{1,3}([, \u00a0]\d{3})+)\.\d+$/.test(value)) point++;
		}
	}
	if (comma !== point) return comma > point ? ',' : '.';
	return either > 0 && delimiter === ';' ? ',' : '.';
}
