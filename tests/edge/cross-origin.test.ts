// Pages of other origins: what they may ask and read, what a browser is told before, and that nothing else is theirs.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { openInbox } from '#core/contract/inbox.ts';
import { inboxKeysOf } from '#lib/crypto/inbox-item.ts';
import { grant, makeWorkspace, randomId, send } from './edge.ts';

const elsewhere = 'https://elsewhere.example';

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
});

/** What a browser asks before it sends what a page of another origin wants sent; null: it would not send it. */
async function preflight(path: string, method: string): Promise<readonly string[] | null> {
	const answer = await send(path, {
		method: 'OPTIONS',
		headers: { origin: elsewhere, 'access-control-request-method': method }
	});
	const { status, headers } = answer;
	expect(await answer.text()).toMatch(status === 204 ? /^$/ : /method-not-allowed/);
	const methods = headers.get('access-control-allow-methods')?.split(', ') ?? [];
	if (status !== 204 || headers.get('access-control-allow-origin') !== '*' || !methods.includes(method)) return null;
	expect(headers.get('access-control-allow-credentials')).toBe(null);
	return headers.get('access-control-allow-headers')?.split(', ') ?? [];
}

const inbox = (workspace: string, space: string) => `/api/v1/workspaces/${workspace}/spaces/${space}/inbox`;

test('a page of another origin may ask for what is published, with an ETag or a range', async () => {
	const path = `/api/v1/published/${randomId()}`;
	for (const rest of ['', '/rows']) expect(await preflight(path + rest, 'GET')).toContain('if-none-match');
	expect(await preflight(`${path}/file.parquet`, 'GET')).toEqual(expect.arrayContaining(['range', 'if-none-match']));
	expect(await preflight(path, 'DELETE')).toBe(null);
});

test('a page of another origin pushes rows with its token, and reads what becomes of them', async () => {
	const made = await makeWorkspace();
	const { publicKey } = await inboxKeysOf(crypto.getRandomValues(new Uint8Array(32)));
	expect(await made.call(openInbox, { space: made.space, publicKey, hook: null })).toMatchObject({ ok: true });
	const pusher = await grant(made, { verbs: ['push'], spaces: [made.space] });
	const path = inbox(made.workspace, made.space);
	expect(await preflight(path, 'POST')).toEqual(['content-type', 'authorization', 'idempotency-key']);
	expect(await preflight(`${path}/sealed`, 'POST')).toContain('content-digest');
	expect(await preflight(`/api/v1/hooks/${randomId()}`, 'POST')).toContain('content-type');
	const stranger = await makeWorkspace();
	const body = '{"city":"Oslo"}';
	for (const [token, status] of [
		[pusher.text, 200],
		[stranger.token.text, 404],
		['weir1.nobody', 401]
	] as const) {
		const answer = await send(path, {
			method: 'POST',
			headers: {
				origin: elsewhere,
				authorization: `Bearer ${token}`,
				'content-type': 'application/json',
				'content-length': String(body.length),
				'idempotency-key': 'a'
			},
			body
		});
		expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, '*']);
	}
});

test('all else is for the page that the edge serves: opening and closing an inbox, what is in it, objects, tokens', async () => {
	const [workspace, space] = [randomId(), randomId()];
	const path = inbox(workspace, space);
	for (const method of ['PUT', 'DELETE']) expect(await preflight(path, method)).toBe(null);
	expect(await preflight(`${path}/items`, 'GET')).toBe(null);
	expect(await preflight(`${path}/claim`, 'POST')).toBe(null);
	expect(await preflight(`/api/v1/workspaces/${workspace}/spaces/${space}/objects/${'a'.repeat(43)}`, 'GET')).toBe(
		null
	);
	expect(await preflight(`/api/v1/workspaces/${workspace}/tokens`, 'POST')).toBe(null);
	const plain = await send(path, { method: 'OPTIONS' });
	expect([plain.status, plain.headers.get('allow')]).toEqual([405, 'PUT, POST, DELETE']);
});
