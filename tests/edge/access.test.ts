// Who may do what on the edge, and that nobody learns from a refusal what there is.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { listAudit } from '#core/contract/audit.ts';
import { beginGc } from '#core/contract/gc.ts';
import { appendMember, listMembers } from '#core/contract/members.ts';
import { getObject, haveObjects, putObject } from '#core/contract/objects.ts';
import { listRefs, moveRef } from '#core/contract/refs.ts';
import { listSlots, putSlot } from '#core/contract/slots.ts';
import { createToken, listTokens, revokeToken } from '#core/contract/tokens.ts';
import { createWorkspace, getWorkspace } from '#core/contract/workspaces.ts';
import { err, ok } from '#core/result.ts';
import { createApp } from '#edge/app.ts';
import { hashOf } from '#edge/bytes.ts';
import { tidy } from '#edge/tidy.ts';
import { callApi } from '#lib/remote/call-api.ts';
import {
	clock,
	edgeWith,
	grant,
	log,
	makeWorkspace,
	move,
	newToken,
	origin,
	randomHash,
	randomId,
	randomText,
	send,
	someObject,
	stepAfter,
	store
} from './edge.ts';

beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));

const unauthorized = err({ kind: 'unauthorized' });
const notFound = err({ kind: 'not-found' });

describe('a token', () => {
	test('that is none, malformed, unknown or has another secret is refused alike', async () => {
		const made = await makeWorkspace();
		const { id, secret } = made.token;
		const others = [
			null,
			'',
			'weir1',
			secret,
			`weir1.${id}`,
			`weir1.${id}.${secret}x`,
			`weir2.${id}.${secret}`,
			`weir1.${randomId()}.${secret}`,
			`weir1.${id}.${randomText(32)}`
		];
		for (const token of others) expect(await made.call(getWorkspace, {}, token), token ?? 'none').toEqual(unauthorized);
		const answer = await send(`/api/v1/workspaces/${made.workspace}`, {
			headers: { cookie: `token=${made.token.text}` }
		});
		expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
	});

	test('is over when it expires, and from the next request on when it is revoked', async () => {
		const made = await makeWorkspace();
		const [expiring, revoked] = [await grant(made, { expiresAtMs: clock.nowMs + 1000 }), await grant(made, {})];
		expect(await made.call(getWorkspace, {}, expiring.text)).toMatchObject({ ok: true });
		clock.nowMs += 1000;
		expect(await made.call(getWorkspace, {}, expiring.text)).toEqual(unauthorized);
		expect(await made.call(getWorkspace, {}, revoked.text)).toMatchObject({ ok: true });
		expect(await made.call(revokeToken, { id: revoked.id })).toEqual(ok({ isRepeated: false }));
		expect(await made.call(getWorkspace, {}, revoked.text)).toEqual(err({ kind: 'token-revoked' }));
		// To whoever does not have all of it, it is a token like any other that is none.
		const guessed = `${revoked.text.slice(0, -2)}AA`;
		expect(await made.call(getWorkspace, {}, guessed)).toEqual(unauthorized);
		expect(await made.call(revokeToken, { id: revoked.id })).toEqual(ok({ isRepeated: true }));
	});

	test('does what it is for, and nothing else', async () => {
		const made = await makeWorkspace();
		const { space } = made;
		const stored = await store(made);
		const [read, write, ref, admin] = await Promise.all(
			(['read', 'write', 'ref', 'admin'] as const).map((verb) => grant(made, { verbs: [verb] }))
		);
		const object = await someObject();
		const step = { space, token: randomHash(), ...(await stepAfter(null)), needs: [] };
		const sealed = randomText(100);
		const outcomes = async (token: string | undefined) =>
			(
				await Promise.all([
					made.call(getObject, { space, id: stored.id }, token),
					made.call(listRefs, {}, token),
					made.call(listSlots, {}, token),
					made.call(listMembers, {}, token),
					made.call(haveObjects, { space, ids: [] }, token),
					made.call(putObject, { space, ...object }, token),
					made.call(moveRef, step, token),
					made.call(putSlot, { slot: randomId(), sealed }, token),
					made.call(listTokens, {}, token),
					made.call(beginGc, { cycle: randomId() }, token),
					made.call(listAudit, {}, token)
				])
			).map((outcome) => (outcome.ok ? 'yes' : outcome.error.kind === 'not-found' ? '' : outcome.error.kind));
		const yes = (from: number, to: number): string[] =>
			Array.from({ length: 11 }, (_, at) => (at >= from && at < to ? 'yes' : ''));
		expect(await outcomes(read?.text)).toEqual(yes(0, 4));
		expect(await outcomes(write?.text)).toEqual(yes(4, 6));
		expect(await outcomes(ref?.text)).toEqual(yes(6, 7));
		expect(await outcomes(admin?.text)).toEqual(yes(7, 11));
	});

	test('of one space sees and changes no other', async () => {
		const made = await makeWorkspace();
		const token = (await grant(made, { verbs: ['read', 'write', 'ref', 'admin'], spaces: [made.space] })).text;
		const other = { ...made, space: randomId() };
		const [own, foreign] = [await store(made), await store(other)];
		await move(made, randomHash(), await stepAfter(null));
		await move(other, randomHash(), await stepAfter(null));
		expect(await made.call(getObject, { space: made.space, id: own.id }, token)).toEqual(ok(own.bytes));
		expect(await made.call(getObject, { space: other.space, id: foreign.id }, token)).toMatchObject(notFound);
		expect(await made.call(getObject, { space: made.space, id: foreign.id }, token)).toMatchObject(notFound);
		expect(await made.call(haveObjects, { space: other.space, ids: [foreign.id] }, token)).toMatchObject(notFound);
		const step = { token: randomHash(), ...(await stepAfter(null)), needs: [] };
		expect(await made.call(moveRef, { space: other.space, ...step }, token)).toMatchObject(notFound);
		const refs = await made.call(listRefs, {}, token);
		expect(refs.ok && refs.value.refs.map(({ space }) => space)).toEqual([made.space]);
		// It cannot say of the others what is alive.
		expect(await made.call(beginGc, { cycle: randomId() }, token)).toMatchObject(notFound);
	});

	test('of one ref moves no other', async () => {
		const made = await makeWorkspace();
		const { space } = made;
		const own = randomHash();
		const token = (await grant(made, { verbs: ['ref'], refs: [own] })).text;
		const step = { space, ...(await stepAfter(null)), needs: [] };
		expect(await made.call(moveRef, { ...step, token: randomHash() }, token)).toMatchObject(notFound);
		expect(await made.call(moveRef, { ...step, token: own }, token)).toEqual(ok({ isRepeated: false }));
	});

	test('grants no more than it may do itself', async () => {
		const made = await makeWorkspace();
		const expiresAtMs = clock.nowMs + 1000;
		const scope = { verbs: ['read' as const, 'admin' as const], spaces: [made.space], refs: null, expiresAtMs };
		const token = (await grant(made, scope)).text;
		const { id, hash } = await newToken();
		const asked = { id, hash, ...scope, label: null };
		for (const more of [
			{ verbs: ['write' as const] },
			{ spaces: null },
			{ spaces: [made.space, randomId()] },
			{ expiresAtMs: null },
			{ expiresAtMs: expiresAtMs + 1 }
		])
			expect(await made.call(createToken, { ...asked, ...more }, token)).toEqual(err({ kind: 'scope-exceeded' }));
		expect(await made.call(createToken, asked, token)).toEqual(ok({ isRepeated: false }));
		expect(await made.call(createToken, asked, token)).toEqual(ok({ isRepeated: true }));
		expect(await made.call(createToken, { ...asked, hash: randomHash() }, token)).toEqual(
			err({ kind: 'invalid-request', fields: ['id'] })
		);
	});

	test('is listed with its scope and its last use to the minute, never with its secret', async () => {
		const made = await makeWorkspace();
		const label = randomText(64);
		const { id, hash, text } = await newToken();
		await made.call(createToken, { id, hash, verbs: ['read'], spaces: [], refs: [], expiresAtMs: null, label });
		const usedAtMs = clock.nowMs;
		await made.call(getWorkspace, {}, text);
		clock.nowMs += 59_000;
		await made.call(getWorkspace, {}, text);
		const listed = await made.call(listTokens, {});
		if (!listed.ok) throw new Error(listed.error.kind);
		expect(listed.value.tokens.find((one) => one.id === id)).toEqual({
			id,
			verbs: ['read'],
			spaces: [],
			refs: [],
			expiresAtMs: null,
			label,
			createdAtMs: usedAtMs,
			lastUsedAtMs: usedAtMs,
			revokedAtMs: null
		});
		expect(JSON.stringify(listed)).not.toContain(hash);
	});
});

describe('what there is', () => {
	test('is answered as what there is not, to the token of another workspace', async () => {
		const [mine, other] = [await makeWorkspace(), await makeWorkspace()];
		const object = await store(other);
		const answerFor = async (workspace: string, id: string) => {
			const path = `/api/v1/workspaces/${workspace}/spaces/${other.space}/objects/${id}`;
			const answer = await send(path, { headers: { authorization: `Bearer ${mine.token.text}` } });
			return [answer.status, (await answer.text()).replace(path, ''), [...answer.headers].toString()];
		};
		const known = await answerFor(other.workspace, object.id);
		expect(known[0]).toBe(404);
		expect(await answerFor(other.workspace, randomHash())).toEqual(known);
		expect(await answerFor(randomId(), object.id)).toEqual(known);
		expect(await answerFor(mine.workspace, object.id)).toEqual(known);
	});

	test('is asked for by its path alone: a body that names another one is refused', async () => {
		const [mine, other] = [await makeWorkspace(), await makeWorkspace()];
		const answer = await send(`/api/v1/workspaces/${mine.workspace}/spaces/${mine.space}/have`, {
			method: 'POST',
			headers: { authorization: `Bearer ${mine.token.text}`, 'content-type': 'application/json' },
			body: JSON.stringify({ ids: [], workspace: other.workspace })
		});
		expect([answer.status, await answer.json()]).toEqual([
			400,
			{ error: { kind: 'invalid-request', fields: ['workspace'] } }
		]);
	});

	test('is shown to no page of another origin, and no cookie is ever set', async () => {
		const { workspace, token } = await makeWorkspace();
		for (const method of ['GET', 'OPTIONS']) {
			const { headers } = await send(`/api/v1/workspaces/${workspace}`, {
				method,
				headers: { authorization: `Bearer ${token.text}`, origin: 'https://evil.example' }
			});
			expect([...headers.keys()].filter((name) => name.startsWith('access-control') || name === 'set-cookie')).toEqual(
				[]
			);
			expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
		}
	});

	test('answers other methods by naming its own', async () => {
		const answer = await send('/api/v1/health', { method: 'DELETE' });
		expect([answer.status, answer.headers.get('allow'), await answer.json()]).toEqual([
			405,
			'GET',
			{ error: { kind: 'method-not-allowed', allowed: ['GET'] } }
		]);
	});
});

describe('a workspace', () => {
	test('is made once; the same request again is answered alike, another one as if nobody may see it', async () => {
		const { workspace, genesis, token } = await makeWorkspace();
		const make = (change: object) =>
			callApi(
				edgeWith({ WORKSPACES_PER_HOUR: '1000000' }),
				createWorkspace,
				{ workspace, genesis, token: { id: token.id, hash: token.hash }, ...change },
				{ origin }
			);
		expect(await make({})).toEqual(ok({ isRepeated: true }));
		expect(await make({ genesis: randomText(300) })).toMatchObject(notFound);
		expect(await make({ token: { id: randomId(), hash: token.hash } })).toMatchObject(notFound);
		expect(await make({ token: { id: token.id, hash: randomHash() } })).toMatchObject(notFound);
		// The token of another one makes none.
		const another = randomId();
		expect(await make({ workspace: another })).toMatchObject(notFound);
		const row = await env.DB.prepare('SELECT 1 FROM workspaces WHERE id = ?').bind(another).first();
		expect(row).toBe(null);
	});

	test('is made by invitation where the edge demands one', async () => {
		const make = async (invitation?: string) => {
			const { id, hash } = await newToken();
			const request = { workspace: randomId(), genesis: randomText(300), token: { id, hash } };
			const settings = { INVITATION: 'come in', WORKSPACES_PER_HOUR: '1000000' };
			const asked = { ...request, ...(invitation !== undefined && { invitation }) };
			return callApi(edgeWith(settings), createWorkspace, asked, { origin });
		};
		expect(await make()).toEqual(err({ kind: 'invitation-needed' }));
		expect(await make('come')).toEqual(err({ kind: 'invitation-needed' }));
		expect(await make('come in')).toEqual(ok({ isRepeated: false }));
	});

	test('is not made by an address too often in an hour', async () => {
		const make = async () => {
			const { id, hash } = await newToken();
			const request = { workspace: randomId(), genesis: randomText(300), token: { id, hash } };
			return callApi(edgeWith({ WORKSPACES_PER_HOUR: '2' }), createWorkspace, request, { origin });
		};
		clock.nowMs += 3_600_000;
		expect([(await make()).ok, (await make()).ok]).toEqual([true, true]);
		expect(await make()).toMatchObject(err({ kind: 'too-many-requests' }));
		clock.nowMs += 3_600_000;
		expect((await make()).ok).toBe(true);
	});

	test('has a membership log that grows by compare-and-swap', async () => {
		const { call, genesis } = await makeWorkspace();
		const first = await call(listMembers, {});
		if (!first.ok) throw new Error(first.error.kind);
		const [begun] = first.value.entries;
		expect(first.value).toMatchObject({ entries: [{ seq: 1, entry: genesis }], isMore: false });
		const prev = begun?.hash ?? null;
		const entries = Array.from({ length: 10 }, () => randomText(200));
		const outcomes = await Promise.all(entries.map((entry) => call(appendMember, { prev, entry })));
		const winners = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
		expect(winners).toMatchObject([{ seq: 2, isRepeated: false }]);
		const tip = { seq: 2, hash: winners[0]?.hash };
		expect(outcomes.filter((outcome) => !outcome.ok)).toEqual(Array(9).fill(err({ kind: 'moved', tip })));
		const won = entries[outcomes.findIndex((outcome) => outcome.ok)] ?? '';
		expect(await call(appendMember, { prev, entry: won })).toEqual(ok({ ...tip, isRepeated: true }));
		expect(await call(listMembers, { after: '1' })).toEqual(ok({ entries: [{ ...tip, entry: won }], isMore: false }));
	});
});

describe('rates', () => {
	test('an address is counted under a secret of the hour, which goes with it', async () => {
		const { call } = await makeWorkspace();
		clock.nowMs += 3_600_000;
		await call(getWorkspace, {}, `weir1.${randomId()}.${randomText(32)}`);
		const counted = await env.DB.prepare("SELECT who FROM rate_limits WHERE who LIKE 'wrong:%'").all<{ who: string }>();
		expect(counted.results.length).toBeGreaterThan(0);
		const plain = `wrong:${await hashOf(new TextEncoder().encode('weir/address '))}`;
		expect(counted.results.map(({ who }) => who)).not.toContain(plain);
		const keys = async () =>
			(await env.DB.prepare('SELECT count(*) AS count FROM address_keys').first<number>('count')) ?? 0;
		expect(await keys()).toBeGreaterThan(0);
		clock.nowMs += 4 * 3_600_000;
		await tidy(env, clock.nowMs);
		expect(await keys()).toBe(0);
	});

	test('a token that nobody has takes as much work as a wrong secret of one that somebody has', async () => {
		const { token, workspace } = await makeWorkspace();
		const work = async (id: string): Promise<number> => {
			let count = 0;
			const counting = new Proxy(env.DB, {
				get: (db, name) => {
					if (name === 'prepare' || name === 'batch') count++;
					const member: unknown = Reflect.get(db, name);
					return typeof member === 'function' ? (member.bind(db) as unknown) : member;
				}
			});
			const headers = { authorization: `Bearer weir1.${id}.${randomText(32)}` };
			const app = createApp({ now: () => clock.nowMs, log: () => undefined });
			const answer = await app.request(
				`${origin}/api/v1/workspaces/${workspace}`,
				{ headers },
				{ ...env, DB: counting }
			);
			expect(answer.status).toBe(401);
			return count;
		};
		expect(await work(randomId())).toBe(await work(token.id));
	});

	test('a token is slowed down beyond its requests a minute, and told for how long', async () => {
		const { call, token } = await makeWorkspace({ REQUESTS_PER_MINUTE: '3' });
		clock.nowMs += 60_000 - (clock.nowMs % 60_000) + 18_000;
		for (let at = 0; at < 3; at++) expect(await call(getWorkspace, {})).toMatchObject({ ok: true });
		expect(await call(getWorkspace, {}, token.text)).toEqual(err({ kind: 'too-many-requests', retryAfterSeconds: 42 }));
		clock.nowMs += 42_000;
		expect(await call(getWorkspace, {})).toMatchObject({ ok: true });
	});

	test('an address that guesses tokens is slowed down, while the right token goes on', async () => {
		const { call } = await makeWorkspace();
		clock.nowMs += 60_000;
		const guess = () => call(getWorkspace, {}, `weir1.${randomId()}.${randomText(32)}`);
		const guesses = await Promise.all(Array.from({ length: 60 }, guess));
		expect(guesses.every((outcome) => !outcome.ok && outcome.error.kind === 'unauthorized')).toBe(true);
		expect(await guess()).toMatchObject(err({ kind: 'too-many-requests' }));
		expect(await call(getWorkspace, {})).toMatchObject({ ok: true });
		clock.nowMs += 60_000;
	});
});

test('the log tells what was asked and how it ended, and no secret', async () => {
	const made = await makeWorkspace();
	const { space, token, workspace } = made;
	log.length = 0;
	const object = await store(made);
	await made.call(getObject, { space, id: randomHash() });
	await made.call(getWorkspace, {}, `weir1.${token.id}.${randomText(32)}`);
	expect(log).toMatchObject([
		{ operation: 'putObject', status: 200, workspace },
		{ operation: 'getObject', status: 404, failure: 'not-found', workspace },
		{ operation: 'getWorkspace', status: 401, failure: 'unauthorized' }
	]);
	const text = JSON.stringify(log);
	for (const secret of [token.secret, token.hash, object.digest, '127.0.0.1']) expect(text).not.toContain(secret);
});
