// Objects on the edge: written once, whole or not at all, within the quota, and served as they came.
import { applyD1Migrations } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { BUNDLE_OBJECTS, encodeBundle, parseBundle } from '#core/contract/bundle.ts';
import { getBundle, getObject, haveObjects, OBJECT_BYTES, putBundle, putObject } from '#core/contract/objects.ts';
import { getWorkspace } from '#core/contract/workspaces.ts';
import { err, ok } from '#core/result.ts';
import { clock, digestOf, makeWorkspace, origin, randomHash, send, someObject, store, type Sealed } from './edge.ts';

beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));

async function used({ call }: Awaited<ReturnType<typeof makeWorkspace>>) {
	const usage = await call(getWorkspace, {});
	return usage.ok ? [usage.value.usedBytes, usage.value.objectCount] : usage;
}

describe('an object', () => {
	test('comes back byte by byte, from nothing to 4 MiB and what sealing adds', async () => {
		const made = await makeWorkspace();
		for (const sizeBytes of [0, 1, 65_537, OBJECT_BYTES]) {
			const { id, bytes } = await store(made, sizeBytes);
			const back = await made.call(getObject, { space: made.space, id });
			if (!back.ok) throw new Error(back.error.kind);
			expect(await digestOf(back.value), String(sizeBytes)).toBe(await digestOf(bytes));
		}
		expect(await used(made)).toEqual([1 + 65_537 + OBJECT_BYTES, 4]);
	});

	test('arrives over a network as it does here', async () => {
		const made = await makeWorkspace();
		const { id, bytes, digest } = await someObject(100_000);
		const url = `${origin}/api/v1/workspaces/${made.workspace}/spaces/${made.space}/objects/${id}`;
		const authorization = `Bearer ${made.token.text}`;
		const put = await exports.default.fetch(url, {
			method: 'PUT',
			headers: { authorization, 'content-digest': digest },
			body: bytes
		});
		expect([put.status, await put.json()]).toEqual([200, { isRepeated: false }]);
		const got = await exports.default.fetch(url, { headers: { authorization } });
		expect(got.headers.get('content-digest')).toBe(digest);
		expect(new Uint8Array(await got.arrayBuffer())).toEqual(bytes);
	});

	test('is stored once, also where 10 send it at once', async () => {
		const made = await makeWorkspace();
		const { space, call } = made;
		const object = await someObject();
		const outcomes = await Promise.all(Array.from({ length: 10 }, () => call(putObject, { space, ...object })));
		expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
		expect(await call(putObject, { space, ...object })).toEqual(ok({ isRepeated: true }));
		expect(await used(made)).toEqual([1000, 1]);
		const { objects } = await env.OBJECTS.list({ prefix: `${made.workspace}/` });
		expect(objects).toHaveLength(1);
	});

	test('is refused where its bytes are not those it says, and can be sent again', async () => {
		const made = await makeWorkspace();
		const { space, call } = made;
		const object = await someObject();
		const other = await someObject();
		expect(await call(putObject, { space, ...object, bytes: other.bytes })).toEqual(err({ kind: 'digest-mismatch' }));
		expect(await used(made)).toEqual([0, 0]);
		expect(await call(haveObjects, { space, ids: [object.id] })).toEqual(ok({ missing: [object.id] }));
		expect(await call(putObject, { space, ...object })).toEqual(ok({ isRepeated: false }));
	});

	test('is not written over by other bytes', async () => {
		const made = await makeWorkspace();
		const { space, call } = made;
		const { id, bytes } = await store(made);
		const other = await someObject();
		expect(await call(putObject, { space, ...other, id })).toEqual(err({ kind: 'object-differs' }));
		expect(await call(getObject, { space, id })).toEqual(ok(bytes));
	});

	test('whose upload broke off is missing, and is sent again', async () => {
		const made = await makeWorkspace();
		const { space, call, workspace } = made;
		const object = await someObject();
		await env.DB.prepare("INSERT INTO objects VALUES (?, ?, ?, ?, ?, 'broken', NULL, ?, NULL, NULL, NULL)")
			.bind(workspace, space, object.id, object.digest.slice(9, -1), 1000, clock.nowMs)
			.run();
		expect(await call(haveObjects, { space, ids: [object.id] })).toEqual(ok({ missing: [object.id] }));
		expect(await call(getObject, { space, id: object.id })).toMatchObject(err({ kind: 'not-found' }));
		expect(await call(putObject, { space, ...object })).toEqual(ok({ isRepeated: false }));
		expect(await used(made)).toEqual([1000, 1]);
	});

	test('whose bytes the store lost counts as missing from then on', async () => {
		const made = await makeWorkspace();
		const { space, call, workspace } = made;
		const object = await store(made);
		const { objects } = await env.OBJECTS.list({ prefix: `${workspace}/` });
		await env.OBJECTS.delete(objects.map(({ key }) => key));
		expect(await call(getObject, { space, id: object.id })).toMatchObject(err({ kind: 'not-found' }));
		expect(await call(haveObjects, { space, ids: [object.id] })).toEqual(ok({ missing: [object.id] }));
		expect(await call(putObject, { space, ...object })).toEqual(ok({ isRepeated: false }));
	});
});

describe('a bundle', () => {
	const bundleOf = async (objects: readonly Sealed[]) => {
		const bytes = encodeBundle(objects);
		return { bytes, digest: await digestOf(bytes) };
	};
	const some = (count: number, sizeBytes = 1000) =>
		Promise.all(Array.from({ length: count }, () => someObject(sizeBytes)));

	test('stores what is not there, and is read as it was, in the order that is asked for', async () => {
		const made = await makeWorkspace();
		const { space, call } = made;
		const objects = await some(BUNDLE_OBJECTS);
		const [first, second] = objects;
		if (!first || !second) throw new Error('no objects');
		expect(await call(putObject, { space, ...first })).toEqual(ok({ isRepeated: false }));
		const bundle = await bundleOf(objects);
		expect(await call(putBundle, { space, ...bundle })).toEqual(ok({ stored: BUNDLE_OBJECTS - 1, repeated: 1 }));
		expect(await call(putBundle, { space, ...bundle })).toEqual(ok({ stored: 0, repeated: BUNDLE_OBJECTS }));
		expect(await used(made)).toEqual([1000 * BUNDLE_OBJECTS, BUNDLE_OBJECTS]);
		const read = await call(getBundle, { space, ids: [second.id, randomHash(), first.id] });
		if (!read.ok) throw new Error(read.error.kind);
		expect(parseBundle(read.value)).toEqual([second, first].map(({ id, bytes }) => ({ id, bytes })));
		expect(await call(getObject, { space, id: second.id })).toEqual(ok(second.bytes));
	});

	test('is stored once where 10 send it at once', async () => {
		const made = await makeWorkspace();
		const bundle = await bundleOf(await some(5));
		const outcomes = await Promise.all(
			Array.from({ length: 10 }, () => made.call(putBundle, { space: made.space, ...bundle }))
		);
		expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
		expect(await used(made)).toEqual([5000, 5]);
		const { objects } = await env.OBJECTS.list({ prefix: `${made.workspace}/` });
		expect(objects).toHaveLength(5);
	});

	test('of more than 4 MiB is read in part, from its beginning', async () => {
		const { space, call } = await makeWorkspace();
		const large = await some(3, 1_900_000);
		for (const object of large) expect(await call(putObject, { space, ...object })).toMatchObject({ ok: true });
		const read = await call(getBundle, { space, ids: large.map(({ id }) => id) });
		expect(read.ok && parseBundle(read.value)?.map(({ id }) => id)).toEqual(large.slice(0, 2).map(({ id }) => id));
	});

	test('finds room whole or not at all', async () => {
		const made = await makeWorkspace({ QUOTA_BYTES: '5000' });
		const { space, call } = made;
		const objects = await some(6);
		expect(await call(putBundle, { space, ...(await bundleOf(objects)) })).toEqual(
			err({ kind: 'quota-full', quotaBytes: 5000, usedBytes: 0, sizeBytes: 6000 })
		);
		expect(await used(made)).toEqual([0, 0]);
		expect(await call(putBundle, { space, ...(await bundleOf(objects.slice(0, 4))) })).toMatchObject({ ok: true });
		// What is there needs no room.
		expect(await call(putBundle, { space, ...(await bundleOf(objects.slice(0, 5))) })).toEqual(
			ok({ stored: 1, repeated: 4 })
		);
	});

	test('writes no other bytes over an object, and says so', async () => {
		const { space, call } = await makeWorkspace();
		const [one, other, more] = await some(3);
		if (!one || !other || !more) throw new Error('no objects');
		await call(putObject, { space, ...one });
		const forged = await bundleOf([{ ...other, id: one.id }, more]);
		expect(await call(putBundle, { space, ...forged })).toEqual(err({ kind: 'object-differs' }));
		expect(await call(getObject, { space, id: one.id })).toEqual(ok(one.bytes));
	});

	test('that is cut off, of too many, or with one twice is refused, and nothing of it is stored', async () => {
		const made = await makeWorkspace();
		const { space, call } = made;
		const objects = await some(BUNDLE_OBJECTS + 1, 10);
		const [one] = objects;
		if (!one) throw new Error('no objects');
		const cut = encodeBundle([one]).slice(0, -1);
		for (const bytes of [cut, cut.slice(0, 20), encodeBundle(objects), encodeBundle([one, one])])
			expect(await call(putBundle, { space, bytes, digest: await digestOf(bytes) })).toEqual(
				err({ kind: 'invalid-request', fields: ['bytes'] })
			);
		const { bytes } = await bundleOf([one]);
		expect(await call(putBundle, { space, bytes, digest: one.digest })).toEqual(err({ kind: 'digest-mismatch' }));
		expect(await used(made)).toEqual([0, 0]);
	});

	test('of which the store lost one is read without it', async () => {
		const made = await makeWorkspace();
		const { space, call, workspace } = made;
		const [gone, here] = [await store(made), await store(made)];
		const { objects } = await env.OBJECTS.list({ prefix: `${workspace}/${space}/${gone.id}/` });
		await env.OBJECTS.delete(objects.map(({ key }) => key));
		const read = await call(getBundle, { space, ids: [gone.id, here.id] });
		expect(read.ok && parseBundle(read.value)?.map(({ id }) => id)).toEqual([here.id]);
		expect(await call(haveObjects, { space, ids: [gone.id] })).toEqual(ok({ missing: [gone.id] }));
	});
});

describe('limits', () => {
	test('a full quota refuses with its numbers, keeps what is there, and holds where many send at once', async () => {
		const made = await makeWorkspace({ QUOTA_BYTES: '5000' });
		const { space, call } = made;
		const objects = await Promise.all(Array.from({ length: 8 }, () => someObject()));
		const outcomes = await Promise.all(objects.map((object) => call(putObject, { space, ...object })));
		expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(5);
		const refused = outcomes.find((outcome) => !outcome.ok);
		expect(refused).toEqual(err({ kind: 'quota-full', quotaBytes: 5000, usedBytes: 5000, sizeBytes: 1000 }));
		expect(await used(made)).toEqual([5000, 5]);
		const stored = objects.filter((_, at) => outcomes[at]?.ok);
		for (const object of stored) expect(await call(putObject, { space, ...object })).toEqual(ok({ isRepeated: true }));
	});

	test('bytes beyond 4 MiB, 101 MB among them, are refused before they are read', async () => {
		const { space, call } = await makeWorkspace();
		for (const sizeBytes of [OBJECT_BYTES + 1, 101_000_000]) {
			const object = { id: randomHash(), bytes: new Uint8Array(sizeBytes), digest: `sha-256=:${'A'.repeat(43)}=:` };
			expect(await call(putObject, { space, ...object })).toEqual(err({ kind: 'too-large', limitBytes: OBJECT_BYTES }));
		}
	});

	test('bytes without their length are refused', async () => {
		const { workspace, space, token } = await makeWorkspace();
		const { id, bytes, digest } = await someObject();
		const answer = await send(`/api/v1/workspaces/${workspace}/spaces/${space}/objects/${id}`, {
			method: 'PUT',
			headers: { authorization: `Bearer ${token.text}`, 'content-digest': digest },
			body: new Blob([bytes]).stream()
		});
		expect([answer.status, await answer.json()]).toEqual([411, { error: { kind: 'length-required' } }]);
	});

	test('1,000 ids are asked for at once, 1,001 are not, and 100,000 are too much to read', async () => {
		const made = await makeWorkspace();
		const { space, call } = made;
		const { id } = await store(made);
		const ids = Array.from({ length: 100_000 }, randomHash);
		const asked = [...ids.slice(0, 999), id];
		expect(await call(haveObjects, { space, ids: asked })).toEqual(ok({ missing: ids.slice(0, 999) }));
		expect(await call(haveObjects, { space, ids: ids.slice(0, 1001) })).toEqual(
			err({ kind: 'invalid-request', fields: ['ids'] })
		);
		expect(await call(haveObjects, { space, ids })).toEqual(err({ kind: 'too-large', limitBytes: 1024 * 1024 }));
	});

	test('ids that are paths, or SQL, are not ids', async () => {
		const made = await makeWorkspace();
		const { space, call } = made;
		const traversing = `..%2f${'..%2f'.repeat(12)}x`;
		for (const id of [
			'../../etc/passwd',
			traversing,
			"' OR 1=1 --",
			'A'.repeat(42),
			`${'A'.repeat(43)}\n`,
			'é'.repeat(43)
		]) {
			expect(await call(getObject, { space, id }), id).toMatchObject(err({ kind: 'invalid-request', fields: ['id'] }));
			expect(await call(haveObjects, { space, ids: [id] }), id).toEqual(
				err({ kind: 'invalid-request', fields: ['ids.0'] })
			);
		}
		expect(await call(getObject, { space: '../..', id: randomHash() })).toMatchObject(
			err({ kind: 'invalid-request', fields: ['space'] })
		);
	});
});
