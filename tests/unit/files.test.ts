// Files as sources: which are there, which of them a load reads, and what archives may hold.
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ok } from '#core/result.ts';
import type { Preview } from '#core/ingest/options.ts';
import { databasesWhole, filesToRead, isWanted, wholeTag } from '#core/source/files/file-facts.ts';
import { parseGlob } from '#core/source/files/glob.ts';
import { mayHoldPartition } from '#core/source/files/partition-filter.ts';
import { listAddress, objectAddress } from '#core/source/files/s3-address.ts';
import { parseListing } from '#core/source/files/s3-listing.ts';
import { parseConnection } from '#core/source/connection.ts';
import { sourceName, sourcesOf, usualName } from '#lib/flows/ingest-source.ts';
import { unpackSources } from '#lib/flows/unpack-sources.ts';
import { Stopped } from '#workers/ingest/failures.ts';
import type { IngestApi } from '#workers/ingest/api.ts';
import { unpack } from '#workers/ingest/zip.ts';
import { sqliteBytes } from '../made-sqlite.ts';
import { testEffects } from './effects.ts';

describe('a pattern', () => {
	const cases: readonly (readonly [string, string, boolean])[] = [
		['data/**/*.parquet', 'data/a.parquet', true],
		['data/**/*.parquet', 'data/x/y/a.parquet', true],
		['data/**/*.parquet', 'other/a.parquet', false],
		['data/*.csv', 'data/x/a.csv', false],
		['data/', 'data/x/a.csv', true],
		['', 'any/thing', true],
		['a?.csv', 'ab.csv', true],
		['a?.csv', 'abc.csv', false],
		['{a,b}/*.{csv,json}', 'b/x.json', true],
		['{a,b}/*.{csv,json}', 'c/x.json', false],
		['a.csv', 'aXcsv', false],
		['**', 'x/y', true],
		['x/**/z', 'x/z', true]
	];
	it.each(cases)('%s against %s is %s', (pattern, path, fits) => {
		const glob = parseGlob(pattern);
		expect(typeof glob === 'string' ? glob : glob.matches(path)).toBe(fits);
	});

	it('takes no long time for any text', () => {
		const glob = parseGlob(`${'*a'.repeat(100)}b`);
		expect(typeof glob === 'string' ? glob : glob.matches('a'.repeat(20_000))).toBe(false);
	});

	it('is refused when it stands for too much, or is not closed', () => {
		expect(parseGlob('{a,b}'.repeat(7))).toBe('too-many-choices');
		expect(parseGlob('{a,b')).toBe('open-brace');
		expect(parseGlob('a'.repeat(1001))).toBe('too-long');
	});
});

describe('a listing', () => {
	it('has names, sizes and tags, and how it goes on', () => {
		const xml = `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>
<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b=</NextContinuationToken>
<Contents><Key>data/a%2Bb+c.csv</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;abc&quot;</ETag><Size>12</Size></Contents>
<Contents><Key>data/</Key><Size>0</Size></Contents></ListBucketResult>`;
		expect(parseListing(xml)).toEqual(
			ok({ files: [{ path: 'data/a+b c.csv', sizeBytes: 12, tag: '"abc"', isStrong: true }], token: 'a&b=' })
		);
	});

	it.each([
		'<html></html>',
		'<ListBucketResult><Contents>',
		'<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>',
		'<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>'
	])('that is cut off or none is refused: %s', (xml) => {
		expect(parseListing(xml).ok).toBe(false);
	});

	it('and objects are asked for at addresses that keep every letter', () => {
		const place = { endpoint: 'https://s3.example.org', region: 'r', bucket: 'b', isPathStyle: false };
		expect(objectAddress(place, "a b/ü+'(1).csv")).toBe('https://b.s3.example.org/a%20b/%C3%BC%2B%27%281%29.csv');
		expect(objectAddress({ ...place, isPathStyle: true }, 'x')).toBe('https://s3.example.org/b/x');
		expect(objectAddress(place, 'a/../b')).toBeNull();
		expect(listAddress(place, 'a/', 't=')).toBe(
			'https://b.s3.example.org/?continuation-token=t%3D&encoding-type=url&list-type=2&prefix=a%2F'
		);
	});
});

describe('what a load reads', () => {
	const file = (path: string, tag: string | null = '1') => ({ path, sizeBytes: 1, tag, isStrong: true });
	const known = new Map([
		['a', '1'],
		['b', '1'],
		['gone', '1']
	]);
	const listed = [file('c'), file('b', '2'), file('a')];

	it('is with append what is new; what changed is told', () => {
		expect(filesToRead('append', listed, known)).toEqual({
			files: [file('c')],
			changed: ['b'],
			gone: ['gone'],
			unchangedCount: 1
		});
	});
	it('is with a key what is new and what changed', () => {
		expect(filesToRead('merge', listed, known).files).toEqual([file('b', '2'), file('c')]);
	});
	it('is all when all is taken, and nothing when nothing is different', () => {
		expect(filesToRead('full', listed, known).files).toHaveLength(3);
		expect(filesToRead('full', [file('a')], new Map([['a', '1']])).files).toEqual([]);
		expect(filesToRead('full', [file('a', null)], new Map([['a', null]])).files).toHaveLength(1);
	});
	it('leaves out folders that no wanted row can be in', () => {
		const filters = (op: '=' | '>=' | 'in', ...values: (string | number)[]) => [{ column: 'day', op, values }];
		expect(mayHoldPartition('day=2026-01-01/a', filters('=', '2026-01-02'))).toBe(false);
		expect(mayHoldPartition('day=2026-01-01/a', filters('>=', '2025-12-31'))).toBe(true);
		expect(mayHoldPartition('day=9/a', filters('>=', 10))).toBe(false);
		expect(mayHoldPartition('day=x/a', filters('in', 'y', 'x'))).toBe(true);
		expect(mayHoldPartition('other=1/a', filters('=', 'x'))).toBe(true);
	});
});

describe('a connection to files as text', () => {
	const problems: readonly (readonly [string, string, number])[] = [
		['kind: s3\nbucket: abc', 'missing-key', 1],
		['kind: s3\nregion: r\nbucket: abc\npath: "{a"', 'bad-pattern', 4],
		['kind: s3\nregion: r\nbucket: abc\nendpoint: https://x.example.org/path', 'bad-address', 4],
		['kind: s3\nregion: r\nbucket: abc\nsecret_key: x', 'unknown-key', 4],
		['kind: web\nurls: [ftp://example.org/a]', 'bad-address', 2],
		['kind: web\nurls: []', 'out-of-range', 2],
		['kind: folder\nfolder: in\nfilters: [{ column: a, is: "=", value: [1, 2] }]', 'many-values', 3],
		['kind: folder\nfolder: in\nload: { mode: merge }', 'needs-key', 3]
	];
	it.each(problems)('%j is refused as %s in its line', (text, code, line) => {
		expect(parseConnection(text)).toMatchObject({ ok: false, error: { problems: [{ code, line }] } });
	});
});

describe('an archive', () => {
	const packed = (files: Readonly<Record<string, Uint8Array>>, level: 0 | 9 = 9): Blob =>
		new Blob([new Uint8Array(zipSync(files, { level }))]);
	const failureOf = async (blob: Blob): Promise<unknown> => {
		try {
			return await unpack('a.zip', blob);
		} catch (thrown) {
			return thrown instanceof Stopped ? thrown.failure : String(thrown);
		}
	};

	it('gives its files by their paths, and nothing of what packers leave', async () => {
		const files = await unpack(
			'a.zip',
			packed({ 'a.csv': strToU8('n\n1'), '__MACOSX/a.csv': strToU8('x'), 'b/.DS': strToU8('x') })
		);
		expect(await Promise.all(files.map(async ({ path, file }) => [path, await file.text()]))).toEqual([
			['a.csv', 'n\n1']
		]);
	});

	const hostile: readonly (readonly [string, Blob, string])[] = [
		['leads out', packed({ '../a.csv': strToU8('x') }), 'leads out'],
		['leads to a place of the machine', packed({ '/etc/a': strToU8('x') }), 'leads out'],
		['leads out by a backslash', packed({ 'b\\..\\a': strToU8('x') }), 'leads out'],
		['is a bomb', packed({ 'a.csv': new Uint8Array(20 * 1024 * 1024) }), 'times as large'],
		['is cut off', packed({ 'a.csv': strToU8('x') }).slice(0, -30), 'no whole ZIP']
	];
	it.each(hostile)('that %s is refused', async (_what, blob, reason) => {
		expect(JSON.stringify(await failureOf(blob))).toContain(reason);
	});

	it('that says less than it holds, or other bytes than it has, is refused', async () => {
		const bytes = new Uint8Array(await packed({ 'a.csv': strToU8('abc'.repeat(1000)) }).arrayBuffer());
		const view = new DataView(bytes.buffer);
		const entry = bytes.findIndex((_byte, at) => at + 4 <= bytes.length && view.getUint32(at, true) === 0x02014b50);
		const lying = bytes.slice();
		new DataView(lying.buffer).setUint32(entry + 24, 10, true);
		expect(await failureOf(new Blob([lying]))).toMatchObject({
			reason: expect.stringContaining('larger than it says') as string
		});
		const damaged = bytes.slice();
		new DataView(damaged.buffer).setUint32(entry + 16, 1, true);
		expect(await failureOf(new Blob([damaged]))).toMatchObject({
			reason: expect.stringContaining('damaged') as string
		});
	});
});

describe('what SQLite keeps beside a database', () => {
	const listed = ['a.db', 'a.db-shm', 'a.db-wal', 'b-journal', 'c.db-wal'].map((path) => ({
		...{ path, sizeBytes: 1, tag: path },
		isStrong: true
	}));

	it('is no file of a source, and a file of such a name alone is one', () => {
		expect(databasesWhole(listed).map(({ path }) => path)).toEqual(['a.db', 'b-journal', 'c.db-wal']);
	});

	it('makes it another file when its log is another one', () => {
		const [database] = databasesWhole(listed);
		expect(database && wholeTag(database)).toBe('a.db a.db-wal');
		const known = new Map([
			['a.db', 'a.db a.db-wal'],
			['b-journal', 'b-journal'],
			['c.db-wal', 'c.db-wal']
		]);
		expect(filesToRead('merge', databasesWhole(listed), known).files).toEqual([]);
		const later = listed.map((file) => (file.path === 'a.db-wal' ? { ...file, tag: 'later' } : file));
		expect(filesToRead('merge', databasesWhole(later), known).files.map(({ path }) => path)).toEqual(['a.db']);
	});

	it('is one of two, of which the newest rows are in the log', () => {
		const logsOf = (...endings: readonly string[]) =>
			databasesWhole(endings.map((ending) => ({ path: `a.db${ending}`, sizeBytes: 1, tag: null, isStrong: false })));
		expect(logsOf('', '-journal')).toMatchObject([{ path: 'a.db', log: { path: 'a.db-journal' } }]);
		expect(logsOf('-wal', '-journal', '')).toMatchObject([{ path: 'a.db', log: { path: 'a.db-wal' } }]);
		expect(logsOf('-journal', '', '-wal')).toMatchObject([{ path: 'a.db', log: { path: 'a.db-wal' } }]);
	});

	it('comes with it where both are dropped together, into each of its tables', async () => {
		const tables = ['t', 'u'].map((name) => ({
			...{ name, kind: 'table' as const, isHidden: false },
			columns: [{ name: 'a', type: '', isKey: false }]
		}));
		const options = { format: 'sqlite', compression: 'none', csv: null, json: null, excel: null, columns: [] } as const;
		const preview = { options, rows: [], rejects: [], rowEstimate: 0, exact: true, notes: [], recordPaths: [] };
		const guessed: unknown[] = [];
		const ingest: Partial<IngestApi> = {
			guess: async ({ log }) => {
				guessed.push(log && (await log.text()));
				return ok({ ...preview, tables });
			}
		};
		const dropped = [
			{ path: 'd/live.db-wal', file: new File(['newest'], 'live.db-wal') },
			{ path: 'd/live.db', file: new File([sqliteBytes('CREATE TABLE t (a)')], 'live.db') }
		];
		const sources = await unpackSources(sourcesOf(dropped), testEffects({ ingest }));
		expect(guessed).toEqual(['newest']);
		const kept = sources.map(async (one) => [sourceName(one), one.kind === 'blob' && (await one.log?.text())]);
		expect(await Promise.all(kept)).toEqual([
			['live.db#t', 'newest'],
			['live.db#u', 'newest']
		]);
	});

	it('is wanted by a pattern that wants the database', () => {
		const pattern = parseGlob('*.db');
		if (typeof pattern === 'string') throw new Error(pattern);
		expect(listed.filter((file) => isWanted(file, pattern)).map(({ path }) => path)).toEqual([
			...['a.db', 'a.db-wal', 'c.db-wal']
		]);
	});
});

describe('what is imported', () => {
	const zip = { kind: 'blob', name: 'a.zip', blob: new Blob(['packed']) } as const;
	const unpacked = async (...paths: readonly string[]): Promise<readonly string[]> => {
		const files = paths.map((path) => ({ path, file: new Blob([path]) }));
		const effects = testEffects({ ingest: { unpack: () => Promise.resolve(ok(files)) } });
		const plain = { kind: 'blob', name: 'b.csv', blob: new Blob(['n']) } as const;
		return (await unpackSources([plain, zip], effects)).map((one) => (one.kind === 'blob' ? one.name : one.url));
	};

	it('is each file of an archive by itself, but for a folder of Parquet and a single file', async () => {
		expect(await unpacked('x/c.csv', 'd.json')).toEqual(['b.csv', 'c.csv', 'd.json']);
		expect(await unpacked('c.csv')).toEqual(['b.csv', 'a.zip']);
		expect(await unpacked('day=1/a.parquet', 'day=2/a.parquet')).toEqual(['b.csv', 'a.zip']);
	});

	it('is each table of a database by itself, in an archive too, under its own name', async () => {
		const file = new Blob([
			sqliteBytes('CREATE TABLE "order.lines" (a); CREATE TABLE codes (b); CREATE VIEW v AS SELECT 1;')
		]);
		const table = (name: string, kind: 'table' | 'view') => ({
			...{ name, kind, isHidden: false },
			columns: [{ name: 'a', type: '', isKey: false }]
		});
		const preview: Preview = {
			options: { format: 'sqlite', compression: 'none', csv: null, json: null, excel: null, columns: [] },
			tables: [table('order.lines', 'table'), table('codes', 'table'), table('v', 'view')],
			...{ rows: [], rejects: [], rowEstimate: 0, exact: true, notes: [], recordPaths: [] }
		};
		const files = ['x/in.db', 'c.csv'].map((path) => ({ path, file: path === 'c.csv' ? new Blob(['n']) : file }));
		const ingest = { unpack: () => Promise.resolve(ok(files)), guess: () => Promise.resolve(ok(preview)) };
		const sources = await unpackSources(
			[{ kind: 'blob', name: 'shop.sqlite', blob: file }, zip],
			testEffects({ ingest })
		);
		expect(sources.map((source) => [sourceName(source), usualName(source)])).toEqual([
			['shop.sqlite#order.lines', 'order_lines'],
			['shop.sqlite#codes', 'codes'],
			['in.db#order.lines', 'order_lines'],
			['in.db#codes', 'codes'],
			['c.csv', 'c']
		]);
	});
});
