// E-mail by the edge, in real workerd, to real mail servers.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { notifyEmail } from '#core/contract/notify-email.ts';
import { err, ok } from '#core/result.ts';
import { createApp } from '#edge/app.ts';
import type { MailEnv } from '#edge/env.ts';
import { messageOf } from '#edge/mail/message.ts';
import { callApi, type Fetch } from '#lib/remote/call-api.ts';

type Ports = {
	readonly plainPort: number;
	readonly untrustedPort: number;
	readonly clearPort: number;
	readonly inboxPort: number;
};
type Inbox = {
	readonly arrived: readonly {
		readonly user: string | null;
		readonly from: string;
		readonly to: readonly string[];
		readonly text: string;
	}[];
	readonly logins: readonly string[];
};

const ports = (inject as (key: string) => unknown)('mail') as Ports;
const app = createApp({ log: () => undefined });
let ids = 0;
const newId = (): string => `${'0'.repeat(16)}${ids++}`;

beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));
beforeEach(async () => {
	await env.DB.prepare('DELETE FROM notices').run();
});

const settings: MailEnv = {
	SMTP_HOST: '127.0.0.1',
	SMTP_PORT: String(ports.plainPort),
	SMTP_SECURITY: 'plain',
	SMTP_USER: 'weir',
	SMTP_PASSWORD: 'secret',
	MAIL_FROM: 'weir@example.org',
	MAIL_TO: 'ada@example.org, @example.net'
};

function edgeWith(change: Partial<MailEnv>): Fetch {
	return async (url, init) => app.request(url, init, { ...env, ...settings, ...change });
}

const mail = { to: ['ada@example.org'], subject: 'A subject', text: 'A text' };

async function send(change: Partial<MailEnv> = {}, request: Partial<typeof mail & { id: string }> = {}) {
	return callApi(edgeWith(change), notifyEmail, { id: newId(), ...mail, ...request }, { origin: 'http://weir.test' });
}

async function inbox(): Promise<Inbox> {
	return (await fetch(`http://127.0.0.1:${ports.inboxPort}/`)).json<Inbox>();
}

/** Headers unfolded, and the text. */
function read(message: string): { readonly headers: Readonly<Record<string, string>>; readonly text: string } {
	const [head = '', ...body] = message.split('\r\n\r\n');
	const lines = head.replaceAll('\r\n ', ' ').split('\r\n');
	const headers = Object.fromEntries(
		lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
	);
	const bytes = Uint8Array.from(atob(body.join('').replaceAll(/\s/g, '')), (character) => character.charCodeAt(0));
	return { headers, text: new TextDecoder().decode(bytes) };
}

describe('a mail', () => {
	test('arrives whole, whatever characters and dots it is made of', async () => {
		const text = `.\n.hidden\nGrüße aus 東京\n${'long '.repeat(100)}\n.\n`;
		const subject = `[critical] Köln 東京: ${'ä'.repeat(100)}`;
		const to = ['ada@example.org', 'bob@example.net'];
		expect(await send({}, { text, subject, to })).toEqual(ok({ isRepeated: false }));
		const last = (await inbox()).arrived.at(-1);
		expect(last).toMatchObject({ user: 'weir', from: 'weir@example.org', to });
		const { headers, text: found } = read(last?.text ?? '');
		expect(found.replaceAll('\r\n', '\n')).toBe(text);
		const words = [...(headers['Subject'] ?? '').matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)];
		const decoded = words.map(([, word = '']) =>
			new TextDecoder().decode(Uint8Array.from(atob(word), (character) => character.charCodeAt(0)))
		);
		expect(decoded.join('')).toBe(subject);
		expect(headers).toMatchObject({ From: 'Weir <weir@example.org>', To: to.join(', ') });
		for (const line of last?.text.split('\r\n') ?? []) expect(line.length).toBeLessThanOrEqual(78);
	});

	test('is sent once for an id, however often it is asked for', async () => {
		const id = newId();
		const before = (await inbox()).arrived.length;
		expect(await send({}, { id })).toEqual(ok({ isRepeated: false }));
		expect(await send({}, { id })).toEqual(ok({ isRepeated: true }));
		expect((await inbox()).arrived.length - before).toBe(1);
	});

	test('that failed can be sent again at once under its id', async () => {
		const id = newId();
		expect(await send({ SMTP_PASSWORD: 'wrong' }, { id })).toEqual(
			err({ kind: 'mail-failed', stage: 'login', code: 535 })
		);
		expect(await send({}, { id })).toEqual(ok({ isRepeated: false }));
	});

	test('cannot bring a header or a command with it', async () => {
		for (const request of [
			{ subject: 'a\r\nBcc: eve@example.net' },
			{ subject: 'a\nb' },
			{ to: ['ada@example.org>\r\nRCPT TO:<eve@example.net'] },
			{ to: ['Ada <ada@example.org>'] },
			{ to: ['ada@example.org, eve@example.net'] },
			{ id: `${newId()}>\r\nX: y` }
		])
			expect(await send({}, request), JSON.stringify(request)).toMatchObject({ error: { kind: 'invalid-request' } });
		const broken = { from: 'weir@example.org', to: [], text: '', id: 'x', atMs: 0 };
		expect(() => messageOf({ ...broken, subject: 'a', from: 'a\r\nb@c.org' })).toThrow('a header');
	});

	test('goes to nobody whom the edge may not write to', async () => {
		for (const to of [['eve@example.com'], ['ada@example.org', 'eve@example.com'], ['eve@sub.example.net']])
			expect(await send({}, { to })).toEqual(err({ kind: 'recipient-not-allowed' }));
		expect(await send({}, { to: ['nobody@example.net'] })).toEqual(
			err({ kind: 'mail-failed', stage: 'recipient', code: 550 })
		);
	});

	test('is refused when an hour has had its number, or it is too large', async () => {
		const few = { MAIL_PER_HOUR: '2' };
		expect(await send(few)).toEqual(ok({ isRepeated: false }));
		expect(await send(few)).toEqual(ok({ isRepeated: false }));
		expect(await send(few)).toEqual(err({ kind: 'too-many-requests', retryAfterSeconds: 60 }));
		expect(await send({}, { text: 'x'.repeat(33_000) })).toMatchObject({ error: { kind: 'invalid-request' } });
		const many = Array.from({ length: 21 }, (_value, at) => `a${at}@example.net`);
		expect(await send({}, { to: many })).toMatchObject({ error: { kind: 'invalid-request' } });
	});
});

describe('a mail server', () => {
	test('that is not set is said to be missing', async () => {
		for (const change of [{ SMTP_HOST: '' }, { MAIL_FROM: '' }, { MAIL_TO: '' }]) {
			const request = { method: 'POST', headers: { 'content-type': 'application/json' } };
			const body = JSON.stringify({ id: newId(), ...mail });
			const answer = await app.request(
				'/api/v1/notify/email',
				{ ...request, body },
				{ ...env, ...settings, ...change }
			);
			expect(answer.status).toBe(404);
			expect(await answer.json()).toEqual({ error: { kind: 'mail-not-connected' } });
		}
	});

	test('is told no password unless it proves who it is', async () => {
		const before = (await inbox()).logins.length;
		const secure = { SMTP_SECURITY: '', SMTP_PASSWORD: 'never told' };
		const untrusted = await send({ ...secure, SMTP_PORT: String(ports.untrustedPort) });
		expect(untrusted).toEqual(err({ kind: 'mail-failed', stage: 'tls', code: null }));
		const clear = await send({ ...secure, SMTP_PORT: String(ports.clearPort) });
		expect(clear).toEqual(err({ kind: 'mail-failed', stage: 'tls', code: null }));
		expect((await inbox()).logins.slice(before)).toEqual([]);
	});

	test('that is not there is a failure, not an exception', async () => {
		expect(await send({ SMTP_PORT: '9' })).toEqual(err({ kind: 'mail-failed', stage: 'connect', code: null }));
	});
});

test('a form or a text of another page is not taken for a request', async () => {
	const body = JSON.stringify({ id: newId(), ...mail });
	for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
		const request = { method: 'POST', headers: { 'content-type': type }, body };
		const answer = await app.request('/api/v1/notify/email', request, { ...env, ...settings });
		expect(answer.status).toBe(400);
	}
});
