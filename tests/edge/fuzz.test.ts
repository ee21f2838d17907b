// Every endpoint, asked at random from the OpenAPI document: it answers with a status and a shape that the document names, and
// never by breaking.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { is } from 'valibot';
import { beforeAll, describe, expect, test } from 'vitest';
import { mediaTypesOf } from '#core/contract/endpoint.ts';
import { endpoints } from '#core/contract/endpoints.ts';
import { failureAnswerSchema } from '#core/contract/failure.ts';
import { openInbox, pushRows } from '#core/contract/inbox.ts';
import { openApi } from '#core/contract/open-api.ts';
import { publish, putPublishedFile } from '#core/contract/publications.ts';
import { putQuery } from '#core/contract/published-queries.ts';
import { openShare, putShare } from '#core/contract/shares.ts';
import type { QueryPlan } from '#core/query/query-plan.ts';
import { hashOf, hashOfText } from '#edge/bytes.ts';
import { inboxKeysOf } from '#lib/crypto/inbox-item.ts';
import { callApi } from '#lib/remote/call-api.ts';
import { arbitraryRequest, type Known, type MadeRequest, type Operation } from './arbitrary-request.ts';
import {
	clock,
	digestOf,
	edgeWith,
	grant,
	makeWorkspace,
	move,
	origin,
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
	const keys = await inboxKeysOf(crypto.getRandomValues(new Uint8Array(32)));
	const hook = randomId();
	const posted = { hash: await hashOfText(hook), signed: 'none', secret: '' } as const;
	const { space } = made;
	await made.call(openInbox, { space, publicKey: keys.publicKey, hook: posted });
	const pushed = { type: 'application/json', bytes: new Uint8Array(10) } as const;
	await made.call(pushRows, { space, key: 'item', ...pushed });
	const numbers = Array.from({ length: 50 }, (_row, at) => at);
	const columnData = [
		{ name: 'id', data: numbers, type: 'INT32' as const },
		{ name: 'city', data: numbers.map((at) => (at % 3 === 0 ? null : `city ${at}`)), type: 'STRING' as const }
	];
	const bytes = new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 20 }));
	const [publication, file] = [randomId(), await hashOf(bytes)];
	await made.call(putPublishedFile, { publication, file, digest: await digestOf(bytes), bytes });
	await made.call(publish, { publication, file, name: 'cities' });
	const ask = { parameter: 'least' };
	const rules = { description: null, isRequired: true, allowed: null, min: null, max: null };
	const plan: QueryPlan = {
		parameters: [{ name: 'least', type: 'integer', isList: true, default: ['3'], ...rules }],
		columns: [{ column: 'city', as: 'city' }],
		where: [{ column: 'id', test: 'in', operands: [ask], unlessNull: null }],
		...{ order: [{ column: 'city', isDescending: true, isNullsFirst: true }], limit: 20, pageRows: 2 }
	};
	await made.call(putQuery, { publication, query: 'cities', title: 'Cities', description: null, plan });
	const [share, auth, lease] = [randomId(), randomHash(), randomHash()];
	const expiresAtMs = String(clock.nowMs + 86_400_000);
	const sealed = { digest: object.digest, bytes: object.bytes, auth: await hashOfText(auth), expiresAtMs };
	await made.call(putShare, { share, ...sealed });
	await callApi(edgeWith(), openShare, { share, auth, lease }, { origin });
	known = {
		share: [share],
		auth: [auth],
		lease: [lease],
		'share-lease': [lease],
		'share-auth': [sealed.auth],
		'share-expires': [expiresAtMs],
		'share-views': ['1', '1000'],
		key: ['item'],
		keys: ['item'],
		'idempotency-key': ['item', 'another'],
		publicKey: [keys.publicKey],
		hook: [hook],
		publication: [publication],
		file: [file],
		query: ['cities'],
		'names of values': ['least'],
		'members of values': ['3', '40'],
		column: ['id', 'city'],
		parameter: ['least'],
		columns: ['id', 'city,id', 'nothing', '"id'],
		where: ['id>3', 'city=', 'city~1,id<=30', 'id=x', 'city>a', 'id>'],
		order: ['-id', 'city,id', 'nothing'],
		limit: ['2', '10', '100000'],
		cursor: [`${file}.3`, `${file}.1000`, `${file}.3.1`],
		range: ['bytes=0-3', 'bytes=-1', 'bytes=9999999-'],
		'if-none-match': [`"${file}"`],
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
	for (const endpoint of endpoints) {
		const { name, method, path, response, answers, succeeds = [] } = endpoint;
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
				if (succeeds.some((one) => one === status)) return;
				if (status !== 200) expect(is(failureAnswerSchema, await answer.json())).toBe(true);
				else if (answers === undefined) expect(is(response, await answer.json())).toBe(true);
				else expect(mediaTypesOf(endpoint)).toContain(answer.headers.get('content-type'));
			};
			await fc.assert(fc.asyncProperty(arbitraryRequest(path, operation, known), ask), { numRuns: RUNS });
			// Nothing of it was about the token.
			expect(statuses).not.toContain(401);
		});
	}
});
