// Ingest of binary formats, damaged sources and URLs, through the real worker.
import { columnFromArray, float64, int64, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { proxy, transfer, wrap, type Remote } from 'comlink';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import writeXlsx from 'write-excel-file/browser';
import type { IngestFailure, IngestOverrides } from '#core/ingest/options.ts';
import type { Result } from '#core/result.ts';
import type { IngestOutput, IngestWorkerApi } from '#workers/ingest/api.ts';
import type { RowsApi } from '../golden/rows.worker.ts';

let worker: Worker;
let rowsWorker: Worker;
let secondWorker: Worker;
let ingest: Remote<IngestWorkerApi>;
let second: Remote<IngestWorkerApi>;
let rowsOf: Remote<RowsApi>;

beforeAll(() => {
	const start = (name: string): Worker =>
		new Worker(new URL('../../workers/ingest/ingest.worker.ts', import.meta.url), { type: 'module', name });
	worker = start('ingest-formats');
	secondWorker = start('ingest-formats-2');
	second = wrap<IngestWorkerApi>(secondWorker);
	rowsWorker = new Worker(new URL('../golden/rows.worker.ts', import.meta.url), { type: 'module' });
	ingest = wrap<IngestWorkerApi>(worker);
	rowsOf = wrap<RowsApi>(rowsWorker);
});
afterAll(() => {
	worker.terminate();
	secondWorker.terminate();
	rowsWorker.terminate();
});

const read = (
	name: string,
	blob: Blob,
	overrides: IngestOverrides = {}
): Promise<Result<IngestOutput, IngestFailure>> =>
	ingest.read(
		{ name, blob },
		overrides,
		proxy(() => undefined)
	);

async function table(name: string, blob: Blob, overrides: IngestOverrides = {}): Promise<unknown> {
	const result = await read(name, blob, overrides);
	if (!result.ok) return result.error;
	const { schema, files, rowCount } = result.value.table;
	const rows = await rowsOf.rows(
		files.map((file) => file.blob),
		100
	);
	return { types: schema.map(({ name: column, type }) => `${column} ${type}`), rows, rowCount };
}

async function gzip(blob: Blob): Promise<Blob> {
	return new Response(blob.stream().pipeThrough(new CompressionStream('gzip'))).blob();
}

function arrowBytes(format: 'file' | 'stream'): Blob {
	const columns = tableFromColumns({
		id: columnFromArray([1n, 2n, 3n], int64()),
		name: columnFromArray(['Ann', null, 'Zoë'], utf8()),
		value: columnFromArray([1.5, 2.5, null], float64())
	});
	const bytes = tableToIPC(columns, { format });
	if (!bytes) throw new Error('no bytes');
	return new Blob([bytes.slice()]);
}

const people = {
	types: ['id BIGINT', 'name VARCHAR', 'value DOUBLE'],
	rows: [
		['1', 'Ann', '1.5'],
		['2', null, '2.5'],
		['3', 'Zoë', null]
	],
	rowCount: 3
};

describe('Arrow', () => {
	test.each(['file', 'stream'] as const)('a %s is read, gzipped or not', async (format) => {
		expect(await table('a.arrow', arrowBytes(format))).toEqual(people);
		expect(await table('a.arrow.gz', await gzip(arrowBytes(format)))).toEqual(people);
	});

	test('a cut file ends in a failure, and the worker goes on', async () => {
		const cut = arrowBytes('file').slice(0, 200);
		expect(await table('a.feather', cut)).toMatchObject({ kind: 'unreadable-source', format: 'arrow' });
		expect(await table('a.arrow', arrowBytes('stream'))).toEqual(people);
	});
});

describe('Parquet', () => {
	async function parquet(): Promise<Blob> {
		const written = await read('a.arrow', arrowBytes('file'));
		if (!written.ok) throw new Error(written.error.kind);
		const [file] = written.value.table.files;
		if (!file) throw new Error('no file');
		return file.blob;
	}

	test('is read by its bytes whatever its name, gzipped or not', async () => {
		expect(await table('people.csv', await parquet())).toEqual(people);
		expect(await table('people.parquet.gz', await gzip(await parquet()))).toEqual(people);
	});

	test('a guess shows rows and types, and overrides are kept', async () => {
		const blob = await parquet();
		const overrides = { types: { value: '', id: 'VARCHAR' }, names: { name: 'who' } };
		expect(await ingest.guess({ name: 'p.parquet', blob }, overrides)).toMatchObject({
			ok: true,
			value: {
				exact: true,
				rowEstimate: 3,
				rows: [
					['1', 'Ann'],
					['2', null],
					['3', 'Zoë']
				]
			}
		});
		expect(await table('p.parquet', blob, overrides)).toMatchObject({ types: ['id VARCHAR', 'who VARCHAR'] });
	});

	test.each(['n', 'file_row_number'])('several slices keep the rows in order, with a column %s', async (name) => {
		const rowCount = 60_000;
		const numbers = Array.from({ length: rowCount }, (_, row) => BigInt(row * 7));
		const columns = tableFromColumns({
			[name]: columnFromArray(numbers, int64()),
			text: columnFromArray(
				numbers.map((number) => `${number}`.padStart(600, '-')),
				utf8()
			)
		});
		const bytes = tableToIPC(columns, { format: 'file' });
		if (!bytes) throw new Error('no bytes');
		const written = await read('a.arrow', new Blob([bytes.slice()]));
		if (!written.ok) throw new Error(written.error.kind);
		// One file of all rows, as another program would write it, is what the slices are cut from.
		const whole = await rowsOf.oneFile(written.value.table.files.map((file) => file.blob));
		const result = await read('p.parquet', whole);
		if (!result.ok) throw new Error(result.error.kind);
		const { files } = result.value.table;
		expect(files.length).toBeGreaterThan(1);
		const rows = await rowsOf.rows(
			files.map((file) => file.blob),
			rowCount
		);
		expect(rows.map(([number]) => number)).toEqual(numbers.map(String));
	});

	test('a value that does not fit an asked-for type is rejected with its row', async () => {
		const result = await read('p.parquet', await parquet(), { types: { name: 'BIGINT' } });
		expect(result).toMatchObject({ ok: true, value: { table: { rowCount: 1 }, rejects: { rowCount: 2 } } });
	});

	test('a struct whose members an asked-for type does not name is told, and not made smaller', async () => {
		const lines = ['{"id":1,"o":{"a":1,"b":2}}', '{"id":2,"o":null}'];
		const nested = await read('a.ndjson', new Blob([lines.join('\n')]));
		const [file] = nested.ok ? nested.value.table.files : [];
		if (!file) return expect.unreachable();
		for (const type of ['STRUCT(a BIGINT)', 'STRUCT(c BIGINT)']) {
			const result = await read('p.parquet', file.blob, { types: { o: type } });
			expect(result).toMatchObject({ ok: true, value: { table: { rowCount: 1 }, rejects: { rowCount: 1 } } });
		}
		const wider = await read('p.parquet', file.blob, { types: { o: 'STRUCT(a BIGINT, b DOUBLE, c VARCHAR)' } });
		expect(wider).toMatchObject({ ok: true, value: { table: { rowCount: 2 }, rejects: null } });
	});

	test('a row of JSON that has more members than an asked-for struct is told whole, and the others are taken', async () => {
		const lines = [
			...['{"id":1,"o":{"a":1}}', '{"id":2,"o":{"a":1,"b":{"c":3}}}', '{"id":3,"o":null}', '{"id":4,"o":{}}'],
			...['{"id":5,"o":{"l":[{"x":1},{"y":2}]}}', '{"id":6,"o":{"l":[{"x":1}]}}', '{"id":7,"o":[1,"x"]}']
		];
		const loose = await read('a.ndjson', new Blob([lines.join('\n')]), { types: { o: 'JSON' } });
		const [file] = loose.ok ? loose.value.table.files : [];
		if (!file) return expect.unreachable();
		const result = await read('p.parquet', file.blob, { types: { o: 'STRUCT(a BIGINT, l STRUCT(x BIGINT)[])' } });
		expect(result).toMatchObject({ ok: true, value: { table: { rowCount: 4 }, rejects: { rowCount: 3 } } });
	});

	test.each([
		['cut off', (blob: Blob) => blob.slice(0, blob.size - 20), 'cut off'],
		[
			'with a lying footer length',
			(blob: Blob) => new Blob([blob.slice(0, blob.size - 8), new Uint8Array([255, 255, 255, 127]), 'PAR1']),
			'footer'
		],
		[
			'of garbage',
			() => new Blob(['PAR1', crypto.getRandomValues(new Uint8Array(300)), new Uint8Array([100, 0, 0, 0]), 'PAR1']),
			''
		]
	] as const)('a file %s ends in a failure', async (_what, damage, reason) => {
		const failure = await table('p.parquet', damage(await parquet()));
		expect(failure).toMatchObject({ kind: 'unreadable-source', format: 'parquet' });
		expect(JSON.stringify(failure)).toContain(reason);
	});
});

describe('Excel', () => {
	const when = new Date(Date.UTC(2024, 0, 2));
	const later = new Date(Date.UTC(2024, 0, 2, 13, 30));
	async function workbook(): Promise<Blob> {
		const sheet = [
			['Report 2024', null, null, null, null],
			['id', 'name', 'day', 'at', 'mixed'],
			[1, 'Ann', { value: when, format: 'yyyy-mm-dd' }, { value: later, format: 'yyyy-mm-dd hh:mm' }, 5],
			[2.5, 'Bob', { value: when, format: 'yyyy-mm-dd' }, { value: later, format: 'yyyy-mm-dd hh:mm' }, 'x']
		];
		const written = writeXlsx([
			{ data: sheet, sheet: 'People' },
			{ data: [['only'], [true]], sheet: 'Other' }
		] as never) as unknown as { toBlob(): Promise<Blob> };
		return written.toBlob();
	}

	test('the first sheet is a table behind its preamble, the others can be chosen', async () => {
		const blob = await workbook();
		expect(await ingest.guess({ name: 'a.xlsx', blob }, {})).toMatchObject({
			ok: true,
			value: {
				tables: [{ name: 'People', isHidden: false }, { name: 'Other' }],
				options: { excel: { sheet: 'People', header: true, skipLines: 1 } }
			}
		});
		expect(await table('a.xlsx', blob)).toEqual({
			types: ['id DOUBLE', 'name VARCHAR', 'day DATE', 'at TIMESTAMP', 'mixed VARCHAR'],
			rows: [
				['1.0', 'Ann', '2024-01-02', '2024-01-02 13:30:00', '5'],
				['2.5', 'Bob', '2024-01-02', '2024-01-02 13:30:00', 'x']
			],
			rowCount: 2
		});
		expect(await table('a.xlsx', blob, { excel: { sheet: 'Other' } })).toMatchObject({
			types: ['only BOOLEAN'],
			rows: [['true']]
		});
		expect(await table('a.xlsx', blob, { excel: { sheet: 'None' } })).toMatchObject({ kind: 'unsupported-option' });
	});

	test('a sheet that is hidden is told so and is not the one that is read unasked; rows stay in order whatever a column is called', async () => {
		const sheet = [['n'], [3], [1], [2]];
		const written = writeXlsx([
			{ data: [['secret'], ['x']], sheet: 'A & B' },
			{ data: sheet, sheet: 'Shown' }
		] as never) as unknown as { toBlob(): Promise<Blob> };
		const files = unzipSync(new Uint8Array(await (await written.toBlob()).arrayBuffer()));
		const plain = strFromU8(files['xl/workbook.xml'] ?? new Uint8Array());
		const marked = plain.replace(/<sheet (?=[^>]*A &amp; B)/, '<sheet state="hidden" ');
		const blob = new Blob([zipSync({ ...files, 'xl/workbook.xml': strToU8(marked) })]);
		expect(marked).not.toBe(plain);
		expect(await ingest.guess({ name: 'a.xlsx', blob }, {})).toMatchObject({
			value: {
				tables: [
					{ name: 'A & B', isHidden: true },
					{ name: 'Shown', isHidden: false }
				]
			}
		});
		expect(await table('a.xlsx', blob)).toMatchObject({ rows: [['3'], ['1'], ['2']] });
		expect(await table('a.xlsx', blob, { excel: { sheet: 'A & B' } })).toMatchObject({ types: ['secret VARCHAR'] });
	});

	test('old .xls says what to do, and a cut .xlsx is a failure', async () => {
		const xls = new Blob([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0])]);
		expect(JSON.stringify(await table('a.xls', xls))).toContain('.xlsx');
		const whole = await workbook();
		expect(await table('a.xlsx', whole.slice(0, whole.size - 30))).toMatchObject({ kind: 'unreadable-source' });
	});
});

describe('large and broken text', () => {
	test('a JSON whose first record is longer than the sample says so, and is not called empty', async () => {
		const blob = new Blob(['{"text": "', 'x'.repeat(5_000_000), '"}']);
		const guessed = await ingest.guess({ name: 'long.json', blob }, {});
		expect(guessed).toMatchObject({ ok: false, error: { kind: 'unreadable-source', line: 1 } });
	});

	test('the engine and our own reader agree about a clean file', async () => {
		const lines = Array.from(
			{ length: 3000 },
			(_, at) => `${at},"n ""${at}"", x",${at / 8},2024-01-${String((at % 28) + 1).padStart(2, '0')},`
		);
		const clean = `id,name,value,day,none\n${lines.join('\n')}\n`;
		const fast = await table('a.csv', new Blob([clean]), { csv: { nullTexts: [] } });
		const careful = await table('a.csv', new Blob([`${clean}bad,row\n`]), { csv: { nullTexts: [] } });
		expect(careful).toEqual(fast);
	});

	test('a quoted empty cell is an empty text where the source says so, and a bare one nothing', async () => {
		const text = 'id,name,day,at\n1,"",2026-01-01,t\n2,,,f\n3,"NULL",2026-01-02,\n4," ",,t\n';
		const csv = { emptyTexts: true, nullTexts: [], dateFormat: null };
		const types = { id: 'BIGINT', name: 'VARCHAR', day: 'DATE', at: 'BOOLEAN' };
		const fast = await table('a.csv', new Blob([text]), { csv, types });
		const careful = await table('a.csv', new Blob([`${text}bad,row\n`]), { csv, types });
		expect(fast).toMatchObject({
			rows: [
				['1', '', '2026-01-01', 'true'],
				['2', null, null, 'false'],
				['3', 'NULL', '2026-01-02', null],
				['4', ' ', null, 'true']
			]
		});
		expect(careful).toEqual(fast);
		const usual = await table('a.csv', new Blob([text]), { types });
		expect(JSON.stringify(usual)).not.toContain('""');
	});

	test('values as databases write them in CSV are read by the types that they say', async () => {
		const row =
			'1,"{""a"": [1, ""x""]}",NaN,-Infinity,1 day 02:00:00,00000000-0000-0000-0000-000000000001,2026-01-01 00:00:00+00,12:30:00';
		const types = {
			id: 'BIGINT',
			j: 'JSON',
			d: 'DOUBLE',
			f: 'FLOAT',
			i: 'INTERVAL',
			u: 'UUID',
			at: 'TIMESTAMP WITH TIME ZONE',
			t: 'TIME'
		};
		const text = `${Object.keys(types).join(',')}\n${row}\n`;
		const csv = { emptyTexts: true, nullTexts: [], dateFormat: null, timestampFormat: null };
		const fast = await table('a.csv', new Blob([text]), { csv, types });
		expect(fast).toMatchObject({
			rowCount: 1,
			types: Object.entries(types).map(([name, type]) => `${name} ${type}`),
			rows: [
				[
					'1',
					'{"a": [1, "x"]}',
					'nan',
					'-inf',
					'1 day 02:00:00',
					expect.stringMatching(/1$/),
					'2026-01-01 00:00:00+00',
					'12:30:00'
				]
			]
		});
		expect(await table('a.csv', new Blob([`${text}bad,row\n`]), { csv, types })).toEqual(fast);
	});

	test('rows far into a large file are rejected with their exact line', async () => {
		// Beyond the first chunk of 12 MB.
		const filler = '-'.repeat(80);
		const rows = Array.from({ length: 150_000 }, (_, at) => (at === 145_000 ? 'x,y,z' : `${at},"a\n${filler} ${at}"`));
		const result = await read('big.csv', new Blob([`id,text\n${rows.join('\n')}\n`]));
		expect(result).toMatchObject({ ok: true, value: { table: { rowCount: 149_999 }, rejects: { rowCount: 1 } } });
		if (!result.ok || !result.value.rejects) return;
		expect(
			await rowsOf.rows(
				result.value.rejects.files.map((file) => file.blob),
				1
			)
		).toEqual([[String(2 + 2 * 145_000), null, '3 cells, 2 expected', 'x,y,z']]);
		expect(result.value.table.files.length).toBeGreaterThan(1);
	});

	test('a key that comes late in NDJSON becomes a column', async () => {
		const lines = Array.from({ length: 30_000 }, (_, at) =>
			at === 29_000 ? `{"id":${at},"late":"x"}` : `{"id":${at}}`
		);
		const result = await read('a.ndjson', new Blob([lines.join('\n')]));
		expect(result).toMatchObject({
			ok: true,
			value: { rejects: null, table: { rowCount: 30_000, schema: [{ name: 'id' }, { name: 'late', type: 'VARCHAR' }] } }
		});
	});

	test('a nested member that comes late becomes one of its column, and one that an asked-for type lacks is told', async () => {
		const lines = Array.from({ length: 30_000 }, (_, at) =>
			at === 29_000 ? `{"o":{"a":${at},"late":[{"x":1}]}}` : `{"o":{"a":${at}}}`
		);
		const late = await read('a.ndjson', new Blob([lines.join('\n')]));
		expect(late).toMatchObject({
			ok: true,
			value: {
				rejects: null,
				table: { rowCount: 30_000, schema: [{ type: 'STRUCT(a BIGINT, late STRUCT(x BIGINT)[])' }] }
			}
		});
		const asked = await read('a.ndjson', new Blob([lines.join('\n')]), { types: { o: 'STRUCT(a BIGINT)' } });
		expect(asked).toMatchObject({ ok: true, value: { table: { rowCount: 29_999 }, rejects: { rowCount: 1 } } });
		if (!asked.ok || !asked.value.rejects) return;
		const told = await rowsOf.rows(
			asked.value.rejects.files.map((file) => file.blob),
			1
		);
		expect(told).toEqual([['29001', 'o', expect.stringContaining('a member'), expect.stringContaining('late')]]);
	});

	test('a value of another type far into NDJSON widens its column', async () => {
		const lines = Array.from({ length: 30_000 }, (_, at) => `{"id":${at === 29_000 ? '"x"' : at}}`);
		const result = await read('a.ndjson', new Blob([lines.join('\n')]));
		expect(result).toMatchObject({
			ok: true,
			value: { rejects: null, table: { rowCount: 30_000, schema: [{ name: 'id', type: 'VARCHAR' }] } }
		});
	});

	test('a damaged gzip stream is a failure', async () => {
		const packed = await gzip(new Blob(['a,b\n1,2\n'.repeat(1000)]));
		const cut = packed.slice(0, packed.size - 12);
		expect(await table('a.csv.gz', cut)).toMatchObject({ kind: 'unreadable-source' });
	});

	test('an unknown type or encoding is named', async () => {
		const blob = new Blob(['a,b\n1,2\n']);
		expect(await table('a.csv', blob, { types: { a: 'NUMBERISH' } })).toMatchObject({ kind: 'unsupported-option' });
		expect(await table('a.csv', blob, { csv: { encoding: 'utf-99' } })).toMatchObject({ kind: 'unsupported-option' });
	});
});

describe('URLs and hashes', () => {
	test('a URL gives its bytes and name; refusals say why', async () => {
		const quiet = proxy(() => undefined);
		const url = new URL('../golden/ingest/csv-plain/input.csv?url', import.meta.url).href.replace('?url', '');
		expect(await ingest.download(url, quiet)).toMatchObject({ ok: true, value: { name: 'input.csv' } });
		expect(await ingest.download('https://u:p@x.org/a.csv', quiet)).toMatchObject({
			ok: false,
			error: { kind: 'url-refused', url: 'https://x.org/a.csv' }
		});
		expect(await ingest.download('http://127.0.0.1:9/a.csv', quiet)).toMatchObject({
			ok: false,
			error: { kind: 'url-refused', status: null }
		});
	});

	test('what was read has the SHA-256 of the bytes as they are stored, on one thread or two', async () => {
		const csv = new Blob([`a,b\n${`1,${'2'.repeat(60)}\n`.repeat(100_000)}`]);
		const json = new Blob(['[{"a":1},{"a":2}]']);
		for (const blob of [csv, json, await gzip(csv), await gzip(json)]) {
			const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
			const sha256 = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
			const rowCount = blob.size > 1000 ? 100_000 : undefined;
			expect(await read('input', blob)).toMatchObject({ ok: true, value: { sha256 } });
			const { port1, port2 } = new MessageChannel();
			await second.readAhead(transfer(port1, [port1]));
			const ahead = await ingest.read(
				{ name: 'input', blob },
				{},
				proxy(() => undefined),
				transfer(port2, [port2])
			);
			expect(ahead).toMatchObject({ ok: true, value: { sha256, table: rowCount ? { rowCount } : {} } });
		}
	}, 120_000);
});

describe('an archive', () => {
	const archive = (files: Readonly<Record<string, string>>): Blob =>
		new Blob([
			new Uint8Array(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))))
		]);

	test('of one file is that file', async () => {
		expect(await table('a.zip', archive({ 'sub/a.csv': 'n\n1\n2\n' }))).toMatchObject({
			types: ['n BIGINT'],
			rows: [['1'], ['2']]
		});
	});

	test('of several is one table, with what their folders tell, and rejects that name their file', async () => {
		const files = { 'year=2025/a.csv': 'n\n1\n', 'year=2026/b.ndjson': '{"n":2}\n{"n":"x"}\n' };
		const result = await read('a.zip', archive(files));
		if (!result.ok) return expect.unreachable(JSON.stringify(result.error));
		expect(result.value.table.schema.map(({ name, type }) => `${name} ${type}`)).toEqual(['n BIGINT', 'year BIGINT']);
		expect(result.value.table.rowCount).toBe(2);
		const rejects = await rowsOf.rows(result.value.rejects?.files.map(({ blob }) => blob) ?? [], 10);
		expect(JSON.stringify(rejects)).toContain('year=2026/b.ndjson: ');
	});

	test('takes only rows that are asked for, whatever their format', async () => {
		const overrides: IngestOverrides = { only: ['name'], filters: [{ column: 'n', op: '>=', values: [2] }] };
		expect(await table('a.csv', new Blob(['n,name\n1,a\n2,b\n']), overrides)).toMatchObject({
			types: ['name VARCHAR'],
			rows: [['b']]
		});
	});
});
