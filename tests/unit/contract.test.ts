// The wire contract is pinned: a changed shape without a changed protocol version does not pass.
import { createHash } from 'node:crypto';
import { toJsonSchema } from '@valibot/to-json-schema';
import { expect, test } from 'vitest';
import { failureKindsOf, pathFieldsOf } from '#core/contract/endpoint.ts';
import { endpoints } from '#core/contract/endpoints.ts';
import { failureAnswerSchema } from '#core/contract/failure.ts';
import { openApi } from '#core/contract/open-api.ts';
import { PROTOCOL_VERSION } from '#core/contract/protocol-version.ts';

/** Hash of the whole contract by protocol version; one that was released is never edited. */
const hashByVersion: Readonly<Record<number, string>> = {
	1: 'e7d88a25e9384249a078bd5f51d16562d653865550fb4d4310366c38f7c5d487',
	2: 'a39a885f744afe4b14a2efc88b568744e6a45deef07ea06e690c20baa938149b',
	3: 'ae9862d931e665360899e6f66d3b74a9792bc639c169e7753d5bf2e2c7c9cd1a',
	4: 'b1ef83084754783a567c9e8126df74748aaa0907238b3319962e5d5c3ed62186',
	5: '4b9803920d999a1e7320bd397dd744b40ea6ba34a01ce3742aa6136e41f132ac',
	6: 'c61fd5fa40510f2be8b4c236efe7e7223495848cffb473110e383d5d52966b07',
	7: '2fea0e1145dad150411608f187c0afe9d5f595ddca4ca2bb07c3fc810838c932',
	8: '557294051fe8d6e19ebdd9731c78a1864f2d5f51ca1bd955d9e207e673ccb7e5',
	9: '72bea0548201e9da4de16fa897dc9025047ea03042bf4dc944c3203421145743',
	10: 'bd19b6001e607e315805cc3e3ad7df3d392fdb696b1eeb2584a92c22a6f44fbe',
	11: '1b34d1ce1443946af3796ee3cdb61ab500cc2e466b54263f8b6fd46351b34748',
	12: 'ba3d01a5b7d745dfb79711e3533875877712d9663b80e0af50781c7c5e0cf8c0'
};

test('the schemas of this protocol version are the pinned ones', () => {
	const shapes = [
		...endpoints.map(({ summary: _said, request, response, ...shape }) => ({
			...shape,
			request: toJsonSchema(request, { typeMode: 'input' }),
			response: toJsonSchema(response)
		})),
		toJsonSchema(failureAnswerSchema)
	];
	const hash = createHash('sha256').update(JSON.stringify(shapes)).digest('hex');
	expect(hash).toBe(hashByVersion[PROTOCOL_VERSION]);
});

test('endpoints have names and addresses of their own', () => {
	expect(new Set(endpoints.map(({ name }) => name)).size).toBe(endpoints.length);
	expect(new Set(endpoints.map(({ method, path }) => `${method} ${path}`)).size).toBe(endpoints.length);
});

test('what a path names is a field of its request, and what needs a token can say so', () => {
	for (const endpoint of endpoints) {
		const { name, access, request, headers = {} } = endpoint;
		const fields = Object.keys(request.entries);
		expect(fields, name).toEqual(expect.arrayContaining([...pathFieldsOf(endpoint), ...Object.keys(headers)]));
		expect(failureKindsOf(endpoint).includes('unauthorized'), name).toBe(access !== 'anyone');
	}
});

test('the document names each endpoint once and describes its failures', () => {
	const document = openApi(endpoints, '1.2.3');
	const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.keys(methods).map((method) => `${method} ${path}`)
	);
	expect(documented.toSorted()).toEqual(
		endpoints.map(({ method, path }) => `${method.toLowerCase()} ${path}`).toSorted()
	);
	expect(JSON.stringify(document.components.schemas['Failure'])).toContain('not-found');
});
