// Guesses delimiter, quote, escape and comment of delimited text by trying them: the right ones make rows of one width.
import type { Dialect } from './dialect.ts';
import type { CsvOptions } from './options.ts';
import { RecordReader, type SourceRecord } from './record-reader.ts';

const SAMPLE_RECORDS = 400;
const SAMPLE_LENGTH = 256 * 1024;

/** How readily each delimiter is believed; any other punctuation is worth 0.4. */
const trustByDelimiter: ReadonlyMap<string, number> = new Map([
	[',', 1],
	[';', 1],
	['\t', 1],
	['|', 1],
	['\u0001', 1],
	['\u001f', 1],
	[':', 0.6],
	[' ', 0.45]
]);

/** Of rows below that are as short. */
const SHORT_SHARE = 0.1;

export type DialectGuess = {
	readonly dialect: Dialect;
	readonly skipLines: number;
	/** Cells of most records. */
	readonly width: number;
};

/** `text` is the start of the source and ends at a line end or the source's end. */
export function guessDialect(text: string, fixed: Partial<CsvOptions>): DialectGuess {
	const sample = text.slice(0, SAMPLE_LENGTH);
	let best: (DialectGuess & { score: number }) | null = null;
	for (const quote of fixed.quote === undefined ? quotesIn(sample) : [fixed.quote]) {
		for (const delimiter of fixed.delimiter === undefined ? delimitersIn(sample) : [fixed.delimiter]) {
			const escape = fixed.escape ?? (quote === '' ? '' : guessEscape(sample, quote, delimiter));
			for (const comment of fixed.comment === undefined ? commentsIn(sample) : [fixed.comment]) {
				const candidate = rate(sample, { delimiter, quote, escape, comment }, fixed.skipLines);
				if (!best || candidate.score > best.score + 1e-9) best = candidate;
			}
		}
	}
	return (
		best ?? {
			dialect: { delimiter: ',', quote: '"', escape: '"', comment: '' },
			skipLines: fixed.skipLines ?? 0,
			width: 1
		}
	);
}

function rate(sample: string, dialect: Dialect, skipLines: number | undefined): DialectGuess & { score: number } {
	const records = sampleRecords(sample, dialect, skipLines ?? 0);
	const counts = records.map((record) => record.cells.length);
	const modal = modalWidth(counts);
	const long = longHeader(records, modal);
	const width = long?.width ?? modal;
	const trailing = width > 2 && endsEmpty(records, width);
	const fitting =
		long?.index ?? records.findIndex(({ cells }) => cells.length === width || (trailing && cells.length === width - 1));
	const full = fitting < 0 ? fitting : fitting + titleRows(records.slice(fitting), width);
	const first = full === fitting && !long ? fitting - shortRowsBefore(records, fitting, width) : full;
	const preamble = skipLines !== undefined ? [] : records.slice(0, first);
	const body = skipLines !== undefined ? records : records.slice(first);
	const start = skipLines ?? (width > 1 && preamble.length > 0 ? (body[0]?.line ?? 1) - 1 : 0);
	const same = body.filter((record) => record.cells.length === width).length;
	const near = body.filter((record) => fitsNearly(record, width)).length - same;
	const share = body.length === 0 ? 0 : (same + near * 0.8) / body.length;
	const broken = records.filter((record) => record.unterminated).length > 0 ? 0.5 : 1;
	const quoted = dialect.quote === '' ? 0.98 : 1;
	const commented = dialect.comment === '' ? 1 : 0.995;
	// A single column is always consistent; anything split well beats it.
	const trust = width === 1 ? 0.3 : trustIn(dialect.delimiter);
	const typed = 0.8 + 0.2 * typedShare(body.slice(1, 100), width);
	const preambleCost =
		width === 1 ? 1 : Math.max(0.5, 1 - 0.03 * preamble.length - (body.length <= preamble.length ? 0.2 : 0));
	const wide = 1 + Math.min(width, 20) * 0.002;
	const decimals = dialect.delimiter === ',' && width > 1 && decimalShare(body, width) > 0.9 ? 0.5 : 1;
	const moments = width > 1 && momentShare(body, dialect.delimiter) > 0.5 ? 0.1 : 1;
	const score = share ** 3 * trust * typed * broken * quoted * commented * preambleCost * wide * decimals * moments;
	return { dialect, skipLines: start, width, score };
}

const columnName = /^[\p{L}_][\p{L}\p{N}_ .()%/#-]{0,39}$/u;

/**
 * A header with more names than most rows have cells: rows that end where their last value is. Nearly all rows must end within it, for
 * a sentence with commas above other sentences is none.
 */
function longHeader(
	records: readonly SourceRecord[],
	modal: number
): { readonly index: number; readonly width: number } | null {
	const index = records.findIndex(({ cells }) => cells.length > modal);
	const names = (records[index]?.cells ?? []).map((cell) => cell.toLowerCase());
	while (names.at(-1) === '') names.pop();
	const body = records.slice(index + 1);
	if (modal < 2 || names.length <= modal || body.length === 0) return null;
	if (new Set(names).size < names.length || !names.every((name) => columnName.test(name) && !typedText.test(name)))
		return null;
	const fitting = body.filter(({ cells }) => cells.length > 1 && cells.length <= names.length).length;
	return fitting >= body.length * 0.95 ? { index, width: names.length } : null;
}

/**
 * How many rows above the header are titles that a spreadsheet filled up with delimiters: at most one cell holds something,
 * and then comes a row whose cells all hold a text that is no value.
 */
function titleRows(records: readonly SourceRecord[], width: number): number {
	if (width < 3) return 0;
	const used = records.map(({ cells }) => cells.filter((cell) => cell.trim() !== '').length);
	const header = used.findIndex((count) => count > 1);
	const cells = records[header]?.cells ?? [];
	const isHeader = cells.length === width && cells.every((cell) => !typedText.test(cell));
	return isHeader ? header : 0;
}

/** How many rows right above the first full one end where their last value is, as many below it do: they are no titles. */
function shortRowsBefore(records: readonly SourceRecord[], full: number, width: number): number {
	const below = records.slice(Math.max(full, 0)).map(({ cells }) => cells.length);
	const isUsual = (count: number): boolean =>
		count > 1 &&
		count < width &&
		below.filter((one) => one === count).length >= Math.max(2, below.length * SHORT_SHARE);
	let rows = 0;
	while (rows < full && isUsual(records[full - rows - 1]?.cells.length ?? 0)) rows++;
	return rows;
}

/** Rows in which commas stand between digits only, beside a delimiter they did not split: `1;bread;1,50`. */
function decimalShare(records: readonly SourceRecord[], width: number): number {
	const rows = records.filter((record) => record.cells.length === width);
	const decimal = rows.filter(
		({ cells }) =>
			cells.some((cell) => /[;\t|]/.test(cell)) &&
			cells.every((cell, at) => (at === 0 || /^\d/.test(cell)) && (at === width - 1 || /\d$/.test(cell)))
	);
	return decimal.length / Math.max(1, rows.length);
}

const moment = /^(\d{1,4}[/.-]\d\d?[/.-]\d{1,4})?([T ]?\d\d?:\d\d(:\d\d(\.\d+)?)?( ?[ap]m)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** Rows that are one date or time, which the delimiter took apart: `02/01/2014`, `15:22:00`. */
function momentShare(records: readonly SourceRecord[], delimiter: string): number {
	if (!/^[/: ]$/.test(delimiter)) return 0;
	return records.filter(({ cells }) => moment.test(cells.join(delimiter))).length / Math.max(1, records.length);
}

/** Every row ends with a delimiter: nothing stands behind it, not even in the header. */
function endsEmpty(records: readonly SourceRecord[], width: number): boolean {
	return records.every((record) => record.cells.length !== width || record.cells[width - 1] === '');
}

function trustIn(delimiter: string): number {
	if (delimiter === ' , ') return 1.04;
	if (delimiter === ', ' || delimiter === '; ') return 1.02;
	return trustByDelimiter.get(delimiter) ?? (delimiter.length > 1 ? 0.9 : 0.4);
}

function sampleRecords(sample: string, dialect: Dialect, skipLines: number): SourceRecord[] {
	const reader = new RecordReader(sample, dialect, 1);
	for (let skipped = 0; skipped < skipLines; skipped++) reader.skipLine();
	const records: SourceRecord[] = [];
	while (records.length < SAMPLE_RECORDS) {
		const record = reader.next();
		if (!record) break;
		records.push(record);
	}
	return records;
}

/** The width most records have; the wider one of two as frequent. One only when nothing wider is common. */
export function modalWidth(counts: readonly number[]): number {
	const tally = new Map<number, number>();
	for (const count of counts) tally.set(count, (tally.get(count) ?? 0) + 1);
	let width = 1;
	let most = 0;
	for (const [count, times] of tally) {
		const weight = count === 1 ? times * 0.5 : times;
		if (weight > most || (weight === most && count > width)) [width, most] = [count, weight];
	}
	return width;
}

/** Short by trailing cells, or one empty cell too many: untidy, but of this table. */
function fitsNearly(record: SourceRecord, width: number): boolean {
	const count = record.cells.length;
	if (count === width) return true;
	return width > 1 && ((count > 1 && count < width) || (count === width + 1 && record.cells[width] === ''));
}

const typedText = /^\s*([+-]?[\d.,]+([eE][+-]?\d+)?|true|false|\d{1,4}[-/.]\d\d?[-/.]\d{1,4}([T ][\d:.]+Z?)?|)\s*$/i;

function typedShare(records: readonly SourceRecord[], width: number): number {
	let typed = 0;
	let cells = 0;
	for (const record of records) {
		if (record.cells.length !== width) continue;
		for (const cell of record.cells) {
			cells++;
			if (typedText.test(cell)) typed++;
		}
	}
	return cells === 0 ? 0 : typed / cells;
}

function quotesIn(sample: string): string[] {
	const double = /(^|[,;\t|: ])"/m.test(sample);
	const single = (sample.match(/(^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n]|$)/gm) ?? []).length >= 2;
	if (single && !double) return ["'", '"'];
	return single ? ['"', "'"] : ['"'];
}

function delimitersIn(sample: string): string[] {
	const known = [...trustByDelimiter.keys()].filter((delimiter) => sample.includes(delimiter));
	const other = new Set(sample.slice(0, 4096).match(/[^\w\s"'.\-+(){}[\]<>@%\\,;|:\p{L}\p{N}]/gu) ?? []);
	const pairs = [' , ', ', ', '; ', '||', '::', ' | ', '~|~'].filter((pair) => sample.split(pair).length > 2);
	const all = [...pairs, ...known, ...[...other].filter((punctuation) => !known.includes(punctuation)).slice(0, 8)];
	// For a single column: a delimiter that none of its texts holds.
	const absent = [',', '\t', ';', '|', '\u001f'].find((delimiter) => !sample.includes(delimiter));
	return absent === undefined ? all : [...all, absent];
}

function commentsIn(sample: string): string[] {
	const marks = [''];
	if (/^##/m.test(sample)) marks.push('##');
	if (/^#/m.test(sample)) marks.push('#');
	if (/^\/\//m.test(sample)) marks.push('//');
	return marks;
}

/** Backslash when it stands before quotes that do not end a cell and no quote is doubled. */
function guessEscape(sample: string, quote: string, delimiter: string): string {
	const parts = sample.split(`\\${quote}`);
	if (parts.length === 1) return quote;
	let inner = 0;
	for (const after of parts.slice(1)) if (!after.startsWith(delimiter) && !/^(\r|\n|$)/.test(after)) inner++;
	const doubled = sample.split(new RegExp(`[^${delimiterClass(delimiter)}\\n\\\\${quote}]${quote}${quote}`)).length - 1;
	return inner > 0 && inner > doubled ? '\\' : quote;
}

function delimiterClass(delimiter: string): string {
	return delimiter.replace(/[\\\]^-]/g, '\\$&');
}
