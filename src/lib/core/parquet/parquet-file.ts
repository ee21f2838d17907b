// Takes Parquet files apart into column chunks, and puts column chunks together to Parquet files.
import { utf8Bytes } from '../ingest/dialect.ts';
import { invariant } from '../result.ts';
import {
	BINARY,
	BrokenThrift,
	I64,
	LIST,
	STRUCT,
	decodeThrift,
	encodeThrift,
	type ThriftList,
	type ThriftStruct,
	type ThriftValue
} from './thrift.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** `PAR1`: the first and the last four bytes of a file. */
export const MAGIC: Bytes = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** Footer length and magic, at a file's end. */
export const TRAILER_BYTES = 8;

/** A column chunk apart from any file. */
export type Chunk = {
	readonly sizeBytes: number;
	/** Its ColumnMetaData with offsets from its own first byte, and without the name of its top-level column. */
	readonly meta: Bytes;
};

/** Rows of all columns; nested columns have several chunks. Chunks stand in the order of the schema's leaves. */
export type RowGroup<C extends Chunk = Chunk> = { readonly rowCount: number; readonly chunks: readonly C[] };

export type PlacedChunk = Chunk & { readonly startByte: number };

export type ParquetFile = {
	/** FileMetaData without row count and row groups: version, schema, writer. */
	readonly shell: Bytes;
	readonly groups: readonly RowGroup<PlacedChunk>[];
};

// Field numbers of parquet.thrift.
const FILE = { schema: 2, rowCount: 3, groups: 4 };
const ELEMENT = { name: 4, childCount: 5 };
const GROUP = { chunks: 1, uncompressed: 2, rowCount: 3, startByte: 5, compressed: 6 };
const CHUNK = { fileOffset: 2, meta: 3 };
const META = {
	path: 3,
	uncompressed: 6,
	compressed: 7,
	dataPage: 9,
	indexPage: 10,
	dictionaryPage: 11,
	bloomOffset: 14,
	bloomLength: 15
};

/**
 * The chunks of a file by its footer, the bytes between the last chunk and the trailer.
 *
 * Bloom filters and page indexes stand outside the chunks and are left out.
 * Fails: throws BrokenThrift when the bytes are no footer, or leave gaps in what they say
 */
export function parseParquet(footer: Uint8Array): ParquetFile {
	const file = decodeThrift(footer);
	const shell = encodeThrift(file.filter(({ id }) => id !== FILE.rowCount && id !== FILE.groups));
	const groups = structs(file, FILE.groups).map((group) => ({
		rowCount: whole(group, GROUP.rowCount),
		chunks: structs(group, GROUP.chunks).map(parseChunk)
	}));
	return { shell, groups };
}

/** Of a shell, what says how rows are stored; the writer's name is left out. */
export function schemaOf(shell: Uint8Array): Bytes {
	return encodeThrift(decodeThrift(shell).filter(({ id }) => id === FILE.schema));
}

/** A column of a table that is put together: where it stands in one of two others, and its name unless it keeps that. */
export type ColumnSource = {
	readonly from: 'kept' | 'written';
	/** Number of the top-level column there. */
	readonly column: number;
	readonly name?: string;
};

/** The shell of the columns named, in order; version and writer are those of `kept`. */
export function spliceShells(
	kept: Uint8Array,
	written: Uint8Array | null,
	columns: readonly ColumnSource[]
): ParquetFile['shell'] {
	const file = decodeThrift(kept);
	const trees = { kept: columnTrees(file), written: written ? columnTrees(decodeThrift(written)) : [] };
	const elements = columns.flatMap(({ from, column, name }) => {
		const [top, ...nested] = trees[from][column] ?? [];
		invariant(top, 'a column is taken from where it is');
		return [name === undefined ? top : replace(top, ELEMENT.name, Uint8Array.from(utf8Bytes(name))), ...nested];
	});
	const root = structs(file, FILE.schema)[0];
	if (!root) throw new BrokenThrift('the schema has no root');
	const members = [replace(root, ELEMENT.childCount, columns.length), ...elements];
	return encodeThrift(replace(file, FILE.schema, { element: STRUCT, members }));
}

/** The elements of each top-level column, itself first. */
function columnTrees(file: ThriftStruct): readonly ThriftStruct[][] {
	const elements = structs(file, FILE.schema);
	const trees: ThriftStruct[][] = [];
	for (let at = 1; at < elements.length;) {
		const start = at;
		// Elements that are still to come below the column.
		for (let left = 1; left > 0; left--) {
			const count = find(elements[at++] ?? [], ELEMENT.childCount);
			left += typeof count === 'number' ? count : 0;
		}
		if (at > elements.length) throw new BrokenThrift('the schema ends too early');
		trees.push(elements.slice(start, at));
	}
	return trees;
}

function replace(struct: ThriftStruct, id: number, value: ThriftValue): ThriftStruct {
	return struct.map((field) => (field.id === id ? { ...field, value } : field));
}

function parseChunk(chunk: ThriftStruct): PlacedChunk {
	const meta = find(chunk, CHUNK.meta);
	if (!isStruct(meta)) throw new BrokenThrift('a column chunk has no metadata');
	const dictionary = find(meta, META.dictionaryPage);
	const dataPage = whole(meta, META.dataPage);
	const startByte = typeof dictionary === 'number' ? Math.min(dictionary, dataPage) : dataPage;
	const own = meta.flatMap((field) => {
		if (field.id === META.bloomOffset || field.id === META.bloomLength) return [];
		if (field.id === META.path)
			return [{ ...field, value: { element: BINARY, members: members(field.value).slice(1) } }];
		if (isOffset(field.id) && typeof field.value === 'number') return [{ ...field, value: field.value - startByte }];
		return [field];
	});
	return { startByte, sizeBytes: whole(meta, META.compressed), meta: encodeThrift(own) };
}

export type Assembled = {
	/** Footer and trailer, which follow MAGIC and the chunks, group by group. */
	readonly tail: Bytes;
	readonly sizeBytes: number;
};

/**
 * The end of the file that is MAGIC, all chunks in order, and this.
 *
 * For chunks of one file without bloom filters it is that file's own end, byte for byte.
 */
export function assembleParquet(shell: Uint8Array, groups: readonly RowGroup[]): Assembled {
	const file = decodeThrift(shell);
	const owners = leafOwners(structs(file, FILE.schema));
	let at = MAGIC.length;
	const written = groups.map(({ rowCount, chunks }): ThriftStruct => {
		const startByte = at;
		let uncompressed = 0;
		const placed = chunks.map((chunk, index): ThriftStruct => {
			const meta = placeMeta(chunk.meta, owners[index], at);
			uncompressed += whole(meta, META.uncompressed);
			at += chunk.sizeBytes;
			return [
				{ id: CHUNK.fileOffset, type: I64, value: 0 },
				{ id: CHUNK.meta, type: STRUCT, value: meta }
			];
		});
		return [
			{ id: GROUP.chunks, type: LIST, value: { element: STRUCT, members: placed } },
			{ id: GROUP.uncompressed, type: I64, value: uncompressed },
			{ id: GROUP.rowCount, type: I64, value: rowCount },
			{ id: GROUP.startByte, type: I64, value: startByte },
			{ id: GROUP.compressed, type: I64, value: at - startByte }
		];
	});
	const rowCount = groups.reduce((sum, group) => sum + group.rowCount, 0);
	const fields = [
		...file,
		{ id: FILE.rowCount, type: I64, value: rowCount },
		{ id: FILE.groups, type: LIST, value: { element: STRUCT, members: written } }
	];
	const footer = encodeThrift(fields.sort((one, other) => one.id - other.id));
	const tail = new Uint8Array(footer.length + TRAILER_BYTES);
	tail.set(footer);
	new DataView(tail.buffer).setUint32(footer.length, footer.length, true);
	tail.set(MAGIC, footer.length + 4);
	return { tail, sizeBytes: at + tail.length };
}

/** Length of the footer that stands before a file's trailer; null when the trailer is none. */
export function footerLength(trailer: Uint8Array): number | null {
	if (trailer.length !== TRAILER_BYTES || MAGIC.some((byte, index) => trailer[4 + index] !== byte)) return null;
	return new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true);
}

/** For each chunk of a row group, in order, the number of its top-level column. */
export function columnOfChunks(shell: Uint8Array): readonly number[] {
	const owners = leafOwners(structs(decodeThrift(shell), FILE.schema));
	const columns = [...new Set(owners)];
	return owners.map((owner) => columns.indexOf(owner));
}

/** For each leaf of a schema, in order, the name of its top-level column. */
function leafOwners(elements: readonly ThriftStruct[]): readonly Uint8Array[] {
	const owners: Uint8Array[] = [];
	let at = 1;
	const walk = (owner: Uint8Array): void => {
		const element = elements[at++];
		if (!element) throw new BrokenThrift('the schema ends too early');
		const count = find(element, ELEMENT.childCount);
		if (typeof count !== 'number' || count === 0) owners.push(owner);
		else for (let child = 0; child < count; child++) walk(owner);
	};
	while (at < elements.length) {
		const name = find(elements[at] ?? [], ELEMENT.name);
		if (!(name instanceof Uint8Array)) throw new BrokenThrift('a column has no name');
		walk(name);
	}
	return owners;
}

function placeMeta(meta: Uint8Array, owner: Uint8Array | undefined, startByte: number): ThriftStruct {
	invariant(owner, 'a row group has a chunk for every leaf of the schema');
	return decodeThrift(meta).map((field) => {
		if (field.id === META.path)
			return { ...field, value: { element: BINARY, members: [owner, ...members(field.value)] } };
		if (isOffset(field.id) && typeof field.value === 'number') return { ...field, value: field.value + startByte };
		return field;
	});
}

function isOffset(id: number): boolean {
	return id === META.dataPage || id === META.indexPage || id === META.dictionaryPage;
}

function find(struct: ThriftStruct, id: number): ThriftValue | undefined {
	return struct.find((field) => field.id === id)?.value;
}

function whole(struct: ThriftStruct, id: number): number {
	const value = find(struct, id);
	if (typeof value !== 'number' || value < 0) throw new BrokenThrift(`field ${id} is no amount`);
	return value;
}

function structs(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
	return members(find(struct, id)).map((member) => {
		if (!isStruct(member)) throw new BrokenThrift(`field ${id} is no list of structs`);
		return member;
	});
}

function members(value: ThriftValue | undefined): readonly ThriftValue[] {
	if (!isList(value)) throw new BrokenThrift('a list is missing');
	return value.members;
}

function isList(value: ThriftValue | undefined): value is ThriftList {
	return typeof value === 'object' && 'members' in value;
}

function isStruct(value: ThriftValue | undefined): value is ThriftStruct {
	return Array.isArray(value);
}
