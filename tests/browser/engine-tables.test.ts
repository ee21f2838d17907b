import { tableFromIPC } from '@uwdata/flechette';
import { readSheet } from 'read-excel-file/universal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExportOptions } from '#core/export/format.ts';
import { resultId, versionId, type ResultId } from '#core/ids.ts';
import type { ColumnProfile } from '#core/profile/profile.ts';
import type { GridView, Relation } from '#core/sql/relation.ts';
import { USUAL_WRITER, type WriterSettings } from '#core/version/layout.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { createEngineHost } from '#lib/threads/engine-host.ts';
import { readTable } from '#lib/db/tables.ts';
import { sha256 } from '#lib/crypto/hash.ts';
import type { RunInput, WrittenTable } from '#workers/engine/api.ts';
import { storeTable } from './store-table.ts';

const host = createEngineHost();
const { api } = host;
const db = new WorkspaceDb();

const EVENT_ROWS = 900_000;
const eventsSql = `SELECT i, 'user ' || (i % 1000) AS who, CASE WHEN i % 10 = 0 THEN NULL ELSE i / 4 END AS amount,
	md5(i::VARCHAR) AS noise, TIMESTAMP '2024-01-01' + interval (i) second AS moment FROM range(${EVENT_ROWS}) t(i)`;
const events: Relation = { name: 'events', version: versionId('events-version-1'), rows: 'data' };
const empty: Relation = { name: 'empty', version: versionId('empty-version-1'), rows: 'data' };

let count = 0;
const nextId = (): ResultId => resultId(`t${count++}`);
const text = (sql: string, relations: readonly Relation[] = []): RunInput => ({
	id: nextId(),
	sql,
	params: [],
	relations
});

type Rows = Record<string, unknown>[];
const decode = (bytes: Uint8Array): Rows => tableFromIPC(bytes, { useDate: false }).toArray();

async function valueOf<T>(result: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>): Promise<T> {
	const settled = await result;
	if (!settled.ok) throw new Error(JSON.stringify(settled.error));
	return settled.value;
}

async function rowsOf(sql: string, relations: readonly Relation[] = []): Promise<Rows> {
	const input = text(sql, relations);
	await valueOf(api.run(input, () => undefined));
	const rows = decode(await valueOf(api.arrow(input.id)));
	await api.release(input.id);
	return rows;
}

let written: WrittenTable;
beforeAll(async () => {
	const told: number[] = [];
	written = await valueOf(api.write(text(eventsSql), (rowCount) => told.push(rowCount)));
	expect(told.at(-1)).toBe(EVENT_ROWS);
	await storeTable(db, events.version, written);
	await storeTable(db, empty.version, await valueOf(api.write(text(`${eventsSql} LIMIT 0`), () => undefined)));
}, 120_000);
afterAll(() => {
	host.end();
	db.close();
});

test('a table may have more than a thousand columns, and tells of each', async () => {
	const columns = Array.from({ length: 1200 }, (_, at) => `range + ${at} AS c${at}`);
	const wide = await valueOf(api.write(text(`SELECT ${columns.join(', ')} FROM range(3)`), () => undefined));
	expect(wide.statistics.map(({ min }) => Number(min))).toEqual(columns.map((_, at) => at));
});

test('written files are bounded, in order, and tell their statistics', () => {
	expect(written.rowCount).toBe(EVENT_ROWS);
	expect(written.files.length).toBeGreaterThan(2);
	for (const { blob } of written.files) expect(blob.size).toBeLessThan(12 * 1024 * 1024);
	expect(written.schema).toEqual([
		{ name: 'i', type: 'BIGINT' },
		{ name: 'who', type: 'VARCHAR' },
		{ name: 'amount', type: 'DOUBLE' },
		{ name: 'noise', type: 'VARCHAR' },
		{ name: 'moment', type: 'TIMESTAMP' }
	]);
	expect(written.statistics[0]).toEqual({ column: 'i', nullCount: 0, min: '0', max: String(EVENT_ROWS - 1) });
	expect(written.statistics[2]).toMatchObject({ nullCount: EVENT_ROWS / 10, min: '0.25' });
	expect(written.statistics[4]).toMatchObject({ min: '2024-01-01 00:00:00' });
});

test('a version is read back as it was written', async () => {
	const expected = await rowsOf(
		`SELECT count(*) AS n, sum(hash(i, who, amount, noise, moment)) AS h FROM (${eventsSql})`
	);
	expect(
		await rowsOf('SELECT count(*) AS n, sum(hash(i, who, amount, noise, moment)) AS h FROM events', [events])
	).toEqual(expected);
	expect(await rowsOf('SELECT count(*) AS n FROM Empty', [empty])).toEqual([{ n: 0 }]);
});

test('a type that Parquet would bend is kept as the nearest exact one', async () => {
	const table = await valueOf(
		api.write(
			text(`SELECT sum(1::BIGINT) AS h, 'a'::ENUM('a') AS e, uuid() AS u, '{}'::JSON AS j, '1'::BIT AS b`),
			() => undefined
		)
	);
	expect(table.schema.map(({ type }) => type)).toEqual(['DECIMAL(38,0)', 'VARCHAR', 'UUID', 'JSON', 'VARCHAR']);
	const shown = await valueOf(api.write(text('DESCRIBE SELECT 1 AS x'), () => undefined));
	expect(shown.rowCount).toBe(1);
});

// A new hash is a new writer: every version written after it shares no part with those before.
test('equal rows give equal bytes, and those they always gave', async () => {
	const sql = `SELECT i::INTEGER AS id, 'name ' || (i % 100) AS name, CASE WHEN i % 7 = 0 THEN NULL ELSE i / 8 END AS x,
		(i * 1.25)::DECIMAL(12, 2) AS price, DATE '2024-01-01' + (i % 400)::INTEGER AS day, [i, i + 1] AS pair,
		{ 'a': i % 3, 'b': md5(i::VARCHAR) } AS both, i % 2 = 0 AS even FROM range(40000) t(i)`;
	const table = await valueOf(api.write(text(sql), () => undefined));
	const bytes = new Uint8Array((await table.files[0]?.blob.arrayBuffer()) ?? new ArrayBuffer(0));
	expect(table.files).toHaveLength(1);
	expect(await sha256(bytes)).toBe('be4a04375b2c8593ff5da8db172817c310831f891315f1f99aec97a4270e671e');
	const id = versionId('golden-version-1');
	await storeTable(db, id, table);
	const read = await readTable(db, { version: id, rows: 'data' });
	expect(read.ok && read.value.tree?.segments.map(({ rowCount }) => rowCount)).toEqual([16_384, 16_384, 7232]);
	const again = new Uint8Array((await (read.ok ? read.value.file : null)?.arrayBuffer()) ?? new ArrayBuffer(0));
	expect(await sha256(again)).toBe(await sha256(bytes));
});

// As above, of each setting: one that gives other bytes is another writer.
test('each way of writing gives the bytes it always gave', async () => {
	const sql = `SELECT i::INTEGER AS id, 'name ' || (i % 100) AS name, CASE WHEN i % 7 = 0 THEN NULL ELSE i / 8 END AS x,
		(i * 1.25)::DECIMAL(12, 2) AS price, (i % 5)::UTINYINT AS kind, (i / 8)::FLOAT AS half FROM range(20000) t(i)`;
	const hashes: Record<string, string> = {};
	const settings: Readonly<Record<string, Partial<WriterSettings>>> = {
		usual: {},
		'zstd level 1': { level: 1 },
		'zstd level 9': { level: 9 },
		snappy: { codec: 'snappy' },
		'no dictionaries': { dictionary: 'off' },
		'dictionaries of up to 50': { dictionary: 50 },
		delta: { encoding: 'delta' },
		'segments of 4,096': { segmentRows: 4096 }
	};
	for (const [name, setting] of Object.entries(settings)) {
		const writer = { ...USUAL_WRITER, ...setting };
		const table = await valueOf(api.write({ ...text(sql), writer }, () => undefined));
		const bytes = new Uint8Array((await table.files[0]?.blob.arrayBuffer()) ?? new ArrayBuffer(0));
		hashes[name] = (await sha256(bytes)).slice(0, 16);
	}
	expect(hashes).toEqual({
		usual: '9d16c5216af0930e',
		'zstd level 1': '57533e0a0d6a1219',
		'zstd level 9': '35e4a30c3f77f1d6',
		snappy: 'adb32ff310569bb5',
		'no dictionaries': '17bd3004565a1616',
		'dictionaries of up to 50': 'd6773ed85ed11abf',
		delta: '7cb905b4152747a2',
		'segments of 4,096': 'c628d7da93bc5de6'
	});
});

test('a failed or cancelled write leaves nothing, and says where', async () => {
	const sql = "SELECT CASE WHEN i = 5 THEN 'x' ELSE '1' END::INTEGER AS n FROM range(10) t(i)";
	expect(await api.write(text(sql), () => undefined)).toMatchObject({ ok: false, error: { type: 'Conversion' } });
	const input = text('SELECT i, hash(i) AS h FROM range(100000000) t(i)');
	const { promise: first, resolve } = Promise.withResolvers<null>();
	const writing = api.write(input, () => resolve(null));
	await first;
	await api.cancel(input.id);
	expect(await writing).toEqual({ ok: false, error: { kind: 'cancelled' } });
	expect(await rowsOf('SELECT 1 AS x')).toEqual([{ x: 1 }]);
});

test('a browsed version shows exactly the rows asked for, wherever they lie', async () => {
	const id = nextId();
	expect(await api.browse(id, events)).toEqual({ ok: true, value: { columns: written.schema, rowCount: EVENT_ROWS } });
	const border = written.files[0]?.rowCount ?? 0;
	for (const [start, end] of [
		[0, 3],
		[border - 2, border + 2],
		[EVENT_ROWS - 1, EVENT_ROWS + 10],
		[7, 7]
	] as const) {
		const rows = decode(await valueOf(api.window(id, start, end)));
		const expected = Array.from(
			{ length: Math.max(0, Math.min(end, EVENT_ROWS) - start) },
			(_, index) => start + index
		);
		expect(rows.map((row) => row.i)).toEqual(expected);
	}
	await api.browse(id, empty);
	expect(decode(await valueOf(api.window(id, 0, 10)))).toEqual([]);
	await api.release(id);
});

const view: GridView = {
	orderBy: [{ column: 'amount', descending: true }],
	filters: [
		{ column: 'who', operator: 'equals', value: 'user 7' },
		{ column: 'i', operator: 'at-most', value: '100007' },
		{ column: 'amount', operator: 'is-not-null', value: '' }
	]
};

test('a view sorts and filters a browsed version and a held result alike', async () => {
	const browsed = nextId();
	await api.browse(browsed, events);
	const ran = text('SELECT * FROM events', [events]);
	await valueOf(api.run(ran, () => undefined));
	for (const id of [browsed, ran.id]) {
		const viewId = nextId();
		expect(await api.view(id, viewId, view, () => undefined)).toMatchObject({ ok: true, value: { rowCount: 101 } });
		const rows = decode(await valueOf(api.window(viewId, 0, 2)));
		expect(rows.map((row) => row.i)).toEqual([100_007, 99_007]);
		await api.release(viewId);
		const contains = { orderBy: [], filters: [{ column: 'who', operator: 'contains', value: 'USER 99' }] } as const;
		expect(await api.view(id, viewId, contains, () => undefined)).toMatchObject({
			ok: true,
			value: { rowCount: 9900 }
		});
		const nonsense = { orderBy: [], filters: [{ column: 'i', operator: 'equals', value: "no number ' --" }] } as const;
		expect(await api.view(id, viewId, nonsense, () => undefined)).toMatchObject({ ok: true, value: { rowCount: 0 } });
		await api.release(viewId);
		await api.release(id);
	}
});

test('a view works on columns with equal names and on types that Arrow does not know', async () => {
	const ran = text(
		"SELECT i AS a, -i AS a, CASE WHEN i > 1 THEN 'low' ELSE 'high' END::ENUM('low', 'high') AS e FROM range(4) t(i)"
	);
	await valueOf(api.run(ran, () => undefined));
	const viewId = nextId();
	const order = {
		orderBy: [
			{ column: 'e', descending: false },
			{ column: 'a', descending: true }
		],
		filters: []
	};
	const shape = await valueOf(api.view(ran.id, viewId, order, () => undefined));
	expect(shape.columns.map(({ name }) => name)).toEqual(['a', 'a', 'e']);
	const table = tableFromIPC(await valueOf(api.arrow(viewId)));
	expect(Array.from(table.getChildAt(0).toArray())).toEqual([3, 2, 1, 0]);
	expect(Array.from(table.getChildAt(2).toArray())).toEqual(['low', 'low', 'high', 'high']);
});

test('a profile tells a sample first and then the whole column', async () => {
	const id = nextId();
	await api.browse(id, events);
	const told: ColumnProfile[] = [];
	const profile = await valueOf(api.profile(id, 'amount', (known) => told.push(known)));
	expect(told.map(({ coverage }) => coverage)).toEqual(['sample', 'full']);
	expect(profile).toMatchObject({
		column: 'amount',
		type: 'DOUBLE',
		rowCount: EVENT_ROWS,
		nullCount: EVENT_ROWS / 10,
		min: '0.25'
	});
	expect(profile.mean).toBeCloseTo((EVENT_ROWS - 1) / 8 + 0.0625, -1);
	expect(profile.histogram?.counts.reduce((sum, n) => sum + n, 0)).toBe(EVENT_ROWS * 0.9);
	expect(Math.abs(Number(profile.quantiles?.[2]) - EVENT_ROWS / 8)).toBeLessThan(EVENT_ROWS / 200);
	const who = await valueOf(api.profile(id, 'who', () => undefined));
	expect(who).toMatchObject({ distinctCount: 1000, isDistinctExact: true });
	expect(who.topValues).toHaveLength(10);
	expect(who.topValues?.[0]).toEqual({ value: 'user 0', rowCount: 900 });
	expect(who.lengths).toEqual({ min: 6, max: 8 });
	const noise = await valueOf(api.profile(id, 'noise', () => undefined));
	expect(noise.topValues).toHaveLength(10);
	expect(noise).toMatchObject({ distinctCount: EVENT_ROWS, isDistinctExact: true });
	const moment = await valueOf(api.profile(id, 'moment', () => undefined));
	expect(moment).toMatchObject({ min: '2024-01-01 00:00:00', histogram: { low: Date.UTC(2024, 0, 1) } });
	expect(moment.quantiles?.[2]).toMatch(/^2024-01-06 /);
	await api.release(id);
});

test('odd columns have profiles too', async () => {
	const ran = text(`SELECT * FROM (VALUES
		('NaN'::DOUBLE, NULL::INTEGER, [1], 'infinity'::DATE, TRUE, 'a'::ENUM('a', 'b'), NULL, '2 days'::INTERVAL, 1::HUGEINT, 'x'::BLOB, '1e300'::DOUBLE),
		('inf', NULL, NULL, '2024-02-01', NULL, 'b', NULL, NULL, 170141183460469231731687303715884105727, NULL, '-1e300')
	) t(nan, nothing, list, date, flag, kind, null_only, span, huge, bytes, wide)`);
	const { columns } = await valueOf(api.run(ran, () => undefined));
	const profiles = new Map<string, ColumnProfile>();
	for (const { name } of columns) profiles.set(name, await valueOf(api.profile(ran.id, name, () => undefined)));
	expect(profiles.get('nan')).toMatchObject({ rowCount: 2, nullCount: 0, histogram: null, mean: null });
	expect(profiles.get('nothing')).toMatchObject({ nullCount: 2, distinctCount: 0, min: null, topValues: null });
	expect(profiles.get('flag')?.topValues).toEqual([{ value: 'true', rowCount: 1 }]);
	expect(profiles.get('date')).toMatchObject({
		min: '2024-02-01',
		max: 'infinity',
		quantiles: ['2024-02-01', '2024-02-01', '2024-02-01', '2024-02-01', '2024-02-01']
	});
	expect(profiles.get('list')).toMatchObject({ nullCount: 1, min: null });
	await api.release(ran.id);
});

const cells = `SELECT * FROM (VALUES
	(1, '=1+1', -5.5, DATE '2024-02-29', TIMESTAMP '2024-02-29 12:30:00', TRUE, 9007199254740993),
	(2, ' @cmd', NULL, NULL, NULL, FALSE, -7),
	(3, 'plain, "quoted"' || chr(10) || 'line', 0.1, DATE '1999-12-31', TIMESTAMP '1999-12-31 23:59:59', NULL, 3)
) t(id, "=text", amount, day, moment, flag, big)`;

async function copied(
	sql: string,
	format: ExportOptions['format'],
	formulas: ExportOptions['formulas'] = 'defuse'
): Promise<Blob> {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	const { rowCount } = await valueOf(
		api.copy(text(sql, [events]), { format, formulas }, (bytes) => void chunks.push(bytes))
	);
	expect(rowCount).toBeGreaterThan(0);
	return new Blob(chunks);
}

test('CSV is defused, or left raw', async () => {
	const lines = (await (await copied(cells, 'csv')).text()).split('\n');
	expect(lines[0]).toBe("id,'=text,amount,day,moment,flag,big");
	expect(lines[1]).toBe("1,'=1+1,-5.5,2024-02-29,2024-02-29 12:30:00,true,9007199254740993");
	expect(lines[2]).toBe("2,' @cmd,,,,false,-7");
	const raw = await (await copied(cells, 'csv', 'raw')).text();
	expect(raw).toContain('id,=text,');
	expect(raw).toContain('\n1,=1+1,-5.5');
	const tricky = await copied(`SELECT unnest(['\t=1', '＝1', '-1', '''=1', 'ok', '"+1"', 'a=b']) AS t`, 'csv');
	expect((await tricky.text()).split('\n').slice(1, -1)).toEqual([
		"'\t=1",
		"'＝1",
		"'-1",
		"''=1",
		'ok',
		`"'""+1"""`,
		'a=b'
	]);
});

test('JSON and NDJSON are read back', async () => {
	const json: unknown = JSON.parse(await (await copied(cells, 'json')).text());
	expect(json).toMatchObject([
		{ id: 1, '=text': '=1+1', amount: -5.5, day: '2024-02-29' },
		{ id: 2, amount: null },
		{ id: 3 }
	]);
	const lines = (await (await copied("SELECT {'a': [1, 2]} AS s, '{\"b\":1}'::JSON AS j", 'ndjson')).text()).split(
		'\n'
	);
	expect(lines.map((line) => (line === '' ? '' : (JSON.parse(line) as unknown)))).toEqual([
		{ s: { a: [1, 2] }, j: { b: 1 } },
		''
	]);
});

test('Parquet and Arrow are read back, with more than one chunk', async () => {
	await api.register('copied.parquet', await copied('SELECT * FROM events', 'parquet'));
	const sums = 'SELECT count(*) AS n, sum(hash(i, who, amount, noise, moment)) AS h FROM';
	expect(await rowsOf(`${sums} 'copied.parquet'`)).toEqual(await rowsOf(`${sums} events`, [events]));
	const arrow = await copied('SELECT i, noise FROM events ORDER BY i LIMIT 100000', 'arrow');
	const table = tableFromIPC(new Uint8Array(await arrow.arrayBuffer()));
	expect(table.numRows).toBe(100_000);
	expect(table.getChild('i').at(99_999)).toBe(99_999);
	expect(new TextDecoder().decode((await arrow.arrayBuffer()).slice(-6))).toBe('ARROW1');
});

test('Excel has numbers as numbers, dates as dates, and no formulas', async () => {
	const sheet = await readSheet(await copied(cells, 'excel'));
	expect(sheet[0]).toEqual(['id', "'=text", 'amount', 'day', 'moment', 'flag', 'big']);
	expect(sheet[1]).toEqual([1, "'=1+1", -5.5, new Date('2024-02-29'), expect.any(Date), true, '9007199254740993']);
	// A sheet counts days in a floating point number, which is a millisecond off.
	expect(Math.abs(Number(sheet[1]?.[4]) - Date.UTC(2024, 1, 29, 12, 30))).toBeLessThan(10);
	expect(sheet[2]).toEqual([2, "' @cmd", null, null, null, false, -7]);
	const tooMany = await api.copy(
		text('SELECT 1 AS x FROM range(1048576)'),
		{ format: 'excel', formulas: 'raw' },
		() => undefined
	);
	expect(tooMany).toEqual({ ok: false, error: { kind: 'too-many-rows', limit: 1_048_575 } });
});

test('a version whose parts are missing is damaged, not empty', async () => {
	const gone: Relation = { name: 'gone', version: versionId('gone'), rows: 'data' };
	expect(await api.run(text('SELECT * FROM gone', [gone]), () => undefined)).toEqual({
		ok: false,
		error: { kind: 'damaged-version', version: 'gone' }
	});
});

test('a loaded version answers from memory until it is unloaded', async () => {
	await valueOf(api.load(events));
	expect(await rowsOf('SELECT count(*) AS n FROM events', [events])).toEqual([{ n: EVENT_ROWS }]);
	const plan = JSON.stringify(await rowsOf('EXPLAIN SELECT sum(i) FROM events', [events]));
	expect(plan).not.toContain('PARQUET');
	await api.unload(events.version);
	expect(JSON.stringify(await rowsOf('EXPLAIN SELECT sum(i) FROM events', [events]))).toContain('PARQUET');
});

test('a name stands for another version as soon as the text is bound to it', async () => {
	expect(await rowsOf('SELECT count(*) AS n FROM moving', [{ ...events, name: 'moving' }])).toEqual([
		{ n: EVENT_ROWS }
	]);
	expect(await rowsOf('SELECT count(*) AS n FROM moving', [{ ...empty, name: 'moving' }])).toEqual([{ n: 0 }]);
});
