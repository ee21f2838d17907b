// Files with the frame of Parquet around any bytes, for tests that store and read but never decode.
import { MAGIC, assembleParquet, type Chunk } from '#core/parquet/parquet-file.ts';
import { BINARY, I32, I64, LIST, STRUCT, encodeThrift } from '#core/parquet/thrift.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A file of one row group a list member, whose columns `c0`, `c1`, … have those bytes. */
export function parquetOf(groups: readonly (readonly Uint8Array<ArrayBuffer>[])[], rowCount = 2): Blob {
	const columns = groups[0]?.length ?? 0;
	const tail = assembleParquet(
		shellOf(columns),
		groups.map((chunks) => ({ rowCount, chunks: chunks.map(chunkOf) }))
	).tail;
	return new Blob([MAGIC, ...groups.flat(), tail]);
}

function chunkOf(bytes: Uint8Array): Chunk {
	const meta = encodeThrift([
		{ id: 1, type: I32, value: 2 },
		{ id: 3, type: LIST, value: { element: BINARY, members: [] } },
		{ id: 6, type: I64, value: bytes.length },
		{ id: 7, type: I64, value: bytes.length },
		{ id: 9, type: I64, value: 0 }
	]);
	return { sizeBytes: bytes.length, meta };
}

function shellOf(columns: number): Uint8Array<ArrayBuffer> {
	const root = [
		{ id: 4, type: BINARY, value: utf8('schema') },
		{ id: 5, type: I32, value: columns }
	];
	const leaves = Array.from({ length: columns }, (_, index) => [
		{ id: 1, type: I32, value: 2 },
		{ id: 4, type: BINARY, value: utf8(`c${index}`) }
	]);
	return encodeThrift([
		{ id: 1, type: I32, value: 1 },
		{ id: 2, type: LIST, value: { element: STRUCT, members: [root, ...leaves] } }
	]);
}
