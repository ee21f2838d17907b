// Whether a Parquet footer is what it says: a walk over its Thrift compact encoding, before a reader trusts its counts.
import {
	BINARY,
	BOOLEAN_FALSE,
	BOOLEAN_TRUE,
	BrokenThrift,
	DOUBLE,
	I16,
	I32,
	I64,
	I8,
	LIST,
	MAP,
	SET,
	STOP,
	STRUCT,
	ThriftReader
} from './thrift.ts';

const DEPTH_MAX = 32;

/** Of FileMetaData, what every file has: version, schema, num_rows, row_groups. */
const required: readonly (readonly [number, number, string])[] = [
	[1, I32, 'version'],
	[2, LIST, 'schema'],
	[3, I64, 'row count'],
	[4, LIST, 'row groups']
];

/**
 * What is wrong with a footer's bytes, between the last column chunk and the footer's length; null when nothing is.
 *
 * Counts are checked against the bytes that are left and nothing is gathered, so the walk takes no longer than the footer
 * is long. What the fields say is not judged.
 * Source: parquet-format, `parquet.thrift` (FileMetaData), and the Thrift compact protocol.
 */
export function footerProblem(bytes: Uint8Array): string | null {
	try {
		const types = walkStruct(new ThriftReader(bytes), 0);
		for (const [id, type, name] of required) if (types.get(id) !== type) return `its footer has no ${name}`;
		return null;
	} catch (thrown) {
		if (thrown instanceof BrokenThrift) return `its footer is damaged: ${thrown.message}`;
		throw thrown;
	}
}

/** Type by field of the struct that begins here. */
function walkStruct(reader: ThriftReader, depth: number): ReadonlyMap<number, number> {
	if (depth > DEPTH_MAX) throw new BrokenThrift('it is nested too deeply');
	const types = new Map<number, number>();
	for (let last = 0; ;) {
		const { type, id } = reader.field(last);
		if (type === STOP) return types;
		types.set(id, type);
		if (type !== BOOLEAN_TRUE && type !== BOOLEAN_FALSE) walkValue(reader, type, depth);
		last = id;
	}
}

function walkValue(reader: ThriftReader, type: number, depth: number): void {
	switch (type) {
		// In a list a truth value is a byte.
		case BOOLEAN_TRUE:
		case BOOLEAN_FALSE:
		case I8:
			reader.take(1);
			return;
		case I16:
		case I32:
		case I64:
			reader.varint();
			return;
		case DOUBLE:
			reader.take(8);
			return;
		case BINARY:
			reader.take(reader.varint());
			return;
		case LIST:
		case SET: {
			const { element, count } = reader.list();
			for (let index = 0; index < count; index++) walkValue(reader, element, depth + 1);
			return;
		}
		case MAP:
			walkMap(reader, depth);
			return;
		case STRUCT:
			walkStruct(reader, depth + 1);
			return;
		default:
			throw new BrokenThrift('a field has no known type');
	}
}

function walkMap(reader: ThriftReader, depth: number): void {
	const count = reader.varint();
	if (count === 0) return;
	if (count > reader.left) throw new BrokenThrift('a list claims more members than there are bytes');
	const types = reader.byte();
	for (let index = 0; index < count; index++) {
		walkValue(reader, types >> 4, depth + 1);
		walkValue(reader, types & 15, depth + 1);
	}
}
