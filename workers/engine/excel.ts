// Rows as cells of one Excel sheet: numbers as numbers, dates as dates, everything else as text.
import { tableFromIPC } from '@uwdata/flechette';
import { defuse } from '#core/export/defuse.ts';
import type { ExportOptions } from '#core/export/format.ts';
import { XlsxFile, type XlsxCell } from '#core/export/xlsx-file.ts';
import { selectFrom } from '#core/sql/cast-query.ts';
import { typeFamily } from '#core/sql/types.ts';
import type { Column } from '#core/version/version.ts';

/** Goes round the query; leaves four kinds of columns: DOUBLE, BOOLEAN, TIMESTAMP and VARCHAR. */
export function excelQuery(columns: readonly Column[]): { readonly prefix: string; readonly suffix: string } {
	return selectFrom(columns, (column, { type }) => `CAST(${column} AS ${cellType(type)})`);
}

function cellType(type: string): string {
	const family = typeFamily(type);
	if (family === 'boolean') return 'BOOLEAN';
	if (family === 'date') return 'TIMESTAMP';
	// Whole numbers go as text, since those beyond 2^53 must stay text.
	if (type === 'DOUBLE' || type === 'FLOAT' || type.startsWith('DECIMAL')) return 'DOUBLE';
	return 'VARCHAR';
}

export class ExcelRows {
	readonly file: XlsxFile;
	readonly #columns: readonly Column[];
	readonly #formulas: ExportOptions['formulas'];

	constructor(columns: readonly Column[], formulas: ExportOptions['formulas']) {
		this.#columns = columns;
		this.#formulas = formulas;
		this.file = new XlsxFile(columns.map(({ name }) => this.#text(name)));
	}

	/** `stream` is an Arrow IPC stream of the query's rows. Null, or how many rows a sheet holds when these do not fit. */
	add(stream: Uint8Array): number | null {
		const table = tableFromIPC(stream, { useDate: false });
		const cells = this.#columns.map((_column, index) => table.getChildAt(index));
		const rows = Array.from({ length: table.numRows }, (_, row) =>
			this.#columns.map(({ type }, index) => this.#cell(cells[index]?.at(row), type))
		);
		return this.file.add(rows);
	}

	#cell(value: unknown, type: string): XlsxCell {
		if (value === null || value === undefined) return null;
		const family = typeFamily(type);
		if (typeof value === 'boolean') return { kind: 'boolean', isTrue: value };
		if (typeof value === 'number' && family === 'date') return dateCell(value, type);
		if (typeof value === 'number')
			return Number.isFinite(value) ? { kind: 'number', number: value } : textCell(String(value));
		// What is left was cast to text.
		const written = typeof value === 'string' ? value : JSON.stringify(value);
		if (family === 'number') {
			const number = Number(written);
			return Number.isSafeInteger(number) ? { kind: 'number', number } : textCell(written);
		}
		return textCell(this.#text(written));
	}

	#text(value: string): string {
		return this.#formulas === 'defuse' ? defuse(value) : value;
	}
}

function textCell(text: string): XlsxCell {
	return { kind: 'text', text };
}

const DAY_MS = 86_400_000;
/** Days from 1899-12-30, where Excel begins to count, to 1970-01-01. */
const EPOCH_DAYS = 25_569;

/** Excel knows no day before 1900-03-01 for certain, and none after 9999. */
function dateCell(epochMs: number, type: string): XlsxCell {
	const value = new Date(epochMs);
	const year = value.getUTCFullYear();
	const isKnown = epochMs >= Date.UTC(1900, 2, 1) && year <= 9999;
	if (!isKnown) return textCell(Number.isNaN(year) ? String(epochMs) : value.toISOString());
	return { kind: 'date', days: epochMs / DAY_MS + EPOCH_DAYS, time: type !== 'DATE' };
}
