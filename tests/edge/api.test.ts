// The API in real workerd, called with the page's own client.
import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { literal, object, string } from 'valibot';
import { endpoint } from '#core/contract/endpoint.ts';
import { health } from '#core/contract/health.ts';
import { PROTOCOL_VERSION } from '#core/contract/protocol-version.ts';
import { err, ok } from '#core/result.ts';
import { Addresses } from '#edge/address.ts';
import { createApp } from '#edge/app.ts';
import { Counts } from '#edge/counts.ts';
import { mount } from '#edge/mount.ts';
import { Permits } from '#edge/permits.ts';
import { callApi, type Fetch } from '#lib/remote/call-api.ts';
import { version } from '../../package.json';

const origin = 'http://weir.test';
const edge: Fetch = (url, init) => exports.default.fetch(url, init);

test('the edge, its database and its object store answer', async () => {
	expect(await callApi(edge, health, {}, { origin })).toEqual(
		ok({ version, protocol: PROTOCOL_VERSION, database: 'ok', objects: 'ok' })
	);
});

test('a store that is down is named', async () => {
	const app = createApp({ log: () => undefined });
	const broken = { ...env, DB: env.DB, OBJECTS: { head: () => Promise.reject(new Error('secret')) } };
	const call: Fetch = (url, init) => Promise.resolve(app.request(url, init, broken));
	expect(await callApi(call, health, {}, { origin })).toEqual(err({ kind: 'unavailable', stores: ['objects'] }));
});

test('an unknown path is a failure in JSON', async () => {
	const answer = await exports.default.fetch(`${origin}/api/v1/nothing`);
	expect(answer.status).toBe(404);
	expect(await answer.json()).toEqual({ error: { kind: 'not-found', path: '/api/v1/nothing' } });
});

test('an error inside tells nothing outside', async () => {
	const app = createApp({ log: () => undefined });
	app.get('/api/v1/broken', () => {
		throw new Error('secret');
	});
	const answer = await app.request('/api/v1/broken', {}, env);
	expect(answer.status).toBe(500);
	expect(await answer.json()).toEqual({ error: { kind: 'internal' } });
});

test('every answer is isolated and refused to frames', async () => {
	for (const path of ['/api/v1/health', '/api/v1/nothing', '/api/v1/openapi.json']) {
		const { headers } = await exports.default.fetch(`${origin}${path}`);
		expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
		expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
		expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('cache-control')).toBe('no-store');
	}
});

test('the OpenAPI document describes the health endpoint', async () => {
	const answer = await exports.default.fetch(`${origin}/api/v1/openapi.json`);
	const document = await answer.json<{ openapi: string; info: object; paths: object }>();
	expect(document.openapi).toMatch(/^3\.1\./);
	expect(document.info).toEqual({ title: 'Weir', version });
	expect(document.paths).toHaveProperty(['/api/v1/health', 'get', 'operationId'], 'health');
});

const greet = endpoint({
	name: 'greet',
	summary: 'Greets.',
	method: 'POST',
	path: '/api/v1/greet',
	access: 'anyone',
	request: object({ name: string() }),
	response: object({ greeting: string() }),
	failures: []
});
const search = endpoint({
	name: 'search',
	summary: 'Echoes.',
	method: 'GET',
	path: '/api/v1/search',
	access: 'anyone',
	request: object({ text: string() }),
	response: object({ text: string() }),
	failures: []
});

function appWithGreeting(): Fetch {
	const app = createApp({ log: () => undefined });
	const parts = { counts: new Counts(), addresses: new Addresses(), permits: new Permits() };
	const surroundings = { now: Date.now, ...parts };
	mount(app, greet, ({ name }) => Promise.resolve(ok({ greeting: `Hello ${name}` })), surroundings);
	mount(app, search, ({ text }) => Promise.resolve(ok({ text })), surroundings);
	return (url, init) => Promise.resolve(app.request(url, init, env));
}

test('a body and a query reach their handlers parsed', async () => {
	expect(await callApi(appWithGreeting(), greet, { name: 'Ada' }, { origin })).toEqual(ok({ greeting: 'Hello Ada' }));
	expect(await callApi(appWithGreeting(), search, { text: 'a&b=ü' }, { origin })).toEqual(ok({ text: 'a&b=ü' }));
});

test('a request that is not of the contract is refused by the names of its fields', async () => {
	const refused = await callApi(appWithGreeting(), greet, { name: 7 as never }, { origin });
	expect(refused).toEqual(err({ kind: 'invalid-request', fields: ['name'] }));
});

test('an answer that is not of the contract is a failure, not data', async () => {
	const newer = endpoint({ ...health, response: object({ version: literal('9') }) });
	expect(await callApi(edge, newer, {}, { origin })).toEqual(
		err({ kind: 'unreadable-answer', status: 200, retryAfterMs: null })
	);
	const page: Fetch = () => Promise.resolve(new Response('<!doctype html>'));
	expect(await callApi(page, health, {}, { origin })).toEqual(
		err({ kind: 'unreadable-answer', status: 200, retryAfterMs: null })
	);
});

test('no network is a failure, not an exception', async () => {
	const offline: Fetch = () => Promise.reject(new TypeError('failed to fetch'));
	expect(await callApi(offline, health, {}, { origin })).toEqual(err({ kind: 'unreachable' }));
});
