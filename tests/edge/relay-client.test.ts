// The page's own reader of sources, by the relay in real workerd, against an API that misbehaves: it gets what it would get directly.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, inject, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import type { RelayAccess } from '#core/source/relayed.ts';
import type { Wanted } from '#core/source/rest/page.ts';
import type { AskWeb } from '#workers/ingest/ask-by-relay.ts';
import { ask } from '#workers/ingest/ask.ts';
import { grant, makeWorkspace, send, type TestWorkspace } from './edge.ts';

type Servers = Readonly<Record<'apiPort' | 'rawPort' | 'resolverPort', number>>;
const { apiPort, rawPort, resolverPort } = (inject as (key: string) => unknown)('sources') as Servers;

const here = {
	SOURCE_RELAY: '',
	SOURCE_RESOLVER: `http://127.0.0.1:${resolverPort}/dns-query`,
	SOURCE_HOSTS: `api.source.example:${apiPort},api.source.example:${rawPort}`
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
