// Hive-partitioned folders: their names, which files there are, and what belongs together when they are read.
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { caselessHiveFolder, HIVE_NULL, hiveFolder, partitionsOf } from '#core/export/hive-path.ts';
import { encodePartitionTypes, parsePartitionTypes } from '#core/export/partition-types.ts';
import {
	choosePartitionColumns,
	clusteredFileSql,
	fileSql,
	planFiles,
	PARTITION_FILES_MAX
} from '#core/export/plan-partitions.ts';
import {
	columnDifferences,
	groupPartitioned,
	guessPartitionType,
	inOrder,
	repeatedPartition
} from '#core/ingest/partitioned-folder.ts';
import { findZipDirectory, readZipDirectory, readZipEntries } from '#core/ingest/zip-directory.ts';
import { resultId } from '#core/ids.ts';
import { err, ok } from '#core/result.ts';
import { exportPartitions, type FolderSink } from '#lib/flows/export-partitions.ts';
import { folderSource, sourcesOf } from '#lib/flows/ingest-source.ts';
import { zipSink } from '#lib/flows/zip-sink.ts';
import type { RunInput } from '#workers/engine/api.ts';
import { arrowOf } from './arrow.ts';
import { tableOf, testEffects } from './effects.ts';

const text = { name: 'a', type: 'VARCHAR' };
const number = { name: 'n', type: 'BIGINT' };

describe('folder names', () => {
	test('are DuckDB’s: all but letters, digits and _-~. is percent-encoded UTF-8', () => {
		expect(hiveFolder({ column: 'b', text: "a b/c=d%_-~.!'()*" })).toBe('b=a%20b%2Fc%3Dd%25_-~.%21%27%28%29%2A');
		expect(hiveFolder({ column: 'Land & Ort', text: 'Zürich 🦆' })).toBe('Land%20%26%20Ort=Z%C3%BCrich%20%F0%9F%A6%86');
		expect(hiveFolder({ column: 'a', text: '' })).toBe('a=');
		expect(hiveFolder({ column: 'a', text: null })).toBe(`a=${HIVE_NULL}`);
	});

	test('tell NULL from texts that look like it, and read what DuckDB writes for it', () => {
		expect(hiveFolder({ column: 'a', text: 'null' })).toBe('a=%6Eull');
		expect(hiveFolder({ column: 'a', text: HIVE_NULL })).toBe(`a=%5F${HIVE_NULL.slice(1)}`);
		expect(partitionsOf('a=NULL/b=null/x')).toEqual([
			{ column: 'a', text: null },
			{ column: 'b', text: 'null' }
		]);
	});

	test('end in nothing that Windows cuts off or Chromium refuses', () => {
		const folderOf = (text: string): string => hiveFolder({ column: 'a', text });
		expect(['Acme Inc.', '..', 'printer.LOCAL', 'x.url', 'local', 'v1.5'].map(folderOf)).toEqual([
			'a=Acme%20Inc%2E',
			'a=.%2E',
			'a=printer%2ELOCAL',
			'a=x%2Eurl',
			'a=local',
			'a=v1.5'
		]);
	});

	test('give back every column and value', () => {
		const value = fc.record({
			column: fc.string({ unit: 'grapheme', minLength: 1 }),
			text: fc.option(
				fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(HIVE_NULL, 'NULL', 'null', '..', 'a.local'))
			)
		});
		fc.assert(
			fc.property(fc.array(value), (values) => {
				const path = ['in', ...values.map(hiveFolder), 'part-0.parquet'].join('/');
				expect(partitionsOf(path)).toEqual(values);
				const caseless = ['in', ...values.map(caselessHiveFolder), 'part-0.parquet'].join('/');
				expect(partitionsOf(caseless)).toEqual(values);
			})
		);
	});

	test('of writers that do not encode are taken as they stand', () => {
		expect(partitionsOf('x/100%=5 % of it/a=%zz/part.parquet')).toEqual([
			{ column: '100%', text: '5 % of it' },
			{ column: 'a', text: '%zz' }
		]);
		expect(partitionsOf('=x/plain/part=1.parquet')).toEqual([]);
	});
});

describe('the plan', () => {
	test('a partition is cut into files of so many rows, and none is lost', () => {
		const planned = planFiles(
			[text],
			[
				{ values: ['x y'], rowCount: 5 },
				{ values: [null], rowCount: 2 }
			],
			2
		);
		expect(planned.ok && planned.value.map(({ path, startRow, rowCount }) => [path, startRow, rowCount])).toEqual([
			['a=x%20y/part-0.parquet', 0, 2],
			['a=x%20y/part-1.parquet', 2, 2],
			['a=x%20y/part-2.parquet', 4, 1],
			[`a=${HIVE_NULL}/part-0.parquet`, 0, 2]
		]);
		expect(planned.ok && planned.value.map((file) => fileSql('t', [text, number], [text], file))).toEqual([
			`SELECT "n" FROM t WHERE "a" = CAST('x y' AS VARCHAR) LIMIT 2 OFFSET 0`,
			`SELECT "n" FROM t WHERE "a" = CAST('x y' AS VARCHAR) LIMIT 2 OFFSET 2`,
			`SELECT "n" FROM t WHERE "a" = CAST('x y' AS VARCHAR) LIMIT 1 OFFSET 4`,
			`SELECT "n" FROM t WHERE "a" IS NULL LIMIT 2 OFFSET 0`
		]);
	});

	test('of rows that lie together, a file reads its own and no others', () => {
		const planned = planFiles(
			[text],
			[
				{ values: ['x'], rowCount: 5 },
				{ values: ['y'], rowCount: 4 }
			],
			3
		);
		const files = [
			{ name: 'one', rowCount: 4 },
			{ name: 'two', rowCount: 5 }
		];
		const ranges = planned.ok && planned.value.map((file) => clusteredFileSql(files, [text, number], [text], file));
		const piece = (name: string, from: number, to: number): string =>
			`SELECT c1 AS "n" FROM read_parquet('${name}', file_row_number = true) WHERE file_row_number >= ${from} AND file_row_number < ${to}`;
		expect(ranges && ranges.map((sql) => sql.replace(/\s+/g, ' '))).toEqual([
			piece('one', 0, 3),
			`${piece('one', 3, 5)} UNION ALL ${piece('two', 0, 1)}`,
			piece('two', 1, 4),
			piece('two', 4, 5)
		]);
	});

	test('folders differ in more than the case of letters, whatever the values', () => {
		const values = fc.uniqueArray(
			fc.tuple(fc.constantFrom('DE', 'de', 'De', 'ÄX', 'Äx', null, ''), fc.constantFrom('a', 'A')),
			{
				selector: (pair) => JSON.stringify(pair)
			}
		);
		fc.assert(
			fc.property(values, (pairs) => {
				const planned = planFiles(
					[text, number],
					pairs.map((pair) => ({ values: pair, rowCount: 1 })),
					1
				);
				const paths = planned.ok ? planned.value.map(({ path }) => path) : [];
				if (pairs.length === 0) return;
				expect(paths.map((path) => partitionsOf(path).map(({ text: value }) => value))).toEqual(pairs);
				expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(pairs.length);
				const folders = new Set(paths.map((path) => path.split('/')[0]));
				expect(new Set([...folders].map((folder) => folder?.toLowerCase())).size).toBe(folders.size);
			})
		);
	});

	test('a table without rows is one file in the folder of NULL', () => {
		expect(planFiles([text], [], 10)).toEqual(
			ok([{ path: `a=${HIVE_NULL}/part-0.parquet`, values: [null], startRow: 0, clusteredRow: 0, rowCount: 0 }])
		);
	});

	test('types of the partition columns are told in each file, and only types are believed', () => {
		const types = [text, number, { name: 'd', type: 'DECIMAL(5,2)' }, { name: 'z', type: 'TIMESTAMP WITH TIME ZONE' }];
		expect([...parsePartitionTypes(encodePartitionTypes(types))]).toEqual(types.map(({ name, type }) => [name, type]));
		for (const made of ['', '[]', 'null', '{"a":1}', '{"a":"BLOB"}', '{"a":"DATE) FROM x --"}', '{"a":"INTEGER[]"}'])
			expect(parsePartitionTypes(made).size).toBe(0);
	});

	test('too many files, too long a name and impossible columns are refused with the facts', () => {
		const many = Array.from({ length: PARTITION_FILES_MAX }, (_, at) => ({ values: [String(at)], rowCount: 2 }));
		expect(planFiles([text], many, 2).ok).toBe(true);
		expect(planFiles([text], many, 1)).toEqual(
			err({
				kind: 'too-many-partitions',
				columns: ['a'],
				partitionCount: PARTITION_FILES_MAX,
				fileCount: 2 * PARTITION_FILES_MAX,
				limit: PARTITION_FILES_MAX
			})
		);
		const long = planFiles([text], [{ values: ['ü'.repeat(50)], rowCount: 1 }], 1);
		expect(long).toEqual(err({ kind: 'partition-too-long', column: 'a', limitBytes: 255 }));
		const schema = [text, number, { name: 'l', type: 'INTEGER[]' }];
		expect(choosePartitionColumns(['a', 'a', 'n'], schema)).toEqual(ok([text, number]));
		expect(choosePartitionColumns(['x'], schema)).toEqual(err({ kind: 'unknown-column', column: 'x' }));
		expect(choosePartitionColumns(['l'], schema)).toMatchObject({ error: { why: 'type' } });
		expect(choosePartitionColumns(['a', 'n'], [text, number])).toMatchObject({ error: { why: 'no-other-column' } });
	});
});

describe('reading', () => {
	test('partitioned files are grouped by folder, everything else stays single', () => {
		const paths = [
			'in/sales/country=DE/part-10.parquet',
			'in/sales/country=DE/part-9.parquet',
			'in/sales/country=AT/._part-0.parquet',
			'in/sales/_SUCCESS',
			'in/sales/readme.txt',
			'in/country=DE/rows.csv',
			'day=2024-01-01/part-0.PARQUET'
		];
		const { folders, others } = groupPartitioned(paths.map((path) => ({ path, file: path })));
		expect(folders).toEqual([
			{
				name: 'sales',
				files: [
					{ path: 'country=DE/part-9.parquet', file: paths[1] },
					{ path: 'country=DE/part-10.parquet', file: paths[0] }
				]
			},
			{ name: 'by day', files: [{ path: 'day=2024-01-01/part-0.PARQUET', file: paths[6] }] }
		]);
		expect(others.map(({ path }) => path)).toEqual([paths[2], paths[4], paths[5]]);
	});

	test('numbers in paths count as numbers', () => {
		const files = ['a=10/x', 'a=9/x', 'a=9/part-2', 'a=9/part-11'].map((path) => ({ path, file: 0 }));
		expect(inOrder(files).map(({ path }) => path)).toEqual(['a=9/part-2', 'a=9/part-11', 'a=9/x', 'a=10/x']);
	});

	test('a folder’s bytes are those of its files in the order of their paths', async () => {
		const file = (path: string, content: string) => ({ path, file: new File([content], path) });
		const source = folderSource({ name: 'f', files: [file('a=2/x.parquet', 'two'), file('a=1/x.parquet', 'one')] });
		expect(await source.blob.text()).toBe('onetwo');
		const sources = sourcesOf([file('d/a=1/x.parquet', 'one'), file('d/b.csv', 'c')]);
		expect(sources.map((one) => one.kind === 'blob' && [one.name, one.files?.length])).toEqual([
			['d', 1],
			['b.csv', undefined]
		]);
	});

	test.each([
		['DOUBLE', ['1.5', '-0.25', '2.0']],
		['BOOLEAN', ['true', null, 'false']],
		['TIMESTAMP', ['2024-01-01 00:00:00', '2024-01-01 23:59:59.25']],
		['VARCHAR', ['1.10', '1.5']],
		['VARCHAR', ['1', '1.5']],
		['VARCHAR', ['2024-01-01 24:00:00']],
		['BIGINT', ['1', '-20', '0', null, '9223372036854775807']],
		['DATE', ['2024-02-29', null, '1999-12-31']],
		['VARCHAR', ['007', '1']],
		['VARCHAR', ['-0']],
		['VARCHAR', ['9223372036854775808']],
		['VARCHAR', ['2023-02-29']],
		['VARCHAR', ['1', '2024-01-01']],
		['VARCHAR', ['', '1']],
		['VARCHAR', [null]]
	])('%s for %j', (type, values) => expect(guessPartitionType(values)).toBe(type));

	test('a path that names a column twice is found, in either case', () => {
		expect(repeatedPartition('a=1/b=2/A=3/x.parquet')).toBe('A');
		expect(repeatedPartition('a=1/b=2/c=a=1/x.parquet')).toBe(null);
	});

	test('differences name the column with both types', () => {
		expect(columnDifferences([text, number], [number, text])).toEqual([]);
		expect(
			columnDifferences(
				[text, number],
				[
					{ ...text, type: 'DATE' },
					{ name: 'z', type: 'BLOB' }
				]
			)
		).toEqual([
			{ column: 'a', expected: 'VARCHAR', found: 'DATE' },
			{ column: 'n', expected: 'BIGINT', found: null },
			{ column: 'z', expected: null, found: 'BLOB' }
		]);
	});
});

describe('ZIP', () => {
	test('what is written is read by another reader, and by ours', async () => {
		const chunks: Uint8Array<ArrayBuffer>[] = [];
		const sink = zipSink(Date.UTC(2026, 2, 1), (bytes) => void chunks.push(bytes));
		const files: Record<string, string> = { 'a=1/part-0.parquet': 'one', 'ä/x.parquet': '', 'b.parquet': 'three' };
		for (const [path, content] of Object.entries(files)) {
			await sink.begin(path);
			for (const letter of content) await sink.write(new TextEncoder().encode(letter));
			await sink.end();
		}
		await sink.finish();
		const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
		const read = unzipSync(bytes);
		expect(
			Object.fromEntries(Object.entries(read).map(([path, one]) => [path, new TextDecoder().decode(one)]))
		).toEqual(files);
		const place = findZipDirectory(bytes, bytes.length);
		const directory = bytes.subarray(place?.startByte, (place?.startByte ?? 0) + (place?.sizeBytes ?? 0));
		const entries = readZipEntries(directory, place?.count ?? 0);
		expect(entries?.map(({ name, unpackedBytes, method }) => [name, unpackedBytes, method])).toEqual([
			['a=1/part-0.parquet', 3, 0],
			['ä/x.parquet', 0, 0],
			['b.parquet', 5, 0]
		]);
	});

	test('a directory of any damage is read or refused, and never runs on', () => {
		const whole = zipSync({ 'a=1/x.parquet': new Uint8Array(99), 'b/y': new Uint8Array(5) });
		fc.assert(
			fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
				const bytes = whole.slice();
				bytes[at] = byte;
				const directory = readZipDirectory(bytes, bytes.length);
				expect(directory === null || directory.names.length <= 65_535).toBe(true);
			})
		);
	});
});

describe('the export', () => {
	const rows = (names: readonly string[], values: readonly (readonly unknown[])[]) => arrowOf(names, values);

	function effectsWith(copied: string[], fails: (sql: string) => boolean = () => false) {
		let last = '';
		const wrote: string[] = [];
		const effects = testEffects({
			engine: {
				write: ({ sql }: RunInput) => {
					wrote.push(sql);
					if (fails(sql)) return Promise.resolve(err({ kind: 'out-of-memory' }));
					const { files } = tableOf('x');
					const whole = files.map((file) => ({ ...file, rowCount: 18 }));
					return Promise.resolve(ok({ ...tableOf('x'), files: whole, schema: [number, text], rowCount: 18 }));
				},
				run: ({ sql }: RunInput) => {
					last = sql;
					return Promise.resolve(ok({ columns: [], rowCount: 1, elapsedMs: 0, sizeBytes: 0 }));
				},
				arrow: () =>
					Promise.resolve(
						ok(
							last.includes('DISTINCT')
								? rows(['partitions'], [[9]])
								: rows(
										['v0', 'rows'],
										Array.from({ length: 9 }, (_, at) => [at === 8 ? null : `v${at}`, 2])
									)
						)
					),
				copy: async ({ sql }: RunInput, _options, onChunk) => {
					copied.push(sql);
					await onChunk(new TextEncoder().encode('bytes'));
					return ok({ rowCount: 2 });
				}
			}
		});
		return { effects, wrote };
	}

	function folder(paths: string[], failsAt = Infinity): FolderSink {
		return {
			begin: (path) => void paths.push(path),
			write: () => {
				if (paths.length > failsAt) throw new Error('disk full');
			},
			end: () => undefined,
			finish: () => void paths.push('finished')
		};
	}

	const options = { partitionBy: ['a'], compression: 'snappy', rowsPerFile: null, bytesPerFile: null } as const;
	const input = { id: resultId('x'), label: 'x', sql: 'select 1', options };

	test('clusters the rows once, and goes on without when memory does not suffice', async () => {
		for (const isFull of [false, true]) {
			const copied: string[] = [];
			const paths: string[] = [];
			const { effects, wrote } = effectsWith(copied, (sql) => isFull && sql.includes('ORDER BY'));
			const exported = await exportPartitions({ ...input, sink: folder(paths) }, effects);
			expect(exported).toEqual(ok({ rowCount: 18, partitionCount: 9, fileCount: 9 }));
			expect(wrote).toHaveLength(2);
			expect(copied.every((sql) => sql.includes('clustered') !== isFull)).toBe(true);
			expect(paths).toHaveLength(10);
			expect(paths.slice(-2)).toEqual([`a=${HIVE_NULL}/part-0.parquet`, 'finished']);
		}
	});

	test('a disk that fails ends it with the file’s name, and the list of files is not written', async () => {
		const paths: string[] = [];
		const { effects } = effectsWith([]);
		const exported = await exportPartitions({ ...input, sink: folder(paths, 3) }, effects);
		expect(exported).toEqual(err({ kind: 'sink-failed', reason: 'a=v3/part-0.parquet: disk full' }));
		expect(paths).toHaveLength(4);
		expect(effects.jobs.list()[0]?.state).toBe('failed');
	});
});
