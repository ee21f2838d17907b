// Sheets, tables, features and logs among the files of a folder and of an archive, through the real worker.
import { zipSync } from 'fflate';
import { proxy, wrap, type Remote } from 'comlink';
import { afterAll, expect, test } from 'vitest';
import writeXlsx from 'write-excel-file/browser';
import shop from '../golden/ingest/sqlite-table/input.sqlite?url';
import type { IngestFailure, IngestOverrides, Preview } from '#core/ingest/options.ts';
import type { Result } from '#core/result.ts';
import type { IngestInput, IngestOutput, IngestWorkerApi } from '#workers/ingest/api.ts';
import type { RowsApi } from '../golden/rows.worker.ts';

const worker = new Worker(new URL('../../workers/ingest/ingest.worker.ts', import.meta.url), { type: 'module' });
const rowsWorker = new Worker(new URL('../golden/rows.worker.ts', import.meta.url), { type: 'module' });
const ingest: Remote<IngestWorkerApi> = wrap<IngestWorkerApi>(worker);
const rowsOf: Remote<RowsApi> = wrap<RowsApi>(rowsWorker);
afterAll(() => {
	worker.terminate();
	rowsWorker.terminate();
});

type Files = Readonly<Record<string, Blob>>;
const readAs = async (input: IngestInput, overrides: IngestOverrides): Promise<unknown> => {
	const guessed = await ingest.guess(input, overrides);
	const result = await ingest.read(
		input,
		overrides,
		proxy(() => undefined)
	);
	return result.ok ? { ...(await shown(result.value)), guessed: told(guessed) } : result.error;
};
const inFolder = async (files: Files, overrides: IngestOverrides): Promise<unknown> => {
	const parts = Object.entries(files).map(([path, file]) => ({ path, file }));
	return readAs({ name: 'in', blob: new Blob(parts.map(({ file }) => file)), files: parts }, overrides);
};
const inArchive = async (files: Files, overrides: IngestOverrides): Promise<unknown> => {
	const bytes = Object.entries(files).map(
		async ([path, file]) => [path, new Uint8Array(await file.arrayBuffer())] as const
	);
	const blob = new Blob([zipSync(Object.fromEntries(await Promise.all(bytes)))]);
	return readAs({ name: 'in.zip', blob }, overrides);
};
const told = (guessed: Result<Preview, IngestFailure>): unknown =>
	guessed.ok
		? [guessed.value.tables.map(({ name }) => name), guessed.value.options.columns.map(({ name }) => name)]
		: guessed.error;
async function shown({ table: { schema, files }, rejects }: IngestOutput): Promise<object> {
	const types = schema.map(({ name, type }) => `${name} ${type}`);
	const texts = async (parts: readonly { readonly blob: Blob }[]): Promise<unknown> =>
		rowsOf.rows(
			parts.map(({ blob }) => blob),
			100
		);
	return { types, rows: await texts(files), rejects: rejects ? await texts(rejects.files) : [] };
}
const workbook = async (rows: readonly (readonly unknown[])[]): Promise<Blob> =>
	(
		writeXlsx([
			{ data: [['other'], [1]], sheet: 'Other' },
			{ data: rows, sheet: 'Orders' }
		] as never) as unknown as { toBlob(): Promise<Blob> }
	).toBlob();
const gzipped = async (blob: Blob): Promise<Blob> =>
	new Response(blob.stream().pipeThrough(new CompressionStream('gzip'))).blob();
const text = (...lines: readonly string[]): Blob => new Blob([`${lines.join('\n')}\n`]);

test.each([
	['a folder', inFolder],
	['a ZIP', inArchive]
] as const)(
	'files of %s: a sheet, a table, features and logs are described, and read with what tells them apart',
	async (_what, readAll) => {
		const sheets = {
			'year=2025/a.xlsx': await workbook([['id'], [1]]),
			'year=2026/b.xlsx': await workbook([['id'], [2]])
		};
		expect(await readAll(sheets, { excel: { sheet: 'Orders' } })).toEqual({
			...{ types: ['id BIGINT', 'year BIGINT'], rejects: [] },
			rows: [
				['1', '2025'],
				['2', '2026']
			],
			guessed: [
				['Other', 'Orders'],
				['id', 'year']
			]
		});
		const database = await (await fetch(shop)).blob();
		expect(
			await readAll({ 'year=2026/shop.db': database, 'year=2027/shop.db': database }, { sqlite: { table: 'codes' } })
		).toEqual({
			...{ types: ['code VARCHAR', 'n BIGINT', 'year BIGINT'], rejects: [] },
			rows: [
				['a', null, '2026'],
				['b', '2', '2026'],
				['a', null, '2027'],
				['b', '2', '2027']
			],
			guessed: [
				['empty', 'orders', 'codes', 'paid'],
				['code', 'n', 'year']
			]
		});
		const feature = '{"type":"Feature","properties":{"a":1},"geometry":null}';
		const collection = text(`{"type":"FeatureCollection","features":[${feature}]}`);
		expect(await readAll({ 'a.geojson': collection, 'b.geojson': text(feature) }, {})).toMatchObject({
			types: ['a BIGINT', 'geometry VARCHAR'],
			rows: [
				['1', null],
				['1', null]
			]
		});
		const logs = {
			'a.log': text('starting', '{"at":1}', '{"at":2}'),
			'b.log.gz': await gzipped(text('{"at":3,"level":"warn"}', '{"at":')),
			'c.jsonl': text('{"level":"info","ms":5}')
		};
		expect(await readAll(logs, {})).toMatchObject({
			types: ['at BIGINT', 'level VARCHAR', 'ms BIGINT'],
			rows: [
				['1', null, null],
				['2', null, null],
				['3', 'warn', null],
				[null, 'info', '5']
			],
			rejects: [
				['1', null, expect.stringMatching(/^a\.log: .*JSON/), 'starting'],
				['2', null, expect.stringMatching(/^b\.log\.gz: .*JSON/), '{"at":']
			]
		});
	}
);

test.each([
	['a folder', inFolder],
	['a ZIP', inArchive]
] as const)(
	'files of %s that cannot be read end in a failure that names the file, and lost lines of a log alone do not',
	async (_what, readAll) => {
		const good = text('{"a":1}');
		const cut = (blob: Blob): Blob => blob.slice(0, blob.size - 600);
		const broken: readonly (readonly [string, Blob])[] = [
			['book.xlsx', cut(await workbook([['id'], [1]]))],
			['shop.sqlite', cut(await (await fetch(shop)).blob())],
			['map.geojson', text('{"type":"Topology","arcs":[[[1,2]]]}')]
		];
		for (const [name, blob] of broken) {
			const failure = await readAll({ 'a.ndjson': good, [name]: blob }, {});
			expect(failure).toMatchObject({ kind: 'unreadable-source', source: name });
		}
		const lost = text('{', 'x');
		const most = await readAll({ 'a.ndjson': good, 'lost.jsonl': lost }, {});
		expect(most).toMatchObject({ rows: [['1']], rejects: [['1', null, 'lost.jsonl: this is no JSON', '{'], {}] });
		const none = await readAll({ 'a.jsonl': lost, 'b.jsonl': lost }, {});
		expect(none).toMatchObject({ kind: 'no-rows-fit', rejects: [{ line: 1 }, {}, {}, {}] });
	}
);
