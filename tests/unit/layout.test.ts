// How tables are written: what of it a version keeps, which types hold a column's values, and what is chosen.
import { describe, expect, test } from 'vitest';
import { patchParquet, segmentParquet, STORED_PARQUET, storedParquet } from '#core/parquet/writer.ts';
import {
	USUAL_LAYOUT,
	USUAL_WRITER,
	chosenLayout,
	keptLayout,
	layoutOf,
	layoutWords,
	mergedLayout,
	renamedInLayout,
	storedLayout,
	type Layout
} from '#core/version/layout.ts';
import { clusterOrder, recommended, settingChoices } from '#core/version/layout-choices.ts';
import { mergeSchemas } from '#core/version/merge-schema.ts';
import { canNarrow, isNarrowing, narrowedType, type ColumnFacts } from '#core/version/narrow.ts';
import { narrowedColumns, retypedTableSql, wideSchema } from '#core/version/widen.ts';

const facts = (least: string | null, greatest: string | null, more: Partial<ColumnFacts> = {}): ColumnFacts => ({
	least,
	greatest,
	notWhole: 0,
	notFloat: 0,
	...more
});

describe('the narrowest type', () => {
	test('of integers holds the least and the greatest, with a sign where that is as narrow', () => {
		const smallest = (least: string, greatest: string): string | null =>
			narrowedType('BIGINT', facts(least, greatest), 'smallest');
		expect(smallest('0', '127')).toBe('TINYINT');
		expect(smallest('0', '255')).toBe('UTINYINT');
		expect(smallest('-1', '255')).toBe('SMALLINT');
		expect(smallest('0', '65535')).toBe('USMALLINT');
		expect(smallest('-32769', '0')).toBe('INTEGER');
		expect(smallest('0', '4294967295')).toBe('UINTEGER');
		expect(smallest('0', '4294967296')).toBe(null);
		expect(smallest('-9223372036854775808', '9223372036854775807')).toBe(null);
		expect(narrowedType('INTEGER', facts('-128', '127'), 'smallest')).toBe('TINYINT');
		expect(narrowedType('TINYINT', facts('0', '1'), 'smallest')).toBe(null);
	});

	test('for storage is as wide as Parquet keeps it, and keeps its sign', () => {
		expect(narrowedType('BIGINT', facts('0', '1'), 'storage')).toBe('INTEGER');
		expect(narrowedType('BIGINT', facts('0', '4294967295'), 'storage')).toBe(null);
		expect(narrowedType('INTEGER', facts('0', '1'), 'storage')).toBe(null);
	});

	test('of whole numbers of 128 bits, which are stored as DECIMAL(38,0), is an integer', () => {
		expect(narrowedType('DECIMAL(38,0)', facts('0', '9223372036854775807'), 'storage')).toBe('BIGINT');
		expect(narrowedType('DECIMAL(38,0)', facts('0', '18446744073709551615'), 'smallest')).toBe('UBIGINT');
		expect(narrowedType('DECIMAL(38,0)', facts('0', '18446744073709551616'), 'smallest')).toBe(null);
	});

	test('of decimals has fewer digits, never another scale, and only where they take less', () => {
		expect(narrowedType('DECIMAL(18,2)', facts('-99999.99', '5.00'), 'storage')).toBe('DECIMAL(9,2)');
		expect(narrowedType('DECIMAL(18,2)', facts('0.01', '99.99'), 'smallest')).toBe('DECIMAL(4,2)');
		expect(narrowedType('DECIMAL(18,2)', facts('0.01', '10000000.00'), 'storage')).toBe(null);
		expect(narrowedType('DECIMAL(38,10)', facts('0.0000000001', '0.5'), 'storage')).toBe('DECIMAL(18,10)');
		expect(narrowedType('DECIMAL(9,2)', facts('0.01', '99.99'), 'storage')).toBe(null);
	});

	test('of floating point numbers is an integer where all are whole, else FLOAT where that is exact', () => {
		expect(narrowedType('DOUBLE', facts('-3.0', '70000.0'), 'storage')).toBe('INTEGER');
		expect(narrowedType('DOUBLE', facts('-3.0', '200.0'), 'smallest')).toBe('SMALLINT');
		expect(narrowedType('DOUBLE', facts('0.0', '1e+15', { notFloat: 2 }), 'storage')).toBe(null);
		expect(narrowedType('DOUBLE', facts('0.5', '1.5', { notWhole: 2 }), 'storage')).toBe('FLOAT');
		expect(narrowedType('DOUBLE', facts('0.1', 'NaN', { notWhole: 2, notFloat: 1 }), 'storage')).toBe(null);
	});

	test('of a column that holds nothing is none', () => {
		expect(narrowedType('BIGINT', facts(null, null), 'smallest')).toBe(null);
		expect(narrowedType('DOUBLE', facts(null, null), 'smallest')).toBe(null);
	});

	test('is looked for in numbers alone', () => {
		const types = ['VARCHAR', 'DATE', 'TIMESTAMP', 'BIGINT[]', 'STRUCT(a BIGINT)', 'BOOLEAN', 'constructor'];
		expect(types.filter((type) => canNarrow({ name: 'a', type }))).toEqual([]);
		expect(isNarrowing('VARCHAR', 'INTEGER')).toBe(false);
		expect(isNarrowing('INTEGER', 'BIGINT')).toBe(false);
		expect(isNarrowing('DOUBLE', 'BIGINT')).toBe(false);
		expect(isNarrowing('DECIMAL(18,2)', 'DECIMAL(9,1)')).toBe(false);
		expect(isNarrowing('DECIMAL(18,2)', 'DECIMAL(9,2)')).toBe(true);
		expect(isNarrowing('BIGINT', 'USMALLINT')).toBe(true);
	});
});

const column = (name: string, type: string) => ({ name, type });
const schema = [column('id', 'INTEGER'), column('qty', 'SMALLINT'), column('city', 'VARCHAR')];
const laidOut: Layout = {
	...USUAL_LAYOUT,
	codec: 'snappy',
	order: [
		{ column: 'city', descending: false },
		{ column: 'qty', descending: true }
	],
	narrowed: [column('qty', 'BIGINT')]
};
const stored = storedLayout(laidOut) ?? {};

describe('a layout', () => {
	test('that is as usual leaves no trace in a version', () => {
		expect(storedLayout(USUAL_LAYOUT)).toBe(null);
		expect(storedLayout(laidOut)).toEqual({ codec: 'snappy', order: laidOut.order, narrowed: laidOut.narrowed });
		expect(layoutOf({ layout: stored })).toEqual(laidOut);
		expect(layoutOf(null)).toEqual(USUAL_LAYOUT);
	});

	test('stays with later versions as far as their columns do', () => {
		const before = { schema, layout: stored };
		expect(keptLayout(before, schema)).toEqual(laidOut);
		expect(keptLayout(before, [column('city', 'VARCHAR')])).toEqual({
			...laidOut,
			order: laidOut.order.slice(0, 1),
			narrowed: []
		});
		expect(keptLayout(before, [column('city', 'VARCHAR'), column('qty', 'BIGINT')]).narrowed).toEqual([]);
		const renamed = renamedInLayout(laidOut, 'qty', 'amount');
		expect(renamed.order[1]?.column).toBe('amount');
		expect(renamed.narrowed).toEqual([column('amount', 'BIGINT')]);
	});

	test('keeps the first type of a column that is narrowed twice', () => {
		const twice = chosenLayout(laidOut, { narrow: [column('qty', 'TINYINT'), column('id', 'SMALLINT')] }, schema);
		expect(twice.narrowed).toEqual([column('qty', 'BIGINT'), column('id', 'INTEGER')]);
		expect(chosenLayout({ ...USUAL_LAYOUT, level: 9 }, { codec: 'snappy' }, schema).level).toBe(null);
	});

	test('of a merge remembers what theirs narrowed', () => {
		const ours = { schema: [column('id', 'BIGINT'), column('qty', 'BIGINT')] };
		const theirs = { schema: [column('id', 'BIGINT'), column('qty', 'SMALLINT')], layout: stored };
		expect(mergedLayout(ours, theirs, theirs.schema).narrowed).toEqual([column('qty', 'BIGINT')]);
		expect(mergedLayout(ours, theirs, ours.schema).narrowed).toEqual([]);
	});

	test('is said to the engine only where it is not as usual', () => {
		expect(STORED_PARQUET).toBe(
			'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384, DICTIONARY_SIZE_LIMIT 8192, WRITE_BLOOM_FILTER false'
		);
		expect(segmentParquet(USUAL_WRITER, 9001)).toBe(
			'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 9001, DICTIONARY_SIZE_LIMIT 4500, WRITE_BLOOM_FILTER false'
		);
		expect(patchParquet(USUAL_WRITER, 1_000_000)).toBe(
			'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 1000000, WRITE_BLOOM_FILTER false'
		);
		expect(segmentParquet({ ...USUAL_WRITER, dictionary: 'off' }, 9001)).toContain('DICTIONARY_SIZE_LIMIT 0,');
		expect(storedParquet({ codec: 'zstd', level: 9, segmentRows: 4096, dictionary: 'off', encoding: 'delta' })).toBe(
			'FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 9, ROW_GROUP_SIZE 4096, DICTIONARY_SIZE_LIMIT 0, PARQUET_VERSION V2, WRITE_BLOOM_FILTER false'
		);
	});

	test('is told in words', () => {
		const order = [{ column: 'city', descending: true }];
		expect(layoutWords({ codec: 'zstd', level: 9, order, narrow: [column('id', 'INTEGER')] })).toBe(
			'Store as chosen: zstd level 9, sorted by city descending, id as INTEGER'
		);
		expect(layoutWords({})).toBe('Write the segments anew');
	});
});

describe('columns that were narrowed', () => {
	test('have their own types for new values', () => {
		expect(narrowedColumns({ schema, layout: stored }, ['id', 'qty'])).toEqual([
			{ name: 'qty', narrow: 'SMALLINT', wide: 'BIGINT' }
		]);
		const wide = wideSchema({ schema, layout: stored });
		expect(wide.map(({ type }) => type)).toEqual(['INTEGER', 'BIGINT', 'VARCHAR']);
		expect(retypedTableSql('t', schema, schema)).toBe('t');
		expect(retypedTableSql('t', schema, wide)).toBe('(SELECT * REPLACE (CAST("qty" AS BIGINT) AS "qty") FROM t)');
	});

	test('are merged with those that were not', () => {
		const [narrow, wide] = [[column('qty', 'SMALLINT')], [column('qty', 'BIGINT')]];
		const schemas = { base: wide, ours: narrow, theirs: wide };
		const merged = mergeSchemas(schemas, { base: wide, ours: wide, theirs: wide });
		expect(merged).toMatchObject({ ok: true, value: { columns: [{ type: 'SMALLINT', wide: 'BIGINT' }] } });
		const both = { base: wide, ours: narrow, theirs: [column('qty', 'INTEGER')] };
		expect(mergeSchemas(both)).toMatchObject({ ok: false, error: [{ kind: 'types-differ' }] });
		expect(mergeSchemas(both, { base: wide, ours: wide, theirs: wide })).toMatchObject({
			ok: true,
			value: { columns: [{ type: 'BIGINT' }] }
		});
	});
});

describe('choices', () => {
	test('leave out what is so already, and never offer a codec that is too slow', () => {
		const offered = settingChoices({ ...USUAL_LAYOUT, encoding: 'delta' });
		expect(offered.filter(({ kind }) => kind === 'codec').map(({ choice }) => choice)).toEqual([
			{ codec: 'zstd', level: 9 },
			{ codec: 'snappy', level: null }
		]);
		expect(offered.find(({ kind }) => kind === 'encoding')?.choice).toEqual({ encoding: 'plain' });
		expect(JSON.stringify(offered)).not.toContain('brotli');
	});

	test('put columns with few values first', () => {
		const columns = [
			column('id', 'BIGINT'),
			column('city', 'VARCHAR'),
			column('kind', 'VARCHAR'),
			column('l', 'INTEGER[]')
		];
		expect(clusterOrder(columns, [1000, 40, 3, 2], 1000).map((one) => one.column)).toEqual(['kind', 'city']);
		expect(clusterOrder(columns, [1000, 1000, 1, 2], 1000)).toEqual([]);
	});

	test('recommend what is smaller, and nothing that a person has to weigh', () => {
		const of = { sizeBytes: 1000, narrowing: 'storage' } as const;
		const narrow = [
			{ choice: { name: 'a', narrow: 'INTEGER', wide: 'BIGINT' }, savedBytes: 10 },
			{ choice: { name: 'b', narrow: 'FLOAT', wide: 'DOUBLE' }, savedBytes: 0 }
		];
		const settings = [
			{ choice: { codec: 'zstd', level: 9 }, savedBytes: 500 },
			{ choice: { encoding: 'delta' }, savedBytes: 400 },
			{ choice: { dictionary: 'off' }, savedBytes: 5 }
		] as const;
		expect(recommended(narrow, settings, of)).toEqual({ encoding: 'delta', narrow: [column('a', 'INTEGER')] });
		expect(recommended(narrow, [], { ...of, narrowing: 'smallest' }).narrow?.map(({ name }) => name)).toEqual([
			'a',
			'b'
		]);
		expect(recommended([], [], of)).toEqual({});
	});
});
