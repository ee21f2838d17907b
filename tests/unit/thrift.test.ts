// Thrift values and Parquet frames go to bytes and back.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MAGIC, TRAILER_BYTES, assembleParquet, footerLength, parseParquet } from '#core/parquet/parquet-file.ts';
import {
	BINARY,
	BOOLEAN_TRUE,
	BrokenThrift,
	DOUBLE,
	I16,
	I32,
	I64,
	I8,
	LIST,
	STRUCT,
	decodeThrift,
	encodeThrift,
	type ThriftField,
	type ThriftList,
	type ThriftStruct
} from '#core/parquet/thrift.ts';

type Untagged = { readonly type: number; readonly value: ThriftField['value'] };

const whole = (bits: number): fc.Arbitrary<number> => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const { value } = fc.letrec<{ value: Untagged; struct: ThriftStruct; list: ThriftList }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4 },
		fc.boolean().map((truth) => ({ type: BOOLEAN_TRUE, value: truth })),
		fc.nat(127).map((number) => ({ type: I8, value: number })),
		whole(16).map((number) => ({ type: I16, value: number })),
		whole(32).map((number) => ({ type: I32, value: number })),
		whole(53).map((number) => ({ type: I64, value: number })),
		fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => ({ type: DOUBLE, value: bytes })),
		fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ type: BINARY, value: bytes })),
		tie('list').map((list) => ({ type: LIST, value: list })),
		tie('struct').map((struct) => ({ type: STRUCT, value: struct }))
	),
	list: fc.oneof(
		fc.array(whole(32), { maxLength: 20 }).map((members) => ({ element: I32, members })),
		fc.array(fc.boolean(), { maxLength: 20 }).map((members) => ({ element: BOOLEAN_TRUE, members })),
		fc.array(tie('struct'), { maxLength: 3 }).map((members) => ({ element: STRUCT, members }))
	),
	struct: fc
		.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 40 }), tie('value')), { selector: ([id]) => id, maxLength: 5 })
		.map((fields) => fields.sort(([one], [other]) => one - other).map(([id, field]) => ({ id, ...field })))
}));
const struct = fc
	.array(value, { maxLength: 6 })
	.map((fields) => fields.map((field, index) => ({ id: index * 9 + 1, ...field })));

/** A false field's type in the bytes is another than a true one's. */
function normal(fields: ThriftStruct): unknown {
	return fields.map(({ id, type, value: held }) => ({
		id,
		type: typeof held === 'boolean' ? BOOLEAN_TRUE : type,
		value: Array.isArray(held) ? normal(held) : listOf(held)
	}));
}

function listOf(held: ThriftField['value']): unknown {
	if (typeof held !== 'object' || !('members' in held)) return held;
	return held.members.map((member) => (Array.isArray(member) ? normal(member) : member));
}

test('decode inverts encode, and encode decode', () => {
	fc.assert(
		fc.property(struct, (fields) => {
			const bytes = encodeThrift(fields);
			const decoded = decodeThrift(bytes);
			expect(normal(decoded)).toEqual(normal(fields));
			expect(encodeThrift(decoded)).toEqual(bytes);
		})
	);
});

test('bytes that were tampered with are decoded or refused, never anything else', () => {
	fc.assert(
		fc.property(struct, fc.nat(), fc.nat(255), (fields, at, byte) => {
			const bytes = encodeThrift(fields);
			bytes[at % bytes.length] = byte;
			try {
				decodeThrift(bytes);
			} catch (thrown) {
				expect(thrown).toBeInstanceOf(BrokenThrift);
			}
		}),
		{ numRuns: 1000 }
	);
});

type Vector = { readonly parts: readonly { readonly base64: string }[] };
const vector: Vector = JSON.parse(readFileSync(new URL('../vectors/format-1.json', import.meta.url), 'utf8')) as Vector;

test("DuckDB's files are taken apart and put together to the same bytes", () => {
	expect(vector.parts.length).toBe(4);
	for (const { base64 } of vector.parts) {
		const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
		const length = footerLength(bytes.subarray(-TRAILER_BYTES)) ?? 0;
		const end = bytes.length - TRAILER_BYTES;
		const { shell, groups } = parseParquet(bytes.subarray(end - length, end));
		const { tail, sizeBytes } = assembleParquet(shell, groups);
		const chunks = groups.flatMap((group) => group.chunks);
		const again = Buffer.concat([
			MAGIC,
			...chunks.map(({ startByte, sizeBytes: size }) => bytes.subarray(startByte, startByte + size)),
			tail
		]);
		expect(again.length).toBe(sizeBytes);
		// Bloom filters stand between the chunks and the footer, and are left out.
		const hasBloom = bytes.length !== again.length;
		if (!hasBloom) expect(again.equals(bytes)).toBe(true);
		const twice = parseParquet(tail.subarray(0, -TRAILER_BYTES));
		expect(twice).toEqual({ shell, groups });
	}
});
