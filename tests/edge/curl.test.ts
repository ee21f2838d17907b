// The curl commands of the API's page, read as curl reads them and asked one after another: what is shown to people runs.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { toBase64Url } from '#core/base64url.ts';
import { encodeBundle } from '#core/contract/bundle.ts';
import { curlOf, curlPreamble } from '#core/contract/curl.ts';
import { endpoints } from '#core/contract/endpoints.ts';
import { hashOf, hashOfText } from '#edge/bytes.ts';
import { digestOf, newToken, randomHash, randomId, send } from './edge.ts';

const encoder = new TextEncoder();
const object = new Uint8Array(encoder.encode('sealed bytes'));
const rows = new Uint8Array(encoder.encode('{"id":1,"city":"Oslo"}\n{"id":2,"city":"Bergen"}\n'));
const cities = Uint8Array.from(atob(/printf '([A-Za-z0-9+/=]+)'/.exec(curlPreamble)?.[1] ?? ''), (letter) =>
	letter.charCodeAt(0)
);
const bundle = encodeBundle([{ id: randomHash(), bytes: object }]);
/** What the preamble writes. */
const files: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
	'object.bin': object,
	'rows.ndjson': rows,
	'cities.parquet': cities,
	'bundle.bin': bundle
};

/** What the shell of the page makes. */
async function shellValues(): Promise<Record<string, string>> {
	const [token, auth] = [await newToken(), randomHash()];
	const text = (value: string): string => toBase64Url(encoder.encode(value));
	const [WORKSPACE, SPACE, OTHER, SLOT, CYCLE, PUBLICATION, HOOK] = Array.from({ length: 7 }, randomId);
	return {
		WEIR: '',
		...{ WORKSPACE, SPACE, OTHER, SLOT, CYCLE, PUBLICATION, HOOK },
		PUBLIC_KEY: randomHash(),
		HOOK_HASH: await hashOfText(HOOK ?? ''),
		FILE: await hashOf(cities),
		FILE_DIGEST: await digestOf(cities),
		ID: token.id,
		HASH: token.hash,
		TOKEN: token.text,
		OBJECT: randomHash(),
		DIGEST: await digestOf(object),
		BUNDLE_DIGEST: await digestOf(bundle),
		GENESIS: text('first entry'),
		ENTRY: text('next entry'),
		FIRST: await hashOf(encoder.encode('first entry')),
		REF: randomHash(),
		RECORD: text('where main is'),
		STEP: await hashOf(encoder.encode('where main is')),
		SHARE: randomId(),
		LEASE: randomHash(),
		AUTH: auth,
		AUTH_HASH: await hashOfText(auth),
		EXPIRES: `${Math.ceil(Date.now() / 1000) + 86_400}000`,
		METRICS_TOKEN: 'operator'
	} as Record<string, string>;
}

function requestOf(
	command: string,
	values: Record<string, string>
): { readonly path: string; readonly init: RequestInit } {
	const filled = command.replaceAll(/\$([A-Z_]+)/g, (_, name: string) => values[name] ?? `$${name}`);
	const body = /<<END\n([\s\S]*)\nEND$/.exec(filled)?.[1];
	const path = /^curl "([^"]*)"/.exec(filled)?.[1] ?? '';
	const headers = Object.fromEntries(
		[...filled.matchAll(/-H "([^:]+): ([^"]*)"/g)].map(([, name = '', value = '']) => [name, value])
	);
	const method = /-X (\w+)/.exec(filled)?.[1];
	const [, option, file = ''] = /(-T |--data-binary @)([a-z.]+)/.exec(filled) ?? [];
	const sent = files[file];
	if (sent) {
		const length = { 'content-length': String(sent.length) };
		return {
			path,
			init: { method: option === '-T ' ? 'PUT' : 'POST', headers: { ...headers, ...length }, body: sent }
		};
	}
	if (body === undefined) return { path, init: { method: method ?? 'GET', headers } };
	return {
		path,
		init: { method: method ?? 'POST', headers: { ...headers, 'content-type': 'application/json' }, body }
	};
}

test('the curl commands run one after another, with the values that are made before them', async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	const values = await shellValues();
	for (const name of Object.keys(values).filter((one) => one !== 'METRICS_TOKEN'))
		expect(curlPreamble, name).toMatch(new RegExp(`\\b${name}=`));
	const statuses: Record<string, number> = {};
	for (const endpoint of endpoints) {
		const { path, init } = requestOf(curlOf(endpoint), values);
		const answer = await send(path, init, { METRICS_TOKEN: 'operator' });
		statuses[endpoint.name] = answer.status;
		if (endpoint.name === 'queryPublished')
			expect(await answer.text()).toBe('id,city\r\n3,Bodø\r\n2,Bergen\r\n1,Oslo\r\n');
		if (endpoint.name === 'askPublishedQuery') expect(await answer.text()).toBe('city\r\nBodø\r\nOslo\r\n');
		if (endpoint.name === 'getObject') expect(new Uint8Array(await answer.arrayBuffer())).toEqual(object);
		if (endpoint.name === 'metrics') expect(await answer.text()).toContain('\nweir_workspaces 0\n');
	}
	const { notifyEmail, notifyWebhook, relaySource, getPublishedFile, getShare, ...answered } = statuses;
	const { listTables, readRows, putRows, ...others } = answered;
	expect([getPublishedFile, getShare]).toEqual([206, 206]);
	// This edge has neither a mail server nor hosts to post to, and asks no sources and no databases.
	expect([notifyEmail, notifyWebhook, relaySource]).toEqual([404, 404, 404]);
	expect([listTables, readRows, putRows]).toEqual([404, 404, 404]);
	expect(others).toEqual(Object.fromEntries(Object.keys(others).map((name) => [name, 200])));
});

test('metrics are for whoever runs the edge', async () => {
	const ask = async (settings: object, authorization = 'Bearer operator') =>
		(await send('/api/v1/metrics', { headers: { authorization } }, settings)).status;
	expect(await ask({})).toBe(404);
	expect(await ask({ METRICS_TOKEN: 'another' })).toBe(401);
	expect(await ask({ METRICS_TOKEN: 'operator' }, 'Basic operator')).toBe(401);
	expect(await ask({ METRICS_TOKEN: 'operator' })).toBe(200);
});
