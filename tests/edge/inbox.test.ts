// Inboxes: what other programs push is sealed, kept once, claimed by one device, and gone when it is settled.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { openInbox as openClient } from '#edge/client/inbox.ts';
import {
	claimItems,
	closeInbox,
	getItem,
	listInboxes,
	listItems,
	openInbox,
	pushRows,
	pushSealed,
	settleItems
} from '#core/contract/inbox.ts';
import { getWorkspace } from '#core/contract/workspaces.ts';
import { err, ok } from '#core/result.ts';
import { writeInboxAddress } from '#core/sync/inbox-item.ts';
import { tidy } from '#edge/tidy.ts';
import { inboxKeysOf, sealItem, type InboxKeys } from '#lib/crypto/inbox-item.ts';
import {
	clock,
	digestOf,
	edgeWith,
	grant,
	log,
	makeWorkspace,
	origin,
	randomHash,
	randomId,
	send,
	someObject,
	type Held,
	type TestWorkspace
} from './edge.ts';

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
});

const text = (value: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(value));

type Opened = { readonly made: TestWorkspace; readonly keys: InboxKeys; readonly pusher: Held };

async function opened(): Promise<Opened> {
	const made = await makeWorkspace();
	const keys = await inboxKeysOf(crypto.getRandomValues(new Uint8Array(32)));
	const done = await made.call(openInbox, { space: made.space, publicKey: keys.publicKey, hook: null });
	if (!done.ok) throw new Error(done.error.kind);
	return { made, keys, pusher: await grant(made, { verbs: ['push'], spaces: [made.space] }) };
}

const item = { type: 'application/json', name: null, bytes: text('{}') };
const rows = { type: 'application/json', bytes: text('{"city":"a canary city"}') } as const;

async function bytesOf({ made, keys }: Opened, key: string): Promise<string> {
	const got = await made.call(getItem, { space: made.space, key });
	if (!got.ok) throw new Error(got.error.kind);
	const content = await keys.open({ workspace: made.workspace, space: made.space, key }, got.value);
	return content.ok ? new TextDecoder().decode(content.value.bytes) : content.error.kind;
}

async function used({ call }: TestWorkspace): Promise<number> {
	const got = await call(getWorkspace, {});
	return got.ok ? got.value.usedBytes : -1;
}

describe('what is pushed', () => {
	test('is refused where it is sealed to a key of before, while the address that services post to stays', async () => {
		const { made, keys, pusher } = await opened();
		const { space } = made;
		const hook = { hash: randomHash(), signed: 'none' as const, secret: '' };
		expect(await made.call(openInbox, { space, publicKey: keys.publicKey, hook })).toEqual(ok({}));
		const { publicKey } = await inboxKeysOf(crypto.getRandomValues(new Uint8Array(32)));
		const rekey = (one: string) => made.call(openInbox, { space: one, publicKey });
		expect(await rekey(space)).toEqual(ok({}));
		expect(await made.call(listInboxes, {})).toMatchObject(ok({ inboxes: [{ space, publicKey, hook: 'none' }] }));
		const sealed = await sealItem(keys.publicKey, { workspace: made.workspace, space, key: 'a' }, item);
		if (!sealed.ok) throw new Error(sealed.error.kind);
		const asked = { space, key: 'a', bytes: sealed.value, digest: await digestOf(sealed.value) };
		const push = (sealedTo: string) => made.call(pushSealed, { ...asked, sealedTo }, pusher.text);
		expect(await push(keys.publicKey)).toEqual(err({ kind: 'inbox-key-changed' }));
		expect(await push(publicKey)).toMatchObject({ ok: true });
		// Nothing is opened by it.
		expect(await rekey(randomId())).toEqual(ok({}));
		expect(await made.call(listInboxes, {})).toMatchObject(ok({ inboxes: [{ space }] }));
	});

	test('as it is, is sealed by the edge, which keeps no byte of it', async () => {
		const all = await opened();
		const { made, pusher } = all;
		const { space } = made;
		log.length = 0;
		expect(await made.call(pushRows, { space, key: 'order-1', ...rows }, pusher.text)).toEqual(
			ok({ key: 'order-1', isRepeated: false })
		);
		expect(await bytesOf(all, 'order-1')).toBe('{"city":"a canary city"}');
		const stored = await env.OBJECTS.list({ prefix: `${made.workspace}/` });
		expect(stored.objects).toHaveLength(1);
		for (const { key } of stored.objects) {
			const bytes = await (await env.OBJECTS.get(key))?.text();
			expect(bytes).not.toContain('canary');
		}
		const kept = await env.DB.prepare('SELECT * FROM inbox_items WHERE workspace = ?').bind(made.workspace).all();
		expect(JSON.stringify([kept.results, log])).not.toMatch(/canary/);
	});

	test('by the client, is sealed before it leaves; many rows are several items of whole rows', async () => {
		const all = await opened();
		const { made, keys, pusher } = all;
		const { workspace, space } = made;
		const address = writeInboxAddress({ workspace, space, publicKey: keys.publicKey, token: pusher });
		const inbox = openClient(address, { origin, fetch: edgeWith() });
		if (!inbox.ok) return expect.unreachable(inbox.error.kind);
		const few = [{ id: 1, big: 2n ** 60n }, { id: 2 }];
		expect(await inbox.value.pushRows(few, { key: 'few' })).toEqual(ok({ key: 'few', items: 1, isRepeated: false }));
		expect(await bytesOf(all, 'few')).toBe('{"id":1,"big":"1152921504606846976"}\n{"id":2}\n');
		// Sealed anew, they are other bytes, and the same rows.
		expect(await inbox.value.pushRows(few, { key: 'few' })).toEqual(ok({ key: 'few', items: 1, isRepeated: true }));
		expect(await inbox.value.pushRows([{ id: 3 }], { key: 'few' })).toEqual(err({ kind: 'key-reused' }));
		const many = Array.from({ length: 5 }, () => ({ text: 'x'.repeat(1024 * 1024) }));
		expect(await inbox.value.pushRows(many, { key: 'many' })).toMatchObject(ok({ items: 2 }));
		expect((await bytesOf(all, 'many.1-2')).split('\n')).toHaveLength(4);
		expect(await inbox.value.pushFile('cities.csv', text('a\n1\n'), { key: 'file' })).toMatchObject(ok({ items: 1 }));
		expect(await inbox.value.pushRows(few, { key: 'no good' })).toEqual(err({ kind: 'invalid-key' }));
		expect(openClient('weir-inbox1-x', { origin })).toEqual(err({ kind: 'invalid-inbox-address' }));
	});

	test('is kept once under its key, and other bytes under it are refused', async () => {
		const { made, pusher } = await opened();
		const { space } = made;
		const push = (bytes: string) =>
			made.call(pushRows, { space, key: 'k', type: 'text/csv', bytes: text(bytes) }, pusher.text);
		const outcomes = await Promise.all(Array.from({ length: 8 }, () => push('a,b')));
		expect(outcomes.every(({ ok }) => ok)).toBe(true);
		expect(await push('a,c')).toEqual(err({ kind: 'key-reused' }));
		const items = await made.call(listItems, { space, waiting: 'all' });
		expect(items.ok && items.value.items).toMatchObject([{ key: 'k', by: pusher.id, sealedBy: 'edge' }]);
	});

	test('needs a token that may push, into that inbox, while it is open', async () => {
		const { made, pusher } = await opened();
		const { space } = made;
		const push = (token: string, into = space) => made.call(pushRows, { space: into, key: randomId(), ...rows }, token);
		const reader = await grant(made, { verbs: ['read', 'write'] });
		expect(await push(reader.text)).toMatchObject(err({ kind: 'not-found' }));
		expect(await push(pusher.text, randomId())).toMatchObject(err({ kind: 'not-found' }));
		expect(await made.call(listItems, { space, waiting: 'all' }, pusher.text)).toMatchObject(
			err({ kind: 'not-found' })
		);
		expect(await made.call(closeInbox, { space })).toEqual(ok({ isRepeated: false }));
		expect(await push(pusher.text)).toMatchObject(err({ kind: 'not-found' }));
		expect(await made.call(listInboxes, {})).toEqual(ok({ inboxes: [] }));
	});

	test('is refused with what it may be: kind, length, key, digest, room', async () => {
		const { made, pusher } = await opened();
		const { workspace, space } = made;
		const push = (headers: Record<string, string>, body: string) =>
			send(`/api/v1/workspaces/${workspace}/spaces/${space}/inbox`, {
				method: 'POST',
				headers: { authorization: `Bearer ${pusher.text}`, ...headers },
				body
			});
		const json = { 'content-type': 'application/json', 'content-length': '2' };
		expect((await push({ ...json, 'content-type': 'image/png' }, '{}')).status).toBe(415);
		expect((await push(json, '{}')).status).toBe(400);
		const key = { 'idempotency-key': 'a' };
		expect((await push({ 'content-type': 'application/json', ...key }, '{}')).status).toBe(411);
		expect((await push({ ...json, ...key, 'content-length': '9000000' }, '{}')).status).toBe(413);
		expect((await push({ ...json, ...key, 'content-length': '7' }, '{}')).status).toBe(400);
		expect((await push({ ...json, ...key, 'content-type': 'application/json; charset=utf-8' }, '{}')).status).toBe(200);
		const { bytes } = await someObject(100);
		const other = await digestOf(new Uint8Array(3));
		const before = await used(made);
		expect(await made.call(pushSealed, { space, key: 'b', digest: other, bytes }, pusher.text)).toEqual(
			err({ kind: 'digest-mismatch' })
		);
		expect(await used(made)).toBe(before);
		await env.DB.prepare('UPDATE workspaces SET quota_bytes = ? WHERE id = ?')
			.bind(before + 99, workspace)
			.run();
		const digest = await digestOf(bytes);
		expect(await made.call(pushSealed, { space, key: 'b', digest, bytes }, pusher.text)).toEqual(
			err({ kind: 'quota-full', quotaBytes: before + 99, usedBytes: before, sizeBytes: 100 })
		);
	});
});

describe('what waits', () => {
	test('is claimed by one device of many at once, and only it settles it', async () => {
		const { made, pusher } = await opened();
		const { space } = made;
		for (const key of ['a', 'b']) await made.call(pushRows, { space, key, ...rows }, pusher.text);
		const devices = await Promise.all(
			Array.from({ length: 6 }, () => grant(made, { verbs: ['read', 'write', 'ref'] }))
		);
		const claims = await Promise.all(
			devices.map(({ text: token }) => made.call(claimItems, { space, keys: ['a', 'b'], from: null }, token))
		);
		const won = claims.map((claim) => (claim.ok ? claim.value.claimed.length : -1));
		expect(won.toSorted()).toEqual([0, 0, 0, 0, 0, 2]);
		const [winner, loser] = [devices[won.indexOf(2)], devices[won.indexOf(0)]];
		if (!winner || !loser) return expect.unreachable();
		const settle = (by: Held, keys: string[]) => made.call(settleItems, { space, keys, outcome: 'taken' }, by.text);
		expect(await settle(loser, ['a'])).toEqual(ok({ settled: [] }));
		expect(await settle(winner, ['a'])).toEqual(ok({ settled: ['a'] }));
		expect(await settle(winner, ['a'])).toEqual(ok({ settled: ['a'] }));
		// Taken over on purpose, it is the other one's.
		const over = { space, keys: ['a', 'b'], from: winner.id };
		expect(await made.call(claimItems, over, loser.text)).toEqual(ok({ claimed: ['b'] }));
		expect(await settle(winner, ['b'])).toEqual(ok({ settled: [] }));
		expect(await made.call(getItem, { space, key: 'a' })).toMatchObject(err({ kind: 'not-found' }));
	});

	test('gives its room back when it is settled, its bytes within the hour, and its key after 30 days', async () => {
		const { made, pusher } = await opened();
		const { space, workspace } = made;
		const before = await used(made);
		await made.call(pushRows, { space, key: 'a', ...rows }, pusher.text);
		expect(await used(made)).toBeGreaterThan(before);
		await made.call(claimItems, { space, keys: ['a'], from: null });
		await made.call(settleItems, { space, keys: ['a'], outcome: 'discarded' });
		expect(await used(made)).toBe(before);
		const count = async () => (await env.OBJECTS.list({ prefix: `${workspace}/` })).objects.length;
		expect(await count()).toBe(1);
		await tidy(env, clock.nowMs);
		expect(await count()).toBe(0);
		const again = () => made.call(pushRows, { space, key: 'a', ...rows }, pusher.text);
		expect(await again()).toEqual(ok({ key: 'a', isRepeated: true }));
		const items = await made.call(listItems, { space, waiting: 'all' });
		expect(items.ok && items.value.items).toMatchObject([{ isDiscarded: true }]);
		clock.nowMs += 31 * 86_400_000;
		await tidy(env, clock.nowMs);
		expect(await again()).toEqual(ok({ key: 'a', isRepeated: false }));
	});
});
