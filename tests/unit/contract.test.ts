// The wire contract is pinned: a changed shape without a changed protocol version does not pass.
import { createHash } from 'node:crypto';
import { toJsonSchema } from '@valibot/to-json-schema';
import { expect, test } from 'vitest';
import { endpoints } from '#core/contract/endpoints.ts';
import { failureAnswerSchema } from '#core/contract/failure.ts';
import { openApi } from '#core/contract/open-api.ts';
import { PROTOCOL_VERSION } from '#core/contract/protocol-version.ts';

/** Hash of the whole contract by protocol version; one that was released is never edited. */
const hashByVersion: Readonly<Record<number, string>> = {
	1: 'e7d88a25e9384249a078bd5f51d16562d653865550fb4d4310366c38f7c5d487',
	2: 'a39a885f744afe4b14a2efc88b568744e6a45deef07ea06e690c20baa938149b'
};

test('the schemas of this protocol version are the pinned ones', () => {
	const shapes = [
		...endpoints.map(({ name, method, path, request, response }) => ({
			name,
			method,
			path,
			request: toJsonSchema(request),
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

test('the document names each endpoint once and describes its failures', () => {
	const document = openApi(endpoints, '1.2.3');
	expect(Object.keys(document.paths)).toEqual(endpoints.map(({ path }) => path));
	expect(JSON.stringify(document.components.schemas['Failure'])).toContain('not-found');
});
