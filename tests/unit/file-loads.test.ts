// Loads of files from real servers: one that speaks S3 and checks signatures, and one of the web.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { err, ok } from '#core/result.ts';
import { connect } from '#lib/flows/connections.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import { undo } from '#lib/flows/change-dataset.ts';
import { loadConnection } from '#lib/flows/load-connection.ts';
import { testConnection } from '#lib/flows/test-connection.ts';
import type { IngestInput } from '#workers/ingest/api.ts';
import { askFile } from '#workers/ingest/ask-file.ts';
import { unpack } from '#workers/ingest/zip.ts';
import { madeRows, parquetOfRows } from '../made-parquet.ts';
import { ACCESS_KEY, BUCKET, REGION, SECRET_KEY } from '../s3-account.ts';
import { startS3, type S3Server } from '../s3-server.ts';
import { testEffects, type TestEffects } from './effects.ts';

const withReads = (): { effects: TestEffects; reads: IngestInput[] } => {
	const reads: IngestInput[] = [];
	const base = testEffects({ ingest: { askFile, unpack: async ({ name, blob }) => ok(await unpack(name, blob)) } });
	const { api } = base.startIngest();
	const startIngest: TestEffects['startIngest'] = () => ({
		api: {
			...api,
			read: (input, overrides, onProgress) => {
				reads.push(input);
				return api.read(input, overrides, onProgress);
			},
			guess: () => Promise.resolve(err({ kind: 'empty-source', source: 'none' }))
		},
		end: () => undefined,
		giveBack: () => undefined
	});
	return { effects: { ...base, startIngest }, reads };
};
/** Of each database that was read, it and what lies beside it: null is nothing, undefined that nobody knows. */
const withLogsOf = async (reads: readonly IngestInput[]): Promise<unknown> =>
	Promise.all(reads.map(async ({ name, blob, log }) => [name, await blob.text(), log && (await log.text())]));
const textsOf = async (reads: readonly IngestInput[]): Promise<readonly string[]> =>
	Promise.all(reads.map(({ blob }) => blob.text()));

describe('files on the web', () => {
	const table = parquetOfRows(madeRows(0, 6000));
	const others: Readonly<Record<string, Uint8Array>> = {
		'/live.db': strToU8('rows'),
		'/live.db-wal': strToU8('newest')
	};
	const asked: string[] = [];
	let tag: string | null = '"1"';
	let takesHead = true;
	const server = createServer((request, response) => {
		const { range } = request.headers;
		const bytes = others[request.url ?? ''] ?? table;
		asked.push(`${request.method} ${range ?? 'all'}`);
		if (tag !== null) response.setHeader('etag', tag);
		if (request.method === 'HEAD' && !takesHead) return void response.writeHead(405).end();
		const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
		if (request.method === 'HEAD' || first === undefined) {
			response.writeHead(200, { 'content-length': bytes.length });
			return void response.end(request.method === 'HEAD' ? '' : bytes);
		}
		response.writeHead(206).end(bytes.subarray(Number(first), Number(last) + 1));
	});
	const load = async (effects: TestEffects) => loadConnection({ name: 'made' }, effects);
	const connected = async (rest: string): Promise<TestEffects> => {
		const effects = testEffects({ ingest: { askFile } });
		const { port } = server.address() as AddressInfo;
		const text = `kind: web\nurls: [ "http://127.0.0.1:${port}/made.parquet" ]\n${rest}`;
		expect(await connect({ name: 'made', text }, effects)).toMatchObject({ ok: true });
		return effects;
	};
	beforeAll(async () => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
	afterAll(() => {
		server.close();
		server.closeAllConnections();
	});

	it('are read in part, not again while they are the same, and again when they are others', async () => {
		const effects = await connected('columns: [ id ]');
		const first = await load(effects);
		expect(first).toMatchObject({ ok: true, value: { files: { readCount: 1, totalBytes: table.length } } });
		expect(first.ok && (first.value.files?.readBytes ?? Infinity) < table.length / 2).toBe(true);
		expect(asked.some((one) => one.startsWith('GET bytes='))).toBe(true);
		expect(await load(effects)).toMatchObject({ ok: true, value: { files: { readCount: 0, unchangedCount: 1 } } });
		tag = '"2"';
		expect(await load(effects)).toMatchObject({ ok: true, value: { files: { readCount: 1 } } });
	});

	it('that the edge should ask for need one, and are asked of nobody else where there is none', async () => {
		const effects = await connected('through: relay');
		const before = asked.length;
		const { port } = server.address() as AddressInfo;
		const needed = { error: { kind: 'no-server', source: `http://127.0.0.1:${port}` } };
		expect(await testConnection({ name: 'made' }, effects)).toMatchObject(needed);
		expect(await load(effects)).toMatchObject(needed);
		expect(asked.length).toBe(before);
	});

	it('that are a database are read with the log beside it, where its address is given too', async () => {
		const { effects, reads } = withReads();
		const { port } = server.address() as AddressInfo;
		const addresses = ['live.db', 'live.db-wal'].map((name) => `"http://127.0.0.1:${port}/${name}"`);
		for (const urls of [addresses, addresses.slice(0, 1)]) {
			const text = `kind: web\nurls: [ ${urls.join(', ')} ]\nload: { mode: full }`;
			expect(await connect({ name: `live ${urls.length}`, text }, effects)).toMatchObject({ ok: true });
			const loaded = await loadConnection({ name: `live ${urls.length}` }, effects);
			expect(loaded).toMatchObject({ ok: true, value: { files: { readCount: 1 } } });
		}
		expect(await withLogsOf(reads)).toEqual([
			['live.db', 'rows', 'newest'],
			['live.db', 'rows', undefined]
		]);
	});

	it('of a server that says nothing of them are read each time, as a whole', async () => {
		[tag, takesHead] = [null, false];
		const effects = await connected('');
		for (let time = 0; time < 2; time++)
			expect(await load(effects)).toMatchObject({
				ok: true,
				value: { files: { readCount: 1, readBytes: table.length } }
			});
	});
});

describe('an S3-compatible store', () => {
	let s3: S3Server;
	const text = (rest: string): string =>
		`kind: s3\nendpoint: ${s3.endpoint}\nregion: ${REGION}\nbucket: ${BUCKET}\naccess_key: ${ACCESS_KEY}\n${rest}`;
	beforeAll(async () => {
		s3 = await startS3();
		await s3.put('in/a.csv', 'n\n1\n');
		await s3.put('in/b ü+1.csv', 'n\n2\n');
		await s3.put('out/c.csv', 'n\n3\n');
	});
	afterAll(async () => s3.stop());

	it('is listed and read with a signature that it checks; new files alone are appended, and undone with their rows', async () => {
		const { effects, reads } = withReads();
		const connection = { name: 'rows', text: text('path: in/*.csv\nload: { mode: append }') };
		expect((await connect({ ...connection, secrets: { 'secret key': SECRET_KEY } }, effects)).ok).toBe(true);
		const first = await loadConnection({ name: 'rows' }, effects);
		expect(first).toMatchObject({ ok: true, value: { files: { readCount: 2, unchangedCount: 0 } } });
		expect(await textsOf(reads)).toEqual(['n\n1\nn\n2\n']);
		expect(reads[0]?.files?.map(({ path }) => path)).toEqual(['in/a.csv', 'in/b ü+1.csv']);
		const found = await findDataset('rows', effects);
		expect(found.ok && found.value.version.lineage.parameters?.['files']).toMatchObject({ count: 2 });
		const again = await loadConnection({ name: 'rows' }, effects);
		expect(again).toMatchObject({ ok: true, value: { keptCount: 0, files: { readCount: 0, unchangedCount: 2 } } });
		await s3.put('in/a.csv', 'n\n11\n');
		const changed = await loadConnection({ name: 'rows' }, effects);
		expect(changed).toMatchObject({ ok: true, value: { keptCount: 0, files: { changed: ['in/a.csv'] } } });
		expect((await undo(effects)).ok).toBe(true);
		const anew = await loadConnection({ name: 'rows' }, effects);
		expect(anew).toMatchObject({ ok: true, value: { files: { readCount: 2, unchangedCount: 0, changed: [] } } });
		expect((await textsOf(reads)).at(-1)).toBe('n\n11\nn\n2\n');
	});

	it('gives a database with the log beside it, also out of an archive, and none where it lists none', async () => {
		const zipped = zipSync({ 'x/live.db': strToU8('rows'), 'x/live.db-journal': strToU8('before') });
		await s3.put('db/live.db', 'rows');
		await s3.put('db/live.db-wal', 'newest');
		await s3.put('db/live.zip', zipped);
		await s3.put('db/still.db', 'rows');
		const { effects, reads } = withReads();
		for (const file of ['live.db', 'live.zip', 'still.db']) {
			const connection = { name: file.replace('.', ' '), text: text(`path: db/${file}\nload: { mode: full }`) };
			expect((await connect({ ...connection, secrets: { 'secret key': SECRET_KEY } }, effects)).ok).toBe(true);
			expect(await loadConnection({ name: connection.name }, effects)).toMatchObject({ ok: true });
		}
		expect(await withLogsOf(reads)).toEqual([
			['live.db', 'rows', 'newest'],
			['live.db', 'rows', 'before'],
			['still.db', 'rows', null]
		]);
	});

	it('refuses a secret that is none, and says why', async () => {
		const { effects } = withReads();
		await connect({ name: 'rows', text: text('path: in/'), secrets: { 'secret key': 'wrong' } }, effects);
		const refused = await loadConnection({ name: 'rows' }, effects);
		expect(refused).toMatchObject({
			ok: false,
			error: { kind: 'file-refused', status: 403, code: 'SignatureDoesNotMatch' }
		});
		expect(JSON.stringify(refused)).not.toContain('wrong');
		const without = await testConnection({ name: 'other', text: text('path: in/') }, effects);
		expect(without).toMatchObject({ ok: false, error: { kind: 'secret-missing', secret: 'secret key' } });
	});

	it('without a file that fits says so', async () => {
		const { effects } = withReads();
		await connect({ name: 'rows', text: text('path: none/'), secrets: { 'secret key': SECRET_KEY } }, effects);
		expect(await loadConnection({ name: 'rows' }, effects)).toMatchObject({
			ok: false,
			error: { kind: 'no-files', pattern: 'none/' }
		});
	});
});
