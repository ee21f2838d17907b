// Plans how to read delimited text: dialect, preamble, header, types and the habit of short rows, from sampled text.
import { columnNames } from './column-names.ts';
import { numberType, dateFormats, timestampFormats, isBoolean } from './cell-types.ts';
import type { Dialect } from './dialect.ts';
import { guessDialect, modalWidth } from './guess-dialect.ts';
import { guessTypes } from './guess-types.ts';
import type { CsvOptions, IngestOptions, IngestOverrides } from './options.ts';
import { RecordReader, type SourceRecord } from './record-reader.ts';

export type CsvSample = {
	/** The start of the source, ending at a line end or the source's end. */
	readonly head: string;
	/** Pieces from further on, each beginning and ending at a line end. */
	readonly later: readonly string[];
	readonly complete: boolean;
	readonly encoding: string;
};

export type CsvPlan = {
	readonly csv: CsvOptions;
	readonly columns: IngestOptions['columns'];
	/** Rows lacking cells at the end are filled with nulls: the source does so often. */
	readonly fillShort: boolean;
	/** Line of the first record after preamble and header, 1-based. */
	readonly bodyLine: number;
	/** Offset of that record in `head`. */
	readonly bodyStart: number;
};

// Note: when short rows are filled. A row with fewer cells than columns is filled with nulls when at least two sampled
// rows and 5 % of them are short; else it is rejected, for a cell may be missing anywhere. A row with more cells is
// rejected, unless all that is too many is empty.
const SHORT_RATIO = 0.05;

const HEAD_RECORDS = 8000;
const LATER_RECORDS = 1500;
const HEADER_RECORDS = 300;

export function planCsv(sample: CsvSample, overrides: IngestOverrides): CsvPlan {
	const fixed = overrides.csv ?? {};
	const { dialect, skipLines, width: usual } = guessDialect(sample.head, fixed);
	const reader = new RecordReader(sample.head, dialect, 1);
	for (let skipped = 0; skipped < skipLines; skipped++) reader.skipLine();
	const records = readAll(reader, usual, HEAD_RECORDS);
	for (const piece of sample.later) records.push(...readAll(new RecordReader(piece, dialect, 1), usual, LATER_RECORDS));
	const first = records[0];
	const width = bodyWidth(records);
	const header = fixed.header ?? guessHeader(records.slice(0, HEADER_RECORDS), width, dialect, overrides);
	const body = header ? records.slice(1) : records;
	const columnCount = header && first ? Math.max(trimmedWidth(first.cells), 1) : width;
	const count = header && body.length > 0 ? settleWidth(columnCount, first?.cells.length ?? 0, body) : columnCount;
	const names = columnNames(header && first ? first.cells : null, count);
	const fitting = body.filter((record) => record.cells.length >= count || record.cells.length > 1 || count === 1);
	const guess = guessTypes(columnsOf(fitting, count), fixed, dialect.delimiter);
	const short = body.filter((record) => record.cells.length < count).length;
	const bodyStart = header && first ? reader.offsetAfter(first) : (first?.start ?? sample.head.length);
	return {
		csv: {
			...dialect,
			encoding: sample.encoding,
			header,
			skipLines,
			emptyTexts: fixed.emptyTexts ?? false,
			nullTexts: guess.nullTexts,
			decimal: guess.decimal,
			dateFormat: guess.dateFormat,
			timestampFormat: guess.timestampFormat
		},
		columns: names.map((source, index) => ({
			source,
			name: overrides.names?.[source] ?? source,
			type: typeOf(source, guess.types[index] ?? 'VARCHAR', overrides)
		})),
		fillShort: short >= 2 && short >= body.length * SHORT_RATIO,
		bodyLine: header && first ? first.line + first.lineCount : (first?.line ?? 1),
		bodyStart
	};
}

/** An override by the column's name; an empty type drops the column. */
export function typeOf(source: string, guessed: string, overrides: IngestOverrides): string | null {
	if (overrides.only?.includes(source) === false) return null;
	const given =
		overrides.types !== undefined && Object.hasOwn(overrides.types, source) ? overrides.types[source] : guessed;
	return given === undefined || given === '' ? null : given;
}

function readAll(reader: RecordReader, width: number, limit: number): SourceRecord[] {
	const records: SourceRecord[] = [];
	while (records.length < limit) {
		const record = reader.nextWhole(width);
		if (!record) break;
		records.push(record);
	}
	return records;
}

function bodyWidth(records: readonly SourceRecord[]): number {
	return modalWidth(records.slice(0, 1000).map((record) => record.cells.length));
}

function trimmedWidth(cells: readonly string[]): number {
	let width = cells.length;
	while (width > 1 && (cells[width - 1] ?? '').trim() === '') width--;
	return width;
}

/** A header's unnamed columns at the end count only when some row has a value there. */
function settleWidth(named: number, given: number, body: readonly SourceRecord[]): number {
	let width = named;
	for (const record of body) {
		const used = Math.min(trimmedWidth(record.cells), given);
		if (used > width) width = used;
	}
	return width;
}

function columnsOf(body: readonly SourceRecord[], count: number): string[][] {
	const columns: string[][] = Array.from({ length: count }, () => []);
	for (const record of body) {
		if (record.cells.length > count && record.cells.slice(count).some((cell) => cell !== '')) continue;
		for (let index = 0; index < count; index++) {
			const text = (record.cells[index] ?? '').trim();
			if (text !== '') columns[index]?.push(text);
		}
	}
	return columns;
}

// Note: what makes a header. The first row's cells are all there and different, none of them a value, and either some
// column's values are of a type its header is not, or every cell reads like a name and comes back nowhere in its column.
function guessHeader(
	records: readonly SourceRecord[],
	width: number,
	dialect: Dialect,
	overrides: IngestOverrides
): boolean {
	const first = records[0];
	if (!first) return false;
	const named = trimmedWidth(first.cells);
	const cells = first.cells.slice(0, named).map((cell) => cell.trim());
	if (named < Math.min(width, 2) || cells.some(isValue)) return false;
	if (cells.filter((cell) => cell === '').length > cells.length / 2) return false;
	const body = records.slice(1).filter((record) => record.cells.length >= Math.min(width, named));
	if (body.length === 0) return cells.every(isNameLike);
	const columns = columnsOf(body, named);
	const guess = guessTypes(columns, overrides.csv ?? {}, dialect.delimiter);
	if (guess.types.some((type) => type !== 'VARCHAR')) return true;
	if (columns.some((values) => values.length > 1 && values.filter(isValue).length > values.length * 0.7)) return true;
	const recurs = cells.some((cell, index) => cell !== '' && (columns[index]?.includes(cell) ?? false));
	return !recurs && cells.every((cell) => cell === '' || isNameLike(cell));
}

function isValue(text: string): boolean {
	if (text === '') return false;
	return (
		/^[+-]?[\d.,]*\d[\d.,]*%?$/.test(text) ||
		numberType(text, '.') !== null ||
		isBoolean(text) ||
		dateFormats(text).length > 0 ||
		timestampFormats(text).length > 0
	);
}

function isNameLike(text: string): boolean {
	return /^[\p{L}_#$@][^\n]{0,79}$/u.test(text) && !/[.!?]\s|@\S+\.\S/.test(text);
}
