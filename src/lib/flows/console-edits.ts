// Reads what a script passes to `weir.edit`.
import { err, ok, type Result } from '../core/result.ts';
import type { CellTexts, RowEdits } from '../core/version/row-edits.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { CellValue } from './console-types.ts';

/** Edits for a table of a row count, at whose end rows are added that say no place. */
export function parseEdits(edits: unknown): Result<(rowCount: number) => RowEdits, InvalidArgument> {
	const invalid = (argument: string, expected: string) =>
		err({ kind: 'invalid-argument', argument, expected } as const);
	if (!isRecord(edits)) return invalid('edits', '{ change, add, remove }');
	const { change = [], add = [], remove = [] } = edits;
	const rows = '[{ row, cells: { column: value } }]';
	if (!isEdits(change) || !change.every(({ row }) => typeof row === 'number')) return invalid('edits.change', rows);
	if (!isEdits(add) || !add.every(({ before }) => before === undefined || typeof before === 'number'))
		return invalid('edits.add', '[{ before?, cells: { column: value } }]');
	if (!Array.isArray(remove) || !remove.every((row) => typeof row === 'number'))
		return invalid('edits.remove', 'a list of row numbers');
	return ok((rowCount) => ({
		changed: change.map(({ row, cells }) => ({ row: Number(row), cells: textsOf(cells) })),
		added: add.map(({ before, cells }) => ({ before: Number(before ?? rowCount), cells: textsOf(cells) })),
		removed: remove
	}));
}

type Cells = Readonly<Record<string, unknown>>;
type Edit = Cells & { readonly cells: Readonly<Record<string, CellValue>> };

function isRecord(value: unknown): value is Cells {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEdits(value: unknown): value is readonly Edit[] {
	return Array.isArray(value) && value.every((one) => isRecord(one) && isCells(one['cells']));
}

function isCells(value: unknown): boolean {
	return isRecord(value) && Object.values(value).every(isCell);
}

function isCell(value: unknown): boolean {
	return value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Date;
}

function textsOf(cells: Edit['cells']): CellTexts {
	return Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: CellValue): string | null {
	if (value === null) return null;
	return value instanceof Date ? value.toISOString() : String(value);
}
