// Decides which records become rows: cell counts, nulls, and the texts a typed column takes. Columns of text come out.
import { canonicalBoolean, canonicalNumber } from './cell-types.ts';
import type { CsvPlan } from './guess-csv.ts';
import type { Reject } from './options.ts';
import { swallowsLines, type RecordReader, type SourceRecord } from './record-reader.ts';

const REJECT_TEXT_MAX = 2000;

export type FittedRows = {
	/** One array per kept column; texts are canonical for the column's type. */
	readonly columns: (string | null)[][];
	readonly lines: number[];
	readonly texts: string[];
	readonly rejects: Reject[];
};

type Take = (text: string) => string | null | undefined;

const integerTypes = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)$/;
/** The engine reads exponents in integers, so the careful reader does too. */
const wholeNumber = /^[+-]?\d+([eE]\+?\d{1,2})?$/;
const realTypes = /^(DOUBLE|FLOAT|REAL|DECIMAL.*|NUMERIC.*)$/;

/** How a column of that type takes a text; undefined when it does not fit. */
export function takeText(type: string, plan: CsvPlan): Take {
	const upper = type.toUpperCase();
	const { decimal } = plan.csv;
	if (integerTypes.test(upper)) {
		return (text) => {
			const plain = canonicalNumber(text, decimal);
			return wholeNumber.test(plain) ? plain : undefined;
		};
	}
	if (realTypes.test(upper)) return (text) => canonicalNumber(text, decimal);
	if (upper === 'BOOLEAN' || upper === 'BOOL') return (text) => canonicalBoolean(text) ?? undefined;
	if (upper === 'VARCHAR' || upper === 'TEXT' || upper === 'BLOB' || upper === 'JSON') return (text) => text;
	return (text) => text.trim();
}

/**
 * Reads up to `limit` rows; fewer mean the text is at its end. `text` is what the reader reads.
 *
 * `damaged` says that some bytes were no text in the source's encoding: rows with a replacement character are rejected.
 */
export function fitRows(
	reader: RecordReader,
	text: string,
	plan: CsvPlan,
	limit: number,
	damaged: boolean
): FittedRows {
	const kept = plan.columns.flatMap((column, index) =>
		column.type === null ? [] : [{ index, name: column.name, type: column.type, take: takeText(column.type, plan) }]
	);
	const nulls = new Set(plan.csv.nullTexts);
	const columns = kept.map((): (string | null)[] => []);
	const lines: number[] = [];
	const texts: string[] = [];
	const rejects: Reject[] = [];
	const width = plan.columns.length;
	while (lines.length < limit) {
		const record = reader.next();
		if (!record) break;
		const raw = (): string => text.slice(record.start, Math.min(record.end, record.start + REJECT_TEXT_MAX));
		const misshapen = shapeReason(record, width, plan.fillShort);
		if (misshapen !== null) {
			const swallowed = swallowsLines(record, width);
			const line = swallowed ? reader.resumeAfterFirstLine(record) : raw();
			const reason = swallowed ? 'a quote opens here and is never closed' : misshapen;
			rejects.push({ line: record.line, column: null, reason, text: line.slice(0, REJECT_TEXT_MAX) });
			continue;
		}
		if (damaged && text.slice(record.start, record.end).includes('\ufffd')) {
			rejects.push({ line: record.line, column: null, reason: `bytes that are not ${plan.csv.encoding}`, text: raw() });
			continue;
		}
		const row: (string | null)[] = [];
		let misfit: string | null = null;
		for (const { index, name, type, take } of kept) {
			const cell = record.cells[index] ?? '';
			const trimmed = cell.trim();
			if (trimmed === '' && (cell === '' || type !== 'VARCHAR'))
				row.push(isEmptyText(record, index, type, plan) ? '' : null);
			else if (nulls.has(type === 'VARCHAR' ? cell : trimmed)) row.push(null);
			else {
				const taken = take(cell);
				if (taken === undefined) {
					misfit = name;
					rejects.push({ line: record.line, column: name, reason: misfitReason(cell, type), text: raw() });
					break;
				}
				row.push(taken);
			}
		}
		if (misfit !== null) continue;
		for (let at = 0; at < row.length; at++) columns[at]?.push(row[at] ?? null);
		lines.push(record.line);
		texts.push(raw());
	}
	return { columns, lines, texts, rejects };
}

function isEmptyText({ quotedEmpty }: SourceRecord, index: number, type: string, { csv }: CsvPlan): boolean {
	return csv.emptyTexts && type === 'VARCHAR' && quotedEmpty.includes(index);
}

export function misfitReason(text: string, type: string): string {
	const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
	return `${JSON.stringify(shown)} is no ${type}`;
}

/** See note: when short rows are filled. */
function shapeReason(record: SourceRecord, width: number, fillShort: boolean): string | null {
	if (record.unterminated) return 'a quote opens here and is never closed';
	const count = record.cells.length;
	if (count < width && !fillShort) return `${count} cells, ${width} expected`;
	if (count > width && record.cells.slice(width).some((cell) => cell.trim() !== '')) {
		return `${count} cells, ${width} expected`;
	}
	return null;
}
