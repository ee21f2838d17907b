// Hive-partitioned Parquet by the real engines: what is written is what DuckDB writes and reads, and comes back as it was.
import { tableFromIPC } from '@uwdata/flechette';
import { proxy, wrap } from 'comlink';
import { zipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import type { PartitionOptions } from '#core/export/format.ts';
import { resultId } from '#core/ids.ts';
import type { PathFile } from '#core/ingest/partitioned-folder.ts';
import { exportIdKey, importIdKey, keyedHash, makeIdKey, sha256 } from '#lib/crypto/hash.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { createModelStore } from '#lib/db/models.ts';
import { createSketchStore } from '#lib/db/sketches.ts';
import { createCheckHost } from '#lib/threads/check-host.ts';
import { createLeases } from '#lib/db/leases.ts';
import { createStore } from '#lib/db/store.ts';
import { createUpgrade } from '#lib/db/upgrade.ts';
import { exportPartitions } from '#lib/flows/export-partitions.ts';
import { folderSource } from '#lib/flows/ingest-source.ts';
import { createJobs } from '#lib/flows/jobs.ts';
import { zipSink } from '#lib/flows/zip-sink.ts';
import { createEngineHost } from '#lib/threads/engine-host.ts';
import { createModelHost } from '#lib/threads/model-host.ts';
import { createOnnxSessions } from '#lib/threads/onnx-session.ts';
import { createCutter } from '#workers/cutter/cutter.ts';
import type { IngestApi, IngestInput } from '#workers/ingest/api.ts';

const host = createEngineHost();
const { api: engine } = host;
const db = new WorkspaceDb();
const worker = new Worker(new URL('../../workers/ingest/ingest.worker.ts', import.meta.url), { type: 'module' });
const reader = wrap<IngestApi>(worker);
const quiet = proxy(() => undefined);
afterAll(() => {
	host.end();
	worker.terminate();
	db.close();
});

let count = 0;
const effects = {
	engine,
	store: createStore(db, createLeases(db.name)),
	models: createModelStore(db),
	startOnnx: createOnnxSessions(),
	trainer: createModelHost().api,
	upgrade: createUpgrade(db),
	jobs: createJobs(() => count++),
	cutter: createCutter(),
	keyedHash,
	sha256,
	makeIdKey,
	exportIdKey,
	importIdKey,
	check: createCheckHost().api,
	sketches: createSketchStore(db),
	leases: createLeases(db.name),
	lock: <T>(_name: string, _waits: boolean, work: () => Promise<T>) => work(),
	randomId: () => String(count++)
};
const run = (sql: string) => ({ id: resultId(`partitions-${count++}`), sql, params: [], relations: [] });

type Folder = Map<string, Blob>;
type Rows = readonly Record<string, unknown>[];

async function valueOf<T>(result: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>): Promise<T> {
	const settled = await result;
	if (!settled.ok) throw new Error(JSON.stringify(settled.error));
	return settled.value;
}

async function rowsOf(sql: string): Promise<Rows> {
	const input = run(sql);
	await valueOf(engine.run(input, () => undefined));
	const rows = tableFromIPC(await valueOf(engine.arrow(input.id))).toArray() as Rows;
	await engine.release(input.id);
	return rows;
}

function outcomeOf(sql: string, options: Partial<PartitionOptions>, folder: Folder = new Map()) {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let path = '';
	const sink = {
		begin: (begun: string) => void (path = begun),
		write: (bytes: Uint8Array<ArrayBuffer>) => void chunks.push(bytes),
		end: () => void folder.set(path, new Blob(chunks.splice(0))),
		finish: () => undefined
	};
	const chosen = { partitionBy: [], compression: 'zstd', rowsPerFile: null, bytesPerFile: null, ...options } as const;
	return exportPartitions({ id: run('').id, label: 'test', sql, options: chosen, sink }, effects);
}

async function folderOf(sql: string, options: Partial<PartitionOptions>): Promise<Folder> {
	const folder: Folder = new Map();
	await valueOf(outcomeOf(sql, options, folder));
	return folder;
}

/** One Parquet file of a query, as any writer leaves it. */
async function fileOf(sql: string): Promise<Blob> {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	await valueOf(engine.copy(run(sql), { format: 'parquet', formulas: 'raw' }, (bytes) => void chunks.push(bytes)));
	return new Blob(chunks);
}

function inputOf(folder: Iterable<readonly [string, Blob]>): IngestInput {
	const files: PathFile<Blob>[] = [...folder].map(([path, file]) => ({ path, file }));
	return folderSource({ name: 'folder', files });
}

/** A FROM item over Parquet that was read, and its columns as `name type`. */
async function readBack(input: IngestInput) {
	const { table } = await valueOf(reader.read(input, {}, quiet));
	const names = table.files.map(() => `read-${count++}.parquet`);
	for (const [index, { blob }] of table.files.entries()) await engine.register(names[index] ?? '', blob);
	return {
		from: `read_parquet([${names.map((name) => `'${name}'`).join(', ')}])`,
		columns: table.schema.map(({ name, type }) => `${name} ${type}`),
		rowCount: table.rowCount
	};
}

const failureOf = async (input: IngestInput): Promise<unknown> => {
	const read = await reader.read(input, {}, quiet);
	return read.ok ? 'was read' : read.error;
};

async function expectSameRows(one: string, other: string): Promise<void> {
	const [row] = await rowsOf(`SELECT (SELECT count(*) FROM (${one} EXCEPT ALL ${other}))::INTEGER AS lost,
		(SELECT count(*) FROM (${other} EXCEPT ALL ${one}))::INTEGER AS invented`);
	expect(row).toEqual({ lost: 0, invented: 0 });
}

async function zipOf(folder: Iterable<readonly [string, Blob]>, level: 0 | 6 = 0): Promise<Blob> {
	const files: Record<string, Uint8Array> = {};
	for (const [path, blob] of folder) files[path] = new Uint8Array(await blob.arrayBuffer());
	return new Blob([zipSync(files, { level })]);
}

/** What tries every way a value can break a path, or be taken for something else. */
const PLACES = `SELECT * FROM (VALUES
	(1, 'DE', DATE '2024-02-29'), (2, 'a b/c=d%20&_-~.!''()*+,;:@\\', DATE '1999-12-31'), (3, NULL, NULL),
	(4, '', DATE '2024-02-29'), (5, 'Zürich 🦆 東京', DATE '2024-02-29'), (6, 'DE', DATE '2024-02-29'), (7, '007', NULL),
	(8, 'x' || chr(0) || chr(10), NULL), (9, 'v1.5', NULL)) AS t(id, place, day)`;
/** What DuckDB writes so that it reads something else, or that some file systems refuse or confuse. */
const HARD = `SELECT * FROM (VALUES (1, 'null'), (2, '__HIVE_DEFAULT_PARTITION__'), (3, 'NULL'), (4, 'Acme Inc.'), (5, '..'),
	(6, 'printer.local'), (7, 'de'), (8, 'DE'), (9, 'De'), (10, NULL)) AS t(id, place)`;

test('paths are those of DuckDB’s own COPY … PARTITION_BY, but for NULL', async () => {
	const folder = await folderOf(PLACES, { partitionBy: ['place', 'day'] });
	await rowsOf(`COPY (${PLACES}) TO 'peer' (FORMAT parquet, PARTITION_BY (place, day))`);
	const peer = await rowsOf(
		"SELECT DISTINCT regexp_extract(file, 'peer/(.*)/[^/]*$', 1) AS folder FROM glob('peer/**/*.parquet')"
	);
	const named = peer.map(({ folder: path }) => String(path).replaceAll('=NULL', '=__HIVE_DEFAULT_PARTITION__'));
	expect([...folder.keys()].sort()).toEqual(named.map((path) => `${path}/part-0.parquet`).sort());
});

test('DuckDB reads the folder as the rows that were written', async () => {
	for (const [sql, partitionBy] of [
		[PLACES, ['place', 'day']],
		[HARD, ['place']]
	] as const) {
		const folder = await folderOf(sql, { partitionBy });
		const base = `written-${count++}`;
		for (const [path, blob] of folder) await engine.register(`${base}/${path}`, blob);
		const names = [...folder.keys()].map((path) => `'${base}/${path.replaceAll("'", "''")}'`);
		// DuckDB 1.4 takes the folder that Hive and Spark name for NULL as a text.
		const texts = partitionBy.map((name) => `nullif(${name}, '__HIVE_DEFAULT_PARTITION__') AS ${name}`).join(', ');
		const read = `SELECT id, ${texts} FROM read_parquet([${names.join(', ')}], hive_partitioning = true, hive_types_autocast = false)`;
		const wrote = `SELECT id, ${partitionBy.map((name) => `nullif(${name}::VARCHAR, '__HIVE_DEFAULT_PARTITION__')`).join(', ')} FROM (${sql})`;
		await expectSameRows(read, wrote);
	}
});

test('texts that name the same folder somewhere stay apart, and come back', async () => {
	const folder = await folderOf(HARD, { partitionBy: ['place'] });
	const paths = [...folder.keys()];
	expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(10);
	expect(paths.filter((path) => /[. ]\/|\.local\//.test(path))).toEqual([]);
	const back = await readBack(inputOf(folder));
	expect(back.columns).toEqual(['id INTEGER', 'place VARCHAR']);
	await expectSameRows(`FROM ${back.from}`, HARD);
});

test('every type comes back as the type it was, in files of the size that was asked for', async () => {
	const events = `SELECT i AS id, (i % 20)::SMALLINT AS bucket, ['nan', '-0.5', '1e300', 'inf'][1 + i % 4]::DOUBLE AS x,
		TIMESTAMP '2024-01-01 00:00:00.5' + INTERVAL (i % 3) HOUR AS hour, i % 2 = 0 AS even, (i % 7)::VARCHAR AS digit,
		(i % 5 / 4)::DECIMAL(5, 2) AS share, to_timestamp(1729989000 + 3600 * (i % 4)) AS zoned,
		(i % 3)::HUGEINT AS huge, TIME '01:02:03' AS clock, uuid_from_text AS u, 1 AS file_row_number, 2 AS "@file"
		FROM range(5000) AS r(i), (SELECT '6ccd780c-baba-1026-9564-5b8c656024db'::UUID AS uuid_from_text)`;
	const kinds: (readonly string[])[] = [
		['bucket'],
		['x'],
		['hour', 'even'],
		['digit'],
		['share', 'zoned'],
		['huge', 'clock', 'u']
	];
	for (const partitionBy of kinds) {
		const folder = await folderOf(events, { partitionBy, rowsPerFile: 900 });
		const back = await readBack(inputOf(folder));
		expect(back.rowCount).toBe(5000);
		const types = new Map(
			(await rowsOf(`DESCRIBE ${events}`)).map(({ column_name: name, column_type: type }) => [name, String(type)])
		);
		for (const name of partitionBy)
			expect(back.columns).toContain(`${name} ${types.get(name)?.replace('HUGEINT', 'DECIMAL(38,0)') ?? ''}`);
		expect(back.columns.slice(-partitionBy.length).map((column) => column.split(' ')[0])).toEqual(partitionBy);
		const ordered = 'id, bucket, x, hour, even, digit, share, zoned, huge, clock, u, file_row_number, "@file"';
		await expectSameRows(`SELECT ${ordered} FROM ${back.from}`, `SELECT ${ordered} FROM (${events})`);
		const [order] = await rowsOf(`SELECT bool_and(d > 0) AS kept FROM (SELECT id - lag(id) OVER (PARTITION BY
			${partitionBy.join(', ')} ORDER BY r) AS d FROM (SELECT *, row_number() OVER () AS r FROM ${back.from})) WHERE d IS NOT NULL`);
		expect(order?.['kept']).toBe(true);
		for (const file of folder.values()) {
			await engine.register('sized.parquet', file);
			const [facts] = await rowsOf("SELECT num_rows::INTEGER AS n FROM parquet_file_metadata('sized.parquet')");
			await engine.unregister('sized.parquet');
			expect(Number(facts?.['n'])).toBeLessThanOrEqual(900);
			break;
		}
	}
});

test('a table without rows keeps its columns and their types', async () => {
	const folder = await folderOf("SELECT 1 AS id, DATE '2024-01-01' AS day, 'x' AS place WHERE false", {
		partitionBy: ['day', 'place']
	});
	expect([...folder.keys()]).toEqual([
		'day=__HIVE_DEFAULT_PARTITION__/place=__HIVE_DEFAULT_PARTITION__/part-0.parquet'
	]);
	const back = await readBack(inputOf(folder));
	expect(back).toMatchObject({ rowCount: 0, columns: ['id INTEGER', 'day DATE', 'place VARCHAR'] });
});

test('compression is as asked, and files are about as large as asked', async () => {
	const noise = 'SELECT i % 2 AS half, md5(i::VARCHAR) AS noise, i AS id FROM range(20000) AS r(i)';
	const sizes: number[] = [];
	for (const compression of ['zstd', 'snappy', 'none'] as const) {
		const folder = await folderOf(noise, { partitionBy: ['half'], compression });
		sizes.push([...folder.values()].reduce((sum, { size }) => sum + size, 0));
	}
	expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
	const sized = [...(await folderOf(noise, { partitionBy: ['half'], bytesPerFile: 100_000 })).values()];
	expect(sized.length).toBeGreaterThan(3);
	for (const { size } of sized) expect(size).toBeLessThan(200_000);
});

test('what cannot be partitioned is told before anything is written', async () => {
	const folder: Folder = new Map();
	const failures = [
		['SELECT i AS id, 1 AS n FROM range(6000) AS r(i)', 'id', { kind: 'too-many-partitions', partitionCount: 6000 }],
		['SELECT 1 AS a, 2 AS b', 'nope', { kind: 'unknown-column', column: 'nope' }],
		['SELECT 1 AS a', 'a', { kind: 'cannot-partition', why: 'no-other-column' }],
		['SELECT [1] AS a, 2 AS b', 'a', { kind: 'cannot-partition', why: 'type' }],
		["SELECT repeat('ü', 100) AS a, 2 AS b", 'a', { kind: 'partition-too-long', column: 'a' }]
	] as const;
	for (const [sql, column, error] of failures)
		expect(await outcomeOf(sql, { partitionBy: [column] }, folder)).toMatchObject({ ok: false, error });
	expect(folder.size).toBe(0);
});

test('folders of other writers are read: types by their spelling, columns by their name', async () => {
	const file = await fileOf('SELECT 1 AS v');
	const back = await readBack(
		inputOf([
			['n=1/x=1.5/on=true/at=2024-01-01 00%3A00%3A00/zip=01/data_0.parquet', file],
			['x=-2.0/n=NULL/zip=02/on=false/at=2024-01-01 12%3A30%3A00.25/data_0.parquet', file]
		])
	);
	expect(back.columns).toEqual(['v INTEGER', 'n BIGINT', 'x DOUBLE', 'on BOOLEAN', 'at TIMESTAMP', 'zip VARCHAR']);
	expect(await rowsOf(`SELECT v, n::INTEGER AS n, x, "on", "at"::VARCHAR AS moment, zip FROM ${back.from}`)).toEqual([
		{ v: 1, n: 1, x: 1.5, on: true, moment: '2024-01-01 00:00:00', zip: '01' },
		{ v: 1, n: null, x: -2, on: false, moment: '2024-01-01 12:30:00.25', zip: '02' }
	]);
});

test('a column that is in the files too is taken from there', async () => {
	const back = await readBack(inputOf([['Country=xx/part-0.parquet', await fileOf("SELECT 1 AS v, 'DE' AS country")]]));
	expect(back.columns).toEqual(['v INTEGER', 'country VARCHAR']);
	expect(await rowsOf(`FROM ${back.from}`)).toEqual([{ v: 1, country: 'DE' }]);
});

test('files that do not agree, and folders that contradict themselves, are told', async () => {
	const file = await fileOf('SELECT 1 AS v');
	expect(
		await failureOf(
			inputOf([
				['a=1/part-0.parquet', await fileOf('SELECT 1 AS v, 2 AS w')],
				['a=2/part-0.parquet', await fileOf("SELECT 'x' AS v")]
			])
		)
	).toMatchObject({
		kind: 'files-differ',
		file: 'a=2/part-0.parquet',
		first: 'a=1/part-0.parquet',
		differences: [
			{ column: 'v', expected: 'INTEGER', found: 'VARCHAR' },
			{ column: 'w', expected: 'INTEGER', found: null }
		]
	});
	const otherKeys = inputOf([
		['a=1/part-0.parquet', file],
		['b=1/part-0.parquet', file]
	]);
	expect(await failureOf(otherKeys)).toMatchObject({
		kind: 'files-differ',
		differences: [{ column: 'a' }, { column: 'b' }]
	});
	expect(await failureOf(inputOf([['a=1/A=2/part-0.parquet', file]]))).toMatchObject({
		kind: 'unreadable-source',
		reason: 'the folders of a=1/A=2/part-0.parquet name A twice'
	});
	expect(await failureOf(inputOf([['a=1/part-0.parquet', new Blob(['no Parquet at all'])]]))).toMatchObject({
		kind: 'unreadable-source'
	});
});

test('a ZIP is read like the folder in it, stored or deflated, and checked', async () => {
	const folder = await folderOf(PLACES, { partitionBy: ['place', 'day'] });
	const inside: Folder = new Map([...folder].map(([path, blob]) => [`places/${path}`, blob]));
	inside.set('places/_SUCCESS', new Blob());
	inside.set('__MACOSX/places/._x.parquet', new Blob(['x']));
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	const sink = zipSink(Date.UTC(2026, 2, 1), (bytes) => void chunks.push(bytes));
	for (const [path, blob] of folder) {
		await sink.begin(path);
		await sink.write(new Uint8Array(await blob.arrayBuffer()));
		await sink.end();
	}
	await sink.finish();
	for (const blob of [new Blob(chunks), await zipOf(inside), await zipOf(inside, 6)]) {
		const back = await readBack({ name: 'places.zip', blob });
		expect(back.columns).toEqual(['id INTEGER', 'place VARCHAR', 'day DATE']);
		await expectSameRows(`FROM ${back.from}`, PLACES);
	}
	const whole = new Blob(chunks);
	const bent = new Blob([whole.slice(0, 100), new Blob(['x']), whole.slice(101)]);
	expect(await failureOf({ name: 'bent.zip', blob: bent })).toMatchObject({
		kind: 'unreadable-source',
		reason: expect.stringMatching(/in it is damaged$/) as unknown
	});
	const file = await fileOf('SELECT 1 AS v');
	const two = await zipOf([
		['one/a=1/x.parquet', file],
		['two/a=1/x.parquet', file]
	]);
	expect(await failureOf({ name: 'two.zip', blob: two })).toMatchObject({
		reason: expect.stringContaining('two/a=1/x.parquet') as unknown
	});
	const beside = await zipOf([
		['a=1/x.parquet', file],
		['y.parquet', file]
	]);
	expect(await failureOf({ name: 'beside.zip', blob: beside })).toMatchObject({
		reason: expect.stringContaining('y.parquet') as unknown
	});
	const plain = await zipOf([['x.parquet', file]]);
	// Without folders it is an archive of files.
	const read = await readBack({ name: 'plain.zip', blob: plain });
	await expectSameRows(`FROM ${read.from}`, 'SELECT 1 AS v');
});
