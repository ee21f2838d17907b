// The page's own reader of sources, by the relay in real workerd, against an API that misbehaves: it gets what it would get directly.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, inject, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import type { RelayAccess } from '#core/source/relayed.ts';
import type { FileQuestion } from '#core/source/files/file-question.ts';
import { listAddress, objectAddress } from '#core/source/files/s3-address.ts';
import { parseListing } from '#core/source/files/s3-listing.ts';
import type { Wanted } from '#core/source/rest/page.ts';
import type { AskWeb } from '#workers/ingest/ask-by-relay.ts';
import { askFile } from '#workers/ingest/ask-file.ts';
import { ask } from '#workers/ingest/ask.ts';
import { ACCESS_KEY, BUCKET, REGION, SECRET_KEY } from '../s3-account.ts';
import { grant, makeWorkspace, send, type TestWorkspace } from './edge.ts';

type Servers = Readonly<Record<'apiPort' | 'rawPort' | 'resolverPort' | 'storePort', number>>;
const { apiPort, rawPort, resolverPort, storePort } = (inject as (key: string) => unknown)('sources') as Servers;

const here = {
	SOURCE_RELAY: '',
	SOURCE_RESOLVER: `http://127.0.0.1:${resolverPort}/dns-query`,
	SOURCE_HOSTS: `api.source.example:${apiPort},api.source.example:${rawPort},127.0.0.1:${storePort}`
};
const api = `http://api.source.example:${apiPort}`;
const source = api;
const common = { records: null, error: null, key: [], mark: null, total: null, columns: null };
const wanted: Wanted = { ...common, format: 'json', next: 'next_cursor' };

let made: TestWorkspace;
let access: RelayAccess;

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	made = await makeWorkspace();
	access = { workspace: made.workspace, token: made.token };
});

/** As a browser asks: whoever gives up gets no more of the answer. */
const byRelay =
	(settings: Readonly<Record<string, string>> = here): AskWeb =>
	async (path, { method, headers, body, signal }) => {
		const late = new Promise<never>((_resolve, reject) => {
			signal.addEventListener('abort', () => reject(signal.reason as Error));
		});
		const answer = await Promise.race([send(path, { method, headers: { ...headers }, body }, settings), late]);
		return new Response(answer.body?.pipeThrough(new TransformStream(), { signal }), answer);
	};

async function asked(url: string, { timeoutMs = 20_000, limitBytes = 1_000_000, by = access, settings = here } = {}) {
	const request = { url, method: 'GET', headers: { Accept: 'application/json' }, body: null } as const;
	return ask({ request, wanted, isSecret: false, timeoutMs, limitBytes }, by, byRelay(settings));
}

test('what a source says comes through: rows, its wish to wait, where more is, and what is none', async () => {
	expect(await asked(`${api}/packed`)).toMatchObject(ok({ status: 200, page: ok({ rows: ['{"id":1}'] }) }));
	const busy = { status: 429, retryAfter: '7', link: '</next>; rel="next"', page: null };
	expect(await asked(`${api}/busy`)).toMatchObject(ok(busy));
	expect(await asked(`${api}/long?bytes=2000000`)).toMatchObject(ok({ page: err({ problem: 'too-large' }) }));
	expect(await asked(`${api}/cut`)).toEqual(err({ kind: 'source-silent', reason: 'answer' }));
	for (const path of ['silent', 'drips'])
		expect(await asked(`${api}/${path}`, { timeoutMs: 400 }), path).toEqual(
			err({ kind: 'source-silent', reason: 'timeout' })
		);
});

test('why the edge did not ask is told, and when it may be asked again', async () => {
	expect(await asked('http://127.0.0.1/x')).toEqual(
		err({ kind: 'relay-refused', source: 'http://127.0.0.1', asked: 'http://127.0.0.1', reason: 'address' })
	);
	expect(await asked(`${api}/leads?to=http://127.0.0.1`)).toEqual(
		err({ kind: 'relay-refused', source, asked: 'http://127.0.0.1', reason: 'address' })
	);
	expect(await asked('http://nowhere.source.dev/')).toEqual(err({ kind: 'source-silent', reason: 'name' }));
	expect(await asked(`${api}/x`, { settings: { ...here, SOURCE_RELAY: 'off' } })).toEqual(
		err({ kind: 'relay-off', source })
	);
	const may = await grant(made, { verbs: ['relay'] });
	const { workspace } = made;
	const stranger = { workspace, token: { ...may, secret: made.token.secret } };
	expect(await asked(`${api}/x`, { by: stranger })).toEqual(err({ kind: 'edge-access-refused' }));
	await asked(`${api}/packed`, { by: { workspace, token: may } });
	await env.DB.prepare('UPDATE rate_limits SET count = 600 WHERE who = ?').bind(`relay:${may.id}`).run();
	expect(await asked(`${api}/packed`, { by: { workspace, token: may } })).toMatchObject(
		ok({ status: 429, retryAfter: expect.stringMatching(/^\d+$/) as string })
	);
});

test('an API that misbehaves is read to its end, every row once, by whoever asks again', async () => {
	const ids: unknown[] = [];
	let faults = 0;
	let after = '0';
	for (let tries = 0; tries < 200 && after !== ''; tries++) {
		const answer = await asked(`${api}/rows?after=${after}`);
		if (!answer.ok || !answer.value.page?.ok) {
			faults++;
			continue;
		}
		const { rows, next } = answer.value.page.value;
		ids.push(...rows.map((row) => (JSON.parse(row) as { id: number }).id));
		after = next ?? '';
	}
	expect(ids).toEqual(Array.from({ length: 100 }, (_, id) => id));
	expect(faults).toBeGreaterThan(0);
});

async function askedFile(url: string, question: Partial<FileQuestion>) {
	const usual = { method: 'GET', range: null, ifTag: null, sign: null, wanted: 'bytes' } as const;
	const bounds = { timeoutMs: 20_000, limitBytes: 1_000_000 };
	return askFile({ url, ...usual, ...bounds, ...question }, access, () => undefined, byRelay());
}

test('a store that wants a signature lists and gives ranges, bound to the file that was listed', async () => {
	const sign = { accessKey: ACCESS_KEY, secretKey: SECRET_KEY, region: REGION };
	const store = { endpoint: `http://127.0.0.1:${storePort}`, region: REGION, bucket: BUCKET, isPathStyle: true };
	const listed = await askedFile(listAddress(store, 'in/', null), { sign, wanted: 'text' });
	const page = parseListing((listed.ok && listed.value.text) || '');
	expect(page).toMatchObject({ ok: true, value: { files: [{ path: 'in/a.csv', sizeBytes: 14 }] } });
	const tag = page.ok ? (page.value.files[0]?.tag ?? '') : '';
	const url = objectAddress(store, 'in/a.csv') ?? '';
	const range = { startByte: 3, endByte: 7 };
	const part = await askedFile(url, { sign, range, ifTag: tag });
	expect(part).toMatchObject(ok({ status: 206, tag, sizeBytes: 4 }));
	expect(part.ok && (await part.value.blob?.text())).toBe('name');
	// The store does not look at it.
	const bound = await askedFile(`${api}/x`, { ifTag: tag, wanted: 'text' });
	expect(bound).toMatchObject(
		ok({ text: expect.stringContaining(JSON.stringify(['if-match', tag]).slice(1, -1)) as string })
	);
	const looked = await askedFile(url, { sign, method: 'HEAD', wanted: 'nothing' });
	expect(looked).toMatchObject(ok({ status: 200, tag, sizeBytes: 14 }));
	expect(await askedFile(url, { sign: { ...sign, secretKey: 'wrong' } })).toMatchObject(ok({ status: 403 }));
});

test('a file that comes packed has no length of its own, and one that is too long is not read', async () => {
	const packed = await askedFile(`${api}/packed`, {});
	expect(packed).toMatchObject(ok({ status: 200, sizeBytes: null }));
	expect(packed.ok && (await packed.value.blob?.text())).toBe('[{"id":1}]');
	expect(await askedFile(`${api}/long?bytes=2000000`, {})).toMatchObject(ok({ blob: null, isTooLarge: true }));
	expect(await askedFile(`${api}/cut`, {})).toEqual(err({ kind: 'source-silent', reason: 'answer' }));
});
