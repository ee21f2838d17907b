// Plans how to read a spreadsheet's cells: where the table begins, whether it has a header, and each column's type.
import { columnNames } from './column-names.ts';
import type { ExcelOptions } from './options.ts';

export type Cell = string | number | boolean | Date | null;

export type SheetPlan = {
	readonly header: boolean;
	readonly skipLines: number;
	readonly names: readonly string[];
	readonly types: readonly string[];
	/** One array of texts per column, canonical for its type. */
	readonly columns: readonly (readonly (string | null)[])[];
	readonly rowCount: number;
};

const HEADER_SEARCH_ROWS = 50;

export function planSheet(rows: readonly (readonly Cell[])[], fixed: Partial<ExcelOptions>): SheetPlan {
	const skipLines = fixed.skipLines ?? guessSkip(rows);
	const body = rows.slice(skipLines);
	const width = body.reduce((most, row) => Math.max(most, usedWidth(row)), 0);
	const first = body[0] ?? [];
	const header = fixed.header ?? guessHeader(first, body.slice(1), width);
	const values = (header ? body.slice(1) : body).filter((row) => row.some((cell) => !isEmpty(cell)));
	const names = columnNames(header ? first.map((cell) => (cell === null ? '' : textOf(cell, 'VARCHAR'))) : null, width);
	const types = names.map((_, index) => typeOfColumn(values, index));
	const columns = types.map((type, index) =>
		values.map((row) => {
			const cell = row[index] ?? null;
			return cell === null || isEmpty(cell) ? null : textOf(cell, type);
		})
	);
	return { header, skipLines, names, types, columns, rowCount: values.length };
}

const isEmpty = (cell: Cell | undefined): boolean => cell === null || cell === undefined || cell === '';

function usedWidth(row: readonly Cell[]): number {
	let width = row.length;
	while (width > 0 && isEmpty(row[width - 1])) width--;
	return width;
}

/** Rows before the first one that fills at least four fifths of the columns most rows fill. */
function guessSkip(rows: readonly (readonly Cell[])[]): number {
	const filled = rows.slice(0, HEADER_SEARCH_ROWS).map((row) => row.filter((cell) => !isEmpty(cell)).length);
	const usual = filled.filter((count) => count > 0).toSorted((a, b) => b - a);
	const typical = usual[Math.floor(usual.length / 2)] ?? 0;
	const at = filled.findIndex((count) => count > 0 && count >= typical * 0.8);
	return Math.max(at, 0);
}

/** All given cells are different texts, and below them something else than text stands or they do not come back. */
function guessHeader(first: readonly Cell[], below: readonly (readonly Cell[])[], width: number): boolean {
	const given = first.slice(0, width).filter((cell) => !isEmpty(cell));
	if (given.length === 0 || given.length < width / 2 || given.some((cell) => typeof cell !== 'string')) return false;
	if (new Set(given).size < given.length) return false;
	const typed = below.some((row) => row.some((cell) => !isEmpty(cell) && typeof cell !== 'string'));
	return typed || !below.some((row) => row.some((cell, index) => !isEmpty(cell) && cell === first[index]));
}

function typeOfColumn(rows: readonly (readonly Cell[])[], index: number): string {
	const kinds = new Set<string>();
	for (const row of rows) {
		const cell = row[index] ?? null;
		if (cell === null || isEmpty(cell)) continue;
		if (cell instanceof Date) kinds.add(cell.getTime() % 86_400_000 === 0 ? 'DATE' : 'TIMESTAMP');
		else if (typeof cell === 'number') kinds.add(Number.isSafeInteger(cell) ? 'BIGINT' : 'DOUBLE');
		else kinds.add(typeof cell === 'boolean' ? 'BOOLEAN' : 'VARCHAR');
	}
	const only = (...allowed: string[]): boolean => kinds.size > 0 && [...kinds].every((kind) => allowed.includes(kind));
	return (
		[['BOOLEAN'], ['BIGINT'], ['DOUBLE', 'BIGINT'], ['DATE'], ['TIMESTAMP', 'DATE']].find((set) => only(...set))?.[0] ??
		'VARCHAR'
	);
}

function textOf(cell: Exclude<Cell, null>, type: string): string {
	if (!(cell instanceof Date)) return String(cell);
	const iso = cell.toISOString();
	return type === 'DATE' || (type === 'VARCHAR' && cell.getTime() % 86_400_000 === 0)
		? iso.slice(0, 10)
		: iso.slice(0, 23).replace('T', ' ');
}
