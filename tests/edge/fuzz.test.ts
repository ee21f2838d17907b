// Every endpoint, asked at random from the OpenAPI document: it answers with a status and a shape that the document names, and
// never by breaking.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { is } from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { endpoints } from '#core/contract/endpoints.ts';
import { failureAnswerSchema } from '#core/contract/failure.ts';
import { openApi } from '#core/contract/open-api.ts';
import { arbitraryRequest, type Known, type MadeRequest, type Operation } from './arbitrary-request.ts';
import {
	grant,
	makeWorkspace,
	move,
	randomHash,
	randomId,
	send,
	stepAfter,
	store,
	type TestWorkspace
} from './edge.ts';

const RUNS = 40;

let made: TestWorkspace;
let known: Known;

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	made = await makeWorkspace();
	const [object, ref, cycle] = [await store(made), randomHash(), randomId()];
	const step = await stepAfter(null);
	const next = await stepAfter(step);
	await move(made, ref, step, [object.id]);
	known = {
		workspace: [made.workspace],
		space: [made.space],
		id: [object.id, (await grant(made, {})).id],
		ids: [object.id],
		needs: [object.id],
		token: [ref],
		prev: [step.hash],
		hash: [next.hash],
		record: [next.record],
		cycle: [cycle],
		'content-digest': [object.digest]
	};
});

const document = openApi(endpoints, '0.0.0');

describe('asked at random', () => {
	for (const { name, method, path, response, answers } of endpoints) {
		const operation = document.paths[path]?.[method.toLowerCase()] as Operation;
		test(name, async () => {
			const statuses: number[] = [];
			const ask = async ({ path: asked, headers, body }: MadeRequest): Promise<void> => {
				const length = body instanceof Uint8Array ? { 'content-length': String(body.length) } : {};
				const authorization = `Bearer ${made.token.text}`;
				const init = { method, headers: { authorization, ...headers, ...length }, body };
				const answer = await send(asked, init, { REQUESTS_PER_MINUTE: '1000000', WORKSPACES_PER_HOUR: '1000000' });
				const { status } = answer;
				statuses.push(status);
				expect(Object.keys(operation.responses)).toContain(String(status));
				expect(status).toBeLessThan(500);
				if (status !== 200) expect(is(failureAnswerSchema, await answer.json())).toBe(true);
				else if (answers === undefined) expect(is(response, await answer.json())).toBe(true);
				else expect(answer.headers.get('content-type')).toBe(answers);
			};
			await fc.assert(fc.asyncProperty(arbitraryRequest(path, operation, known), ask), { numRuns: RUNS });
			// Nothing of it was about the token.
			expect(statuses).not.toContain(401);
		});
	}
});
