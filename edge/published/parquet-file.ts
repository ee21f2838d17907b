// A published file in the object store, read by ranges: which columns it has, and cells of some of its rows.
import {
	parquetMetadataAsync,
	parquetReadObjects,
	parquetSchema,
	type ColumnChunk,
	type FileMetaData,
	type SchemaElement,
	type SchemaTree
} from 'hyparquet';
import { EXACT_DIGITS, type ComparedAs } from '#core/query/compared-as.ts';
import type { Cell, CellKind, CellRange } from '#core/share/cells.ts';
import { isoDate, isoOf } from './iso-time.ts';

export type ParquetColumn = {
	readonly name: string;
	/** For people, and for whoever reads the answer. */
	readonly type: string;
	readonly kind: CellKind;
	/** As what named queries compare it; null where only the engine does. */
	readonly as: ComparedAs | null;
};
export type RowGroup = {
	readonly startRow: number;
	readonly rowCount: number;
	/** As the file says it of a column here. */
	rangeOf(column: string): CellRange;
};

export type ParquetFile = {
	readonly rowCount: number;
	readonly columns: readonly ParquetColumn[];
	readonly groups: readonly RowGroup[];
	/** Of the rows from `startRow` on, up to `endRow`, each column's cells. */
	read(columns: readonly string[], startRow: number, endRow: number): Promise<ReadonlyMap<string, readonly Cell[]>>;
};

/** What of an object store is needed. */
type Bucket = {
	get(
		key: string,
		options: { readonly range: { readonly offset: number; readonly length: number } }
	): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
};
type Stored = { readonly r2Key: string; readonly sizeBytes: number };

/** What the reader opens by itself; other codecs would need more than the Worker has. */
const codecs: ReadonlySet<string> = new Set(['UNCOMPRESSED', 'SNAPPY']);
/** Of names and statistics; a file with more is made to be costly. */
const FOOTER_MAX_BYTES = 4 * 1024 * 1024;

/** Null for what is not Parquet, not whole, or gone. */
export async function openParquet(bucket: Bucket, { r2Key, sizeBytes }: Stored): Promise<ParquetFile | null> {
	const file = {
		byteLength: sizeBytes,
		slice: async (start: number, end = sizeBytes): Promise<ArrayBuffer> => {
			const object = await bucket.get(r2Key, { range: { offset: start, length: end - start } });
			if (!object) throw new RangeError('the file is gone');
			return object.arrayBuffer();
		}
	};
	let metadata: FileMetaData;
	let columns: readonly ParquetColumn[];
	try {
		metadata = await parquetMetadataAsync(file, { parsers });
		columns = parquetSchema(metadata).children.map(columnOf);
	} catch {
		// The reader throws errors of many kinds at what is no Parquet.
		return null;
	}
	const isReadable = metadata.row_groups.every((group) =>
		group.columns.every(({ meta_data: chunk }) => chunk !== undefined && codecs.has(chunk.codec))
	);
	const isSound = new Set(columns.map(({ name }) => name)).size === columns.length && columns.length > 0;
	if (!isReadable || !isSound || metadata.metadata_length > FOOTER_MAX_BYTES) return null;
	let startRow = 0;
	const byName = new Map(columns.map((column) => [column.name, column]));
	const groups = metadata.row_groups.map(({ num_rows, columns: chunks }) => {
		const rangeOf = (name: string): CellRange => rangeIn(chunks, byName.get(name), name);
		const group = { startRow, rowCount: Number(num_rows), rangeOf };
		startRow += group.rowCount;
		return group;
	});
	return {
		rowCount: startRow,
		columns,
		groups,
		read: async (names, from, to) => {
			const rows =
				names.length === 0 || to <= from
					? []
					: await parquetReadObjects({ file, metadata, columns: [...names], rowStart: from, rowEnd: to, parsers });
			return new Map(names.map((name) => [name, rows.map((row) => exactOf(cellOf(row[name]), byName.get(name)))]));
		}
	};
}

/** Only bounds of the kind that cells are compared as; others are as if nothing were said. */
function rangeIn(chunks: readonly ColumnChunk[], column: ParquetColumn | undefined, name: string): CellRange {
	const kind = column?.kind ?? 'nested';
	const path = chunks.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === name);
	const said = path?.meta_data?.statistics;
	if (!said || kind === 'nested') return {};
	const nullCount = said.null_count === undefined ? {} : { nullCount: Number(said.null_count) };
	const [min, max] = [said.min_value, said.max_value];
	if (!isBound(min, kind) || !isBound(max, kind)) return nullCount;
	return { ...nullCount, min: exactOf(min, column), max: exactOf(max, column) };
}

/** The reader multiplies by a power of ten that no double is, so that 3 tenths come a little too large. */
function exactOf(cell: Cell, column: ParquetColumn | undefined): Cell {
	return column?.as === 'decimal' && typeof cell === 'number' ? Number(cell.toPrecision(EXACT_DIGITS)) : cell;
}

function isBound(value: unknown, kind: CellKind): value is Cell {
	switch (kind) {
		case 'boolean':
			return typeof value === 'boolean';
		case 'integer':
			return typeof value === 'number' || typeof value === 'bigint';
		case 'number':
			return typeof value === 'number' && Number.isFinite(value);
		case 'text':
			// What was cut within a letter; and times that do not follow one another as texts do.
			return typeof value === 'string' && !value.includes('\ufffd') && !/^[+-]\d{6}-|^-?infinity$/.test(value);
		case 'nested':
			return false;
	}
}

function columnOf(tree: SchemaTree): ParquetColumn {
	return { ...shapeOf(tree), as: asOf(tree) };
}

/** What DuckDB reads as a type whose cells compare alike here. */
function asOf({ element, children }: SchemaTree): ComparedAs | null {
	const { type: physical, logical_type: logical, converted_type: converted, repetition_type: repetition } = element;
	if (children.length > 0 || repetition === 'REPEATED') return null;
	const said = logical?.type ?? converted;
	switch (said) {
		case undefined:
			return physical === undefined ? null : (asByPhysical[physical] ?? null);
		case 'STRING':
		case 'UTF8':
			return 'text';
		case 'DATE':
			return 'date';
		case 'DECIMAL':
			return digitsOf(element) <= EXACT_DIGITS ? 'decimal' : null;
		default:
			if (logical?.type === 'TIMESTAMP')
				return !logical.isAdjustedToUTC && logical.unit !== 'NANOS' ? 'timestamp' : null;
			// Whole numbers without a sign are read as larger ones than there are, at 64 bits.
			return /^(INTEGER|U?INT_)/.test(said) && converted !== 'UINT_64' ? 'integer' : null;
	}
}

const asByPhysical: Readonly<Record<string, ComparedAs>> = {
	...{ BOOLEAN: 'boolean', INT32: 'integer', INT64: 'integer', FLOAT: 'float', DOUBLE: 'double' }
};

function digitsOf({ logical_type: logical, precision = 0 }: SchemaElement): number {
	return logical?.type === 'DECIMAL' ? logical.precision : precision;
}

function shapeOf({ element, children }: SchemaTree): Omit<ParquetColumn, 'as'> {
	const { name, type: physical, logical_type: logical, converted_type: converted } = element;
	if (children.length > 0 || element.repetition_type === 'REPEATED')
		return { name, type: (logical?.type ?? converted ?? 'STRUCT').toLowerCase(), kind: 'nested' };
	const said = logical?.type ?? converted;
	const type = (said ?? physical ?? '').toLowerCase();
	if (said?.startsWith('TIMESTAMP') || said === 'DATE' || physical === 'INT96') return { name, type, kind: 'text' };
	if (said === 'DECIMAL' || said === 'FLOAT16') return { name, type, kind: 'number' };
	if (said === 'JSON' || said === 'BSON' || said === 'VARIANT' || said === 'INTERVAL')
		return { name, type, kind: 'nested' };
	switch (physical) {
		case 'BOOLEAN':
			return { name, type, kind: 'boolean' };
		case 'INT32':
		case 'INT64':
			return { name, type, kind: 'integer' };
		case 'FLOAT':
		case 'DOUBLE':
			return { name, type, kind: 'number' };
		default:
			return { name, type, kind: 'text' };
	}
}

/** Times with all their digits, which a Date does not keep. */
const parsers = {
	timestampFromMilliseconds: (ms: bigint): unknown => isoOf(ms * 1000n),
	timestampFromMicroseconds: (micros: bigint): unknown => isoOf(micros),
	timestampFromNanoseconds: (nanos: bigint): unknown => isoOf(nanos / 1000n),
	dateFromDays: (days: number): unknown => isoDate(days)
};

function cellOf(value: unknown): Cell {
	if (value === undefined || value === null) return null;
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
		return value;
	if (value instanceof Date) return value.toISOString();
	if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
	if (Array.isArray(value)) return value.map(cellOf);
	if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, cellOf);
	if (typeof value === 'object')
		return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cellOf(one)]));
	return null;
}
