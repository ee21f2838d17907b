// What services post to the address of an inbox: signed as they sign, not too old, and taken once.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromBase64Url } from '#core/base64url.ts';
import { listItems, openInbox } from '#core/contract/inbox.ts';
import { hashOf, hmacOf } from '#edge/bytes.ts';
import { inboxKeysOf } from '#lib/crypto/inbox-item.ts';
import { clock, makeWorkspace, randomId, send, type TestWorkspace } from './edge.ts';

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
});

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const body = '{"event":"paid"}';
const encoder = new TextEncoder();

type Signed = 'none' | 'github' | 'stripe' | 'standard';

async function withHook(signed: Signed): Promise<{ readonly made: TestWorkspace; readonly hook: string }> {
	const made = await makeWorkspace();
	const hook = randomId();
	const keys = await inboxKeysOf(crypto.getRandomValues(new Uint8Array(32)));
	const hash = await hashOf(fromBase64Url(hook) ?? new Uint8Array());
	const asked = { space: made.space, publicKey: keys.publicKey, hook: { hash, signed, secret } };
	expect(await made.call(openInbox, asked)).toMatchObject({ ok: true });
	return { made, hook };
}

async function post(hook: string, headers: Record<string, string> = {}, text = body): Promise<number> {
	const length = String(encoder.encode(text).length);
	const init = {
		method: 'POST',
		headers: { 'content-type': 'application/json', 'content-length': length, ...headers }
	};
	return (await send(`/api/v1/hooks/${hook}`, { ...init, body: text })).status;
}

async function count({ call, space }: TestWorkspace): Promise<number> {
	const items = await call(listItems, { space, waiting: 'all' });
	return items.ok ? items.value.items.length : -1;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const seconds = (): string => String(Math.floor(clock.nowMs / 1000));

describe('what a service posts', () => {
	test('without a signature is taken by the address alone, once for each delivery that is named', async () => {
		const { made, hook } = await withHook('none');
		expect(await post(hook)).toBe(200);
		expect(await post(hook)).toBe(200);
		expect(await count(made)).toBe(2);
		for (const _again of [1, 2]) expect(await post(hook, { 'x-github-delivery': 'one' })).toBe(200);
		expect(await count(made)).toBe(3);
		expect(await post(hook, { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1')).toBe(200);
		expect(await post(randomId())).toBe(404);
	});

	test('signed as GitHub does, is taken once, and refused with another secret', async () => {
		const { made, hook } = await withHook('github');
		const signature = `sha256=${hex(await hmacOf(secret, encoder.encode(body)))}`;
		for (const delivery of ['one', 'two'])
			expect(await post(hook, { 'x-hub-signature-256': signature, 'x-github-delivery': delivery })).toBe(200);
		expect(await count(made)).toBe(1);
		const wrong = `sha256=${hex(await hmacOf('another', encoder.encode(body)))}`;
		for (const headers of [{}, { 'x-hub-signature-256': wrong }, { 'x-hub-signature-256': signature.slice(0, -1) }])
			expect(await post(hook, headers)).toBe(401);
		expect(await post(hook, { 'x-hub-signature-256': signature }, `${body} `)).toBe(401);
	});

	test('signed as Stripe does, is refused when it is too old', async () => {
		const { made, hook } = await withHook('stripe');
		const sign = async (at: string) =>
			`t=${at},v1=${'0'.repeat(64)},v1=${hex(await hmacOf(secret, encoder.encode(`${at}.${body}`)))}`;
		const now = await sign(seconds());
		expect(await post(hook, { 'stripe-signature': now })).toBe(200);
		expect(await post(hook, { 'stripe-signature': now })).toBe(200);
		expect(await count(made)).toBe(1);
		expect(await post(hook, { 'stripe-signature': await sign(String(Number(seconds()) + 301)) })).toBe(401);
		clock.nowMs += 301_000;
		expect(await post(hook, { 'stripe-signature': now })).toBe(401);
	});

	test('signed as Standard Webhooks, is known by its id', async () => {
		const { made, hook } = await withHook('standard');
		const key = Uint8Array.from(atob(secret.slice(6)), (letter) => letter.charCodeAt(0));
		const sign = async (id: string, at = seconds()) => ({
			'webhook-id': id,
			'webhook-timestamp': at,
			'webhook-signature': `v1,AAAA v1,${btoa(String.fromCharCode(...(await hmacOf(key, encoder.encode(`${id}.${at}.${body}`)))))}`
		});
		for (const id of ['msg_1', 'msg_1', 'msg_2']) expect(await post(hook, await sign(id))).toBe(200);
		expect(await count(made)).toBe(2);
		expect(await post(hook, { ...(await sign('msg_3')), 'webhook-id': 'msg_4' })).toBe(401);
		expect(await post(hook, await sign('msg_5', String(Number(seconds()) - 301)))).toBe(401);
	});
});
