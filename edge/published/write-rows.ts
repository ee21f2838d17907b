// Writes queried rows as JSON, CSV, Arrow or Parquet.
import {
	bool,
	columnFromArray,
	float64,
	int64,
	tableFromColumns,
	tableToIPC,
	utf8,
	type DataType
} from '@uwdata/flechette';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { ARROW_STREAM, CSV, PARQUET } from '#core/contract/published.ts';
import { csvCell, jsonCell, type Cell, type CellKind } from '#core/share/cells.ts';
import type { Payload } from '../mount.ts';
import type { QueriedRows } from './run-query.ts';

export type RowFormat = 'json' | 'csv' | 'arrow' | 'parquet';
type Page = { readonly version: string; readonly next: string | null };

export function writeRows(format: RowFormat, rows: QueriedRows, page: Page): Pick<Payload, 'body' | 'type'> {
	switch (format) {
		case 'json':
			return { body: jsonOf(rows, page), type: 'application/json' };
		case 'csv':
			return { body: csvOf(rows), type: CSV };
		case 'arrow':
			return { body: arrowOf(rows), type: ARROW_STREAM };
		case 'parquet':
			return { body: parquetOf(rows), type: PARQUET };
	}
}

function jsonOf({ columns, cells, rowCount, next: _next }: QueriedRows, { version, next }: Page): string {
	const rows = Array.from({ length: rowCount }, (_row, at) =>
		Object.fromEntries(columns.map(({ name }, index) => [name, jsonCell(cells[index]?.[at] ?? null)]))
	);
	const told = columns.map(({ name, type }) => ({ name, type }));
	return JSON.stringify({ version, columns: told, rows, next });
}

function csvOf({ columns, cells, rowCount }: QueriedRows): string {
	const lines = [columns.map(({ name }) => csvCell(name)).join(',')];
	for (let at = 0; at < rowCount; at++) lines.push(cells.map((column) => csvCell(column[at] ?? null)).join(','));
	return `${lines.join('\r\n')}\r\n`;
}

function arrowOf({ columns, cells }: QueriedRows): Uint8Array<ArrayBuffer> {
	const built = columns.map(
		({ name, kind }, index) => [name, columnFromArray(valuesOf(kind, cells[index] ?? []), arrowType(kind))] as const
	);
	const bytes = tableToIPC(tableFromColumns(built.map(([name, column]) => [name, column])), { format: 'stream' });
	return new Uint8Array(bytes ?? []);
}

function arrowType(kind: CellKind): DataType {
	switch (kind) {
		case 'boolean':
			return bool();
		case 'integer':
			return int64();
		case 'number':
			return float64();
		case 'text':
		case 'nested':
			return utf8();
	}
}

function parquetOf({ columns, cells }: QueriedRows): Uint8Array<ArrayBuffer> {
	const columnData = columns.map(({ name, kind }, index) => ({
		name,
		data: valuesOf(kind, cells[index] ?? []),
		type: parquetType(kind),
		nullable: true
	}));
	return new Uint8Array(parquetWriteBuffer({ columnData }));
}

function parquetType(kind: CellKind): 'BOOLEAN' | 'INT64' | 'DOUBLE' | 'STRING' {
	switch (kind) {
		case 'boolean':
			return 'BOOLEAN';
		case 'integer':
			return 'INT64';
		case 'number':
			return 'DOUBLE';
		case 'text':
		case 'nested':
			return 'STRING';
	}
}

/** As columns of one type have them; what is nested is JSON as a text. */
function valuesOf(kind: CellKind, cells: readonly Cell[]): (null | boolean | number | bigint | string)[] {
	return cells.map((cell) => {
		if (cell === null) return null;
		if (kind === 'integer') return typeof cell === 'number' || typeof cell === 'bigint' ? BigInt(cell) : null;
		if (kind === 'number') return Number(cell);
		if (kind === 'nested' || typeof cell === 'object') return JSON.stringify(jsonCell(cell));
		return kind === 'text' ? String(cell) : cell;
	});
}
