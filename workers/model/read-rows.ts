// Reads Arrow bytes into the columns that models take in.
import { Type, tableFromIPC, type Column, type Table } from '@uwdata/flechette';
import { NumberReader, sketchKind } from '#core/check/sketch/arrow-column.ts';
import type { RawColumn } from '#core/model/raw-column.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { BrokenRows } from './api.ts';

export type Rows = {
	/** Those that models can take in. */
	readonly columns: readonly RawColumn[];
	readonly booleans: ReadonlySet<string>;
};

export function readRows(arrowBytes: Uint8Array<ArrayBuffer>): Result<Rows, BrokenRows> {
	const table = readTable(arrowBytes);
	if (!table.ok) return table;
	const { fields } = table.value.schema;
	return ok({
		columns: table.value.children.flatMap((column, at) => readColumn(fields[at]?.name ?? '', column) ?? []),
		booleans: new Set(fields.filter(({ type }) => type.typeId === Type.Bool).map(({ name }) => name))
	});
}

function readColumn(name: string, column: Column<unknown>): RawColumn | null {
	switch (sketchKind(column.type)) {
		case 'numbers':
		case 'times':
		case 'booleans':
			return { name, kind: 'numbers', values: readNumbers(column) };
		case 'texts':
			return readTexts(name, column);
		case 'others':
			return null;
	}
}

/** Float32 columns as they are, without a copy where they are of one piece. */
function readNumbers(column: Column<unknown>): Float64Array | Float32Array {
	const isSingle = column.type.typeId === Type.Float && column.type.precision === 1;
	const [first, second] = column.data;
	if (isSingle && first && !second && first.nullCount === 0 && first.values instanceof Float32Array)
		return first.values.subarray(0, first.length);
	const all = isSingle ? new Float32Array(column.length) : new Float64Array(column.length);
	const reader = new NumberReader(column.type);
	let start = 0;
	for (const batch of column.data) {
		const { values, rowCount } = reader.read(batch);
		all.set(values.subarray(0, rowCount), start);
		start += rowCount;
	}
	return all;
}

function readTexts(name: string, column: Column<unknown>): RawColumn {
	const codeByText = new Map<string, number>();
	const codes = new Int32Array(column.length);
	for (let row = 0; row < column.length; row++) {
		const text = column.at(row);
		if (typeof text !== 'string') codes[row] = -1;
		else {
			const code = codeByText.get(text) ?? codeByText.size;
			codeByText.set(text, code);
			codes[row] = code;
		}
	}
	return { name, kind: 'texts', codes, texts: [...codeByText.keys()] };
}

/** Flechette throws errors of many kinds at bytes that are no Arrow. */
function readTable(arrowBytes: Uint8Array<ArrayBuffer>): Result<Table, BrokenRows> {
	try {
		return ok(tableFromIPC(arrowBytes));
	} catch (thrown) {
		return err({ kind: 'broken-arrow', reason: thrown instanceof Error ? thrown.message : String(thrown) });
	}
}
