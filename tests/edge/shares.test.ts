// Shares: handed out against what only the link tells, counted exactly, guessed at in vain, and gone when they are over.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { listAudit } from '#core/contract/audit.ts';
import type { RequestOf } from '#core/contract/endpoint.ts';
import { LEASE_MS, getShare, listShares, openShare, putShare, revokeShare } from '#core/contract/shares.ts';
import { getWorkspace } from '#core/contract/workspaces.ts';
import { err, ok } from '#core/result.ts';
import { hashOfText } from '#edge/bytes.ts';
import { tidy } from '#edge/tidy.ts';
import { callApi } from '#lib/remote/call-api.ts';
import {
	clock,
	digestOf,
	edgeWith,
	grant,
	makeWorkspace,
	origin,
	randomHash,
	randomId,
	send,
	someObject,
	type TestWorkspace
} from './edge.ts';

const DAY_MS = 86_400_000;

beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));

type Made = {
	readonly made: TestWorkspace;
	readonly share: string;
	readonly auth: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
};

async function shared(
	given: Partial<Omit<RequestOf<typeof putShare>, 'workspace'>> & { readonly made?: TestWorkspace } = {}
): Promise<Made> {
	const { made = await makeWorkspace(), ...rest } = given;
	const [share, auth] = [randomId(), randomHash()];
	const { bytes, digest } = await someObject(2000);
	const expiresAtMs = String(clock.nowMs + 7 * DAY_MS);
	const input = { share, digest, bytes, auth: await hashOfText(auth), expiresAtMs, ...rest };
	expect(await made.call(putShare, input)).toEqual(ok({ isRepeated: false }));
	return { made, share, auth, bytes };
}

const edge = edgeWith();
const open = (share: string, auth: string, lease = randomHash()) =>
	callApi(edge, openShare, { share, auth, lease }, { origin });
const get = (share: string, lease: string, range?: string) =>
	callApi(edge, getShare, { share, lease, ...(range && { range }) }, { origin });

async function listed({ made, share }: Made) {
	const answer = await made.call(listShares, {});
	if (!answer.ok) throw new Error(answer.error.kind);
	return answer.value.shares.find((one) => one.share === share);
}

/** What an answer tells: its status, its headers but the time to wait, its body without the path. */
async function told(path: string, init: RequestInit): Promise<readonly unknown[]> {
	const answer = await send(path, init);
	return [answer.status, [...answer.headers].toString(), (await answer.text()).replaceAll(path, '')];
}

function openInit(auth: string): RequestInit {
	const headers = { 'content-type': 'application/json' };
	return { method: 'POST', headers, body: JSON.stringify({ auth, lease: randomHash() }) };
}

describe('a share', () => {
	test('gives its bytes to whoever has the link, whole and by ranges, and counts each reader once', async () => {
		const one = await shared({ maxViews: '2' });
		const lease = randomHash();
		const opened = await open(one.share, one.auth, lease);
		expect(opened).toEqual(
			ok({
				sizeBytes: one.bytes.length,
				expiresAtMs: clock.nowMs + 7 * DAY_MS,
				leaseEndsAtMs: clock.nowMs + LEASE_MS
			})
		);
		expect(await get(one.share, lease)).toEqual(ok(one.bytes));
		expect(await get(one.share, lease, 'bytes=1500-')).toEqual(ok(one.bytes.slice(1500)));
		expect(await get(one.share, lease, 'bytes=2000-')).toMatchObject(err({ kind: 'range-not-satisfiable' }));
		expect(await open(one.share, one.auth, lease)).toEqual(opened);
		expect(await listed(one)).toMatchObject({ views: 1, maxViews: 2, lastViewedAtMs: clock.nowMs, wrongTries: 0 });
	});

	test('that may be opened once is opened once by a hundred at a time', async () => {
		const one = await shared({ maxViews: '1' });
		const answers = await Promise.all(Array.from({ length: 100 }, () => open(one.share, one.auth)));
		expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
		for (const answer of answers) if (!answer.ok) expect(answer.error.kind).toBe('not-found');
		expect(await listed(one)).toMatchObject({ views: 1 });
	});

	test('can be gone on with for ten minutes by whoever opened it, and by nobody else', async () => {
		const one = await shared({ maxViews: '1' });
		const lease = randomHash();
		await open(one.share, one.auth, lease);
		clock.nowMs += LEASE_MS - 1;
		// A reload in the middle, and a download that broke.
		expect(await open(one.share, one.auth, lease)).toMatchObject({ ok: true });
		expect(await get(one.share, lease, 'bytes=1000-1999')).toEqual(ok(one.bytes.slice(1000)));
		expect(await get(one.share, randomHash())).toMatchObject(err({ kind: 'not-found' }));
		clock.nowMs += 1;
		expect(await get(one.share, lease)).toMatchObject(err({ kind: 'not-found' }));
		expect(await open(one.share, one.auth, lease)).toMatchObject(err({ kind: 'not-found' }));
	});

	test('that is unknown, over, revoked, opened too often or asked for wrongly is answered alike', async () => {
		const made = await makeWorkspace();
		const [stands, over, revoked, spent] = [
			await shared({ made }),
			await shared({ made, expiresAtMs: String(clock.nowMs + 1000) }),
			await shared({ made }),
			await shared({ made, maxViews: '1' })
		];
		await open(spent.share, spent.auth);
		await made.call(revokeShare, { share: revoked.share });
		clock.nowMs += 1000;
		const asked = (share: string, auth: string) => told(`/api/v1/shares/${share}/open`, openInit(auth));
		const unknown = await asked(randomId(), randomHash());
		expect(unknown[0]).toBe(404);
		for (const one of [over, revoked, spent]) expect(await asked(one.share, one.auth)).toEqual(unknown);
		expect(await asked(stands.share, randomHash())).toEqual(unknown);
		const fetched = (share: string) => told(`/api/v1/shares/${share}`, { headers: { 'share-lease': randomHash() } });
		const nothing = await fetched(randomId());
		for (const one of [stands, over, revoked, spent]) expect(await fetched(one.share)).toEqual(nothing);
	});

	test('is guessed at five times an hour, whether it is there or not, and locked after twenty wrong tries', async () => {
		const one = await shared();
		const unknown = randomId();
		const guesses = async (share: string) =>
			(await Promise.all(Array.from({ length: 8 }, () => open(share, randomHash())))).map((answer) =>
				answer.ok ? 'opened' : answer.error.kind
			);
		for (const hour of [1, 2, 3, 4]) {
			const kinds = await guesses(one.share);
			expect(kinds.filter((kind) => kind === 'not-found')).toHaveLength(5);
			expect(kinds.filter((kind) => kind === 'too-many-requests')).toHaveLength(3);
			expect((await guesses(unknown)).toSorted()).toEqual(kinds.toSorted());
			// Whoever has the link waits too: otherwise the sixth guess would tell.
			expect(await open(one.share, one.auth)).toMatchObject(err({ kind: 'too-many-requests' }));
			expect(await listed(one)).toMatchObject({ wrongTries: 5 * hour, isLocked: hour === 4, views: 0 });
			clock.nowMs += 3_600_000;
		}
		expect(await open(one.share, one.auth)).toMatchObject(err({ kind: 'not-found' }));
	});

	test('ends for those too who have opened it, when it is revoked or over', async () => {
		const [revoked, over] = [await shared(), await shared({ expiresAtMs: String(clock.nowMs + 1000) })];
		const lease = randomHash();
		await open(revoked.share, revoked.auth, lease);
		await open(over.share, over.auth, lease);
		expect(await revoked.made.call(revokeShare, { share: revoked.share })).toEqual(ok({ isRepeated: false }));
		expect(await get(revoked.share, lease)).toMatchObject(err({ kind: 'not-found' }));
		expect(await get(over.share, lease)).toMatchObject({ ok: true });
		clock.nowMs += 1000;
		expect(await get(over.share, lease)).toMatchObject(err({ kind: 'not-found' }));
		expect(await revoked.made.call(revokeShare, { share: revoked.share })).toEqual(ok({ isRepeated: true }));
	});
});

describe('a workspace', () => {
	test('shares with a token that is for it, and is the only one that lists and revokes', async () => {
		const one = await shared();
		const { made, share } = one;
		const everything = { verbs: ['read', 'write', 'ref', 'push', 'admin'] as const };
		const others = (await grant(made, { verbs: [...everything.verbs] })).text;
		expect(await made.call(listShares, {}, others)).toMatchObject(err({ kind: 'not-found' }));
		expect(await made.call(revokeShare, { share }, others)).toMatchObject(err({ kind: 'not-found' }));
		expect(await made.call(listShares, {}, (await grant(made, { verbs: ['share'] })).text)).toMatchObject({ ok: true });
		const other = await makeWorkspace();
		expect(await other.call(revokeShare, { share })).toEqual(ok({ isRepeated: true }));
		expect(await other.call(listShares, {})).toEqual(ok({ shares: [] }));
		expect(await open(share, one.auth)).toMatchObject({ ok: true });
	});

	test('sends a share once, however often it asks, and nothing else under its id', async () => {
		const made = await makeWorkspace();
		const { bytes, digest } = await someObject();
		const expiresAtMs = String(clock.nowMs + DAY_MS);
		const input = { share: randomId(), digest, bytes, auth: randomHash(), expiresAtMs };
		expect(await made.call(putShare, input)).toEqual(ok({ isRepeated: false }));
		expect(await made.call(putShare, input)).toEqual(ok({ isRepeated: true }));
		expect(await made.call(putShare, { ...input, auth: randomHash() })).toEqual(err({ kind: 'object-differs' }));
		expect(await (await makeWorkspace()).call(putShare, input)).toEqual(err({ kind: 'object-differs' }));
		const wrong = { ...input, share: randomId(), digest: await digestOf(new Uint8Array(3)) };
		expect(await made.call(putShare, wrong)).toEqual(err({ kind: 'digest-mismatch' }));
		for (const atMs of [clock.nowMs, clock.nowMs + 400 * DAY_MS])
			expect(await made.call(putShare, { ...input, share: randomId(), expiresAtMs: String(atMs) })).toEqual(
				err({ kind: 'invalid-request', fields: ['expiresAtMs'] })
			);
		const small = await makeWorkspace({ QUOTA_BYTES: '999' });
		expect(await small.call(putShare, { ...input, share: randomId() })).toMatchObject(err({ kind: 'quota-full' }));
	});

	test('gets the room of what is over back within the hour, and is told of it for a month', async () => {
		const made = await makeWorkspace();
		const one = await shared({ made, expiresAtMs: String(clock.nowMs + DAY_MS) });
		await shared({ made, maxViews: '1' }).then(({ share, auth }) => open(share, auth));
		const used = async () => {
			const usage = await made.call(getWorkspace, {});
			return usage.ok && usage.value.usedBytes;
		};
		expect(await used()).toBe(2 * one.bytes.length);
		await tidy(env, clock.nowMs);
		// A lease is not over yet.
		expect(await used()).toBe(2 * one.bytes.length);
		clock.nowMs += DAY_MS;
		await tidy(env, clock.nowMs);
		expect(await used()).toBe(0);
		expect(await env.OBJECTS.list({ prefix: `${made.workspace}/shares/` })).toMatchObject({ objects: [] });
		expect(await listed(one)).toMatchObject({ sizeBytes: one.bytes.length, views: 0 });
		clock.nowMs += 30 * DAY_MS;
		await tidy(env, clock.nowMs);
		expect(await listed(one)).toBeUndefined();
	});

	test('reads in its audit log what was shared and revoked, never who read', async () => {
		const { made, share, auth } = await shared();
		await open(share, auth);
		await made.call(revokeShare, { share });
		const audit = await made.call(listAudit, {});
		const actions = audit.ok && audit.value.entries.map(({ action, subject }) => `${action} ${subject}`);
		expect(actions).toEqual([
			`workspace-created ${made.workspace}`,
			`share-created ${share}`,
			`share-revoked ${share}`
		]);
	});
});
