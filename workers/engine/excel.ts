// Rows as cells of one Excel sheet: numbers as numbers, dates as dates, everything else as text.
import { tableFromIPC } from '@uwdata/flechette';
import writeExcelFile, { type Row } from 'write-excel-file/universal';
import { defuse } from '#core/export/defuse.ts';
import { exportFormats, type ExportOptions } from '#core/export/format.ts';
import { typeFamily } from '#core/sql/types.ts';
import type { Column } from '#core/version/version.ts';
import { selectFrom } from './statement.ts';

/** A sheet has 1,048,576 rows, and the first one names the columns. */
export const EXCEL_MAX_ROWS = 1_048_575;
/** Excel calls a file with a longer cell damaged. */
const CELL_MAX_LENGTH = 32_767;
/** XML 1.0 has no way to write these. */
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

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
	readonly #columns: readonly Column[];
	readonly #formulas: ExportOptions['formulas'];
	readonly #rows: Row[];

	constructor(columns: readonly Column[], formulas: ExportOptions['formulas']) {
		this.#columns = columns;
		this.#formulas = formulas;
		this.#rows = [columns.map(({ name }) => ({ value: this.#text(name), type: String, fontWeight: 'bold' }))];
	}

	get rowCount(): number {
		return this.#rows.length - 1;
	}

	/** `stream` is an Arrow IPC stream of the query's rows. */
	add(stream: Uint8Array): void {
		const table = tableFromIPC(stream, { useDate: false });
		const cells = this.#columns.map((_column, index) => table.getChildAt(index));
		for (let row = 0; row < table.numRows; row++) {
			this.#rows.push(this.#columns.map(({ type }, index) => this.#cell(cells[index]?.at(row), type)));
		}
	}

	async file(): Promise<Uint8Array<ArrayBuffer>> {
		const blob = await writeExcelFile(this.#rows, { sheet: 'Rows', stickyRowsCount: 1 }).toBlob();
		const typed = new Blob([blob], { type: exportFormats.excel.mediaType });
		return new Uint8Array(await typed.arrayBuffer());
	}

	#cell(value: unknown, type: string): Row[number] {
		if (value === null || value === undefined) return null;
		const family = typeFamily(type);
		if (typeof value === 'boolean') return { value, type: Boolean };
		if (typeof value === 'number' && family === 'date') return dateCell(value, type);
		if (typeof value === 'number') return Number.isFinite(value) ? { value, type: Number } : text(String(value));
		// What is left was cast to text.
		const written = typeof value === 'string' ? value : JSON.stringify(value);
		if (family === 'number') {
			const number = Number(written);
			return Number.isSafeInteger(number) ? { value: number, type: Number } : text(written);
		}
		return text(this.#text(written));
	}

	#text(value: string): string {
		const written = this.#formulas === 'defuse' ? defuse(value) : value;
		const safe = written.replace(unwritable, '\ufffd');
		return safe.length > CELL_MAX_LENGTH ? `${safe.slice(0, CELL_MAX_LENGTH - 1)}…` : safe;
	}
}

function text(value: string): Row[number] {
	return { value, type: String };
}

/** Excel knows no day before 1900-03-01 for certain, and none after 9999. */
function dateCell(epochMs: number, type: string): Row[number] {
	const value = new Date(epochMs);
	const year = value.getUTCFullYear();
	const isKnown = epochMs >= Date.UTC(1900, 2, 1) && year <= 9999;
	if (!isKnown) return text(Number.isNaN(year) ? String(epochMs) : value.toISOString());
	return { value, type: Date, format: type === 'DATE' ? 'yyyy-mm-dd' : 'yyyy-mm-dd hh:mm:ss' };
}
