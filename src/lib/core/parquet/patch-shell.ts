// How the rows of a patch are stored: a position and a mark of removal, then the columns of the table it is for.
import { columnOfChunks, spliceShells, type ColumnSource, type ParquetFile } from './parquet-file.ts';
import { BINARY, I32, LIST, STRUCT, encodeThrift, type ThriftStruct } from './thrift.ts';

/** Columns of a patch before those of its table: INTEGER, the row's number in the segment; BOOLEAN, whether it was removed. */
export const PATCH_COLUMNS = 2;

// Physical types, repetition and converted type of parquet.thrift, as the stored writer gives them.
const INT32 = 1;
const BOOL = 0;
const OPTIONAL = 1;
const INT_32 = 17;

const element = (name: string): ThriftStruct[number] => ({ id: 4, type: BINARY, value: asciiBytes(name) });
const bookkeeping = encodeThrift([
	{
		id: 2,
		type: LIST,
		value: {
			element: STRUCT,
			members: [
				[element('patch'), { id: 5, type: I32, value: PATCH_COLUMNS }],
				[
					{ id: 1, type: I32, value: INT32 },
					{ id: 3, type: I32, value: OPTIONAL },
					element('p'),
					{ id: 6, type: I32, value: INT_32 }
				],
				[{ id: 1, type: I32, value: BOOL }, { id: 3, type: I32, value: OPTIONAL }, element('d')]
			]
		}
	}
]);

/** The shell of patches of a table with this one: nothing of it needs storing, and no column's name can clash. */
export function patchShell(shell: Uint8Array): ParquetFile['shell'] {
	const own = columnsOf(shell).map((column): ColumnSource => ({ from: 'kept', column }));
	const first = [0, 1].map((column): ColumnSource => ({ from: 'written', column }));
	return spliceShells(shell, bookkeeping, [...first, ...own]);
}

/** The same columns as `c0`, `c1`, …, whatever their names are. */
export function numberedShell(shell: Uint8Array): ParquetFile['shell'] {
	return spliceShells(
		shell,
		null,
		columnsOf(shell).map((column) => ({ from: 'kept', column, name: `c${column}` }))
	);
}

function columnsOf(shell: Uint8Array): readonly number[] {
	return [...new Set(columnOfChunks(shell))];
}

function asciiBytes(text: string): Uint8Array {
	return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
