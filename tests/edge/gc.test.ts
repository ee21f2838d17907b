// Collecting objects: what no cycle named for two days goes, and nothing that anyone needs.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { beginGc, endGc, markLive } from '#core/contract/gc.ts';
import { getObject, haveObjects, putObject } from '#core/contract/objects.ts';
import { getWorkspace } from '#core/contract/workspaces.ts';
import { err, ok } from '#core/result.ts';
import { tidy } from '#edge/tidy.ts';
import {
	clock,
	makeWorkspace,
	move,
	randomHash,
	randomId,
	someObject,
	stepAfter,
	store,
	type TestWorkspace
} from './edge.ts';

const DAY_MS = 86_400_000;
beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));
beforeEach(() => {
	clock.nowMs += 2 * DAY_MS;
});

async function cycle({ call, space }: TestWorkspace, live: readonly string[]) {
	const id = randomId();
	expect(await call(beginGc, { cycle: id })).toEqual(ok({}));
	expect(await call(markLive, { cycle: id, space, ids: [...live] })).toEqual(ok({ marked: live.length }));
	return call(endGc, { cycle: id });
}

async function isThere({ call, space }: TestWorkspace, id: string): Promise<boolean> {
	return (await call(getObject, { space, id })).ok;
}

async function keysOf({ workspace }: TestWorkspace): Promise<number> {
	return (await env.OBJECTS.list({ prefix: `${workspace}/` })).objects.length;
}

test('an object goes after two cycles a day apart that do not name it, and its bytes and room with it', async () => {
	const made = await makeWorkspace();
	const [live, dead] = [await store(made), await store(made)];
	clock.nowMs += DAY_MS + 1;
	expect(await cycle(made, [live.id])).toEqual(ok({ dead: 1, condemned: 0 }));
	// Another cycle on the same day changes nothing.
	expect(await cycle(made, [live.id])).toEqual(ok({ dead: 0, condemned: 0 }));
	await tidy(env, clock.nowMs);
	expect(await isThere(made, dead.id)).toBe(true);
	clock.nowMs += DAY_MS;
	expect(await cycle(made, [live.id])).toEqual(ok({ dead: 0, condemned: 1 }));
	expect(await tidy(env, clock.nowMs)).toMatchObject({ discarded: 1, deleted: 1 });
	expect([await isThere(made, live.id), await isThere(made, dead.id)]).toEqual([true, false]);
	expect(await keysOf(made)).toBe(1);
	expect(await made.call(getWorkspace, {})).toMatchObject({ ok: true, value: { usedBytes: 1000, objectCount: 1 } });
});

test('what was stored or asked for within a day is not dead', async () => {
	const made = await makeWorkspace();
	const [old, fresh] = [await store(made), await store(made)];
	clock.nowMs += DAY_MS + 1;
	await made.call(haveObjects, { space: made.space, ids: [fresh.id] });
	expect(await cycle(made, [])).toEqual(ok({ dead: 1, condemned: 0 }));
	expect(await made.call(haveObjects, { space: made.space, ids: [old.id] })).toEqual(ok({ missing: [] }));
});

test('what is dead or condemned is revived by whoever asks for it, sends it, needs it, or names it', async () => {
	const made = await makeWorkspace();
	const { space, call } = made;
	const objects = await Promise.all([store(made), store(made), store(made), store(made), store(made)]);
	const [asked, sent, needed, named, forgotten] = objects;
	clock.nowMs += DAY_MS + 1;
	await cycle(made, []);
	clock.nowMs += DAY_MS;
	const last = randomId();
	await call(beginGc, { cycle: last });
	expect(await call(endGc, { cycle: last })).toEqual(ok({ dead: 0, condemned: 5 }));
	await call(haveObjects, { space, ids: [asked?.id ?? ''] });
	if (sent) await call(putObject, { space, ...sent });
	await move(made, randomHash(), await stepAfter(null), [needed?.id ?? '']);
	const next = randomId();
	await call(beginGc, { cycle: next });
	await call(markLive, { cycle: next, space, ids: [named?.id ?? ''] });
	await tidy(env, clock.nowMs);
	const there = await Promise.all(objects.map(({ id }) => isThere(made, id)));
	expect(there).toEqual([true, true, true, true, false]);
	expect(await isThere(made, forgotten?.id ?? '')).toBe(false);
});

test('an object that comes again while its old bytes wait in the trash stays', async () => {
	const made = await makeWorkspace();
	const object = await store(made);
	clock.nowMs += DAY_MS + 1;
	await cycle(made, []);
	clock.nowMs += DAY_MS;
	await cycle(made, []);
	const { r2_key: key } = (await env.DB.prepare('SELECT r2_key FROM objects WHERE id = ?')
		.bind(object.id)
		.first<{ r2_key: string }>()) ?? { r2_key: '' };
	// As if the Worker had ended between the index and the object store.
	await env.DB.batch([
		env.DB.prepare('INSERT INTO trash VALUES (?)').bind(key),
		env.DB.prepare('DELETE FROM objects WHERE id = ?').bind(object.id)
	]);
	expect(await made.call(putObject, { space: made.space, ...object })).toEqual(ok({ isRepeated: false }));
	await tidy(env, clock.nowMs);
	expect(await made.call(getObject, { space: made.space, id: object.id })).toEqual(ok(object.bytes));
	expect(await keysOf(made)).toBe(1);
});

test('a cycle that ended, or was given up for another one, takes no more', async () => {
	const { call, space } = await makeWorkspace();
	const [first, second] = [randomId(), randomId()];
	await call(beginGc, { cycle: first });
	await call(beginGc, { cycle: second });
	const over = err({ kind: 'cycle-over' });
	expect(await call(markLive, { cycle: first, space, ids: [] })).toEqual(over);
	expect(await call(endGc, { cycle: first })).toEqual(over);
	expect(await call(endGc, { cycle: second })).toEqual(ok({ dead: 0, condemned: 0 }));
	expect(await call(endGc, { cycle: second })).toEqual(over);
});

test('room that an upload took and never filled is given back after a day', async () => {
	const made = await makeWorkspace();
	const { id, digest } = await someObject();
	await env.DB.prepare("INSERT INTO objects VALUES (?, ?, ?, ?, 1000, 'broken', NULL, ?, NULL, NULL, NULL)")
		.bind(made.workspace, made.space, id, digest, clock.nowMs)
		.run();
	const used = async () => made.call(getWorkspace, {});
	await tidy(env, clock.nowMs);
	expect(await used()).toMatchObject({ ok: true, value: { usedBytes: 1000 } });
	await tidy(env, clock.nowMs + DAY_MS + 1);
	expect(await used()).toMatchObject({ ok: true, value: { usedBytes: 0, objectCount: 0 } });
});
