// Webhooks posted by the edge, in real workerd, to a real server.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, inject, test } from 'vitest';
import { notifyWebhook } from '#core/contract/notify-webhook.ts';
import { err, ok } from '#core/result.ts';
import { createApp } from '#edge/app.ts';
import { callApi, type Fetch } from '#lib/remote/call-api.ts';

const { inboxPort } = (inject as (key: string) => unknown)('mail') as { readonly inboxPort: number };
const host = `127.0.0.1:${inboxPort}`;
const app = createApp({ log: () => undefined });
let ids = 0;

beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));

async function post(
	url: string,
	hosts = `hooks.example.org, http://${host}`,
	id = `webhook-${'0'.repeat(16)}${ids++}`
) {
	const edge: Fetch = async (path, init) => app.request(path, init, { ...env, WEBHOOK_HOSTS: hosts });
	return callApi(edge, notifyWebhook, { id, url, body: '{"a":"ü"}' }, { origin: 'http://weir.test' });
}

async function posts(): Promise<readonly { readonly path: string; readonly key: string; readonly body: string }[]> {
	const inbox = await (await fetch(`http://${host}/`)).json<{ posts: { path: string; key: string; body: string }[] }>();
	return inbox.posts;
}

test('a notice is posted once for its id, with it, and a failed one again', async () => {
	const id = 'webhook-once-000000000';
	const before = (await posts()).length;
	expect(await post(`http://${host}/status/503`, undefined, id)).toEqual(err({ kind: 'webhook-failed', status: 503 }));
	expect(await post(`http://${host}/hook?token=x`, undefined, id)).toEqual(ok({ isRepeated: false }));
	expect(await post(`http://${host}/hook?token=x`, undefined, id)).toEqual(ok({ isRepeated: true }));
	expect((await posts()).slice(before)).toEqual([
		{ path: '/status/503', key: id, body: '{"a":"ü"}' },
		{ path: '/hook?token=x', key: id, body: '{"a":"ü"}' }
	]);
});

test('nothing is posted to a host that is not named, nor where it leads to', async () => {
	const before = (await posts()).length;
	for (const url of [
		'https://elsewhere.example/',
		`https://${host}/`,
		'http://hooks.example.org/',
		`http://hooks.example.org@${host}/`,
		'http://127.0.0.1:1/',
		'https://hooks.example.org.evil.example/'
	])
		expect(await post(url), url).toEqual(err({ kind: 'recipient-not-allowed' }));
	expect(await post(`http://${host}/status/302`)).toEqual(err({ kind: 'webhook-failed', status: 302 }));
	expect((await posts()).length - before).toBe(1);
	expect(await post(`http://${host}/hook`, '')).toEqual(err({ kind: 'webhooks-not-connected' }));
	expect(await post(`http://${host}/hook`, ' , ')).toEqual(err({ kind: 'webhooks-not-connected' }));
});

test('a server that does not answer is a failure, not an exception', async () => {
	expect(await post('http://127.0.0.1:1/', 'http://127.0.0.1:1')).toEqual(
		err({ kind: 'webhook-failed', status: null })
	);
});
