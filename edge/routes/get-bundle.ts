// POST /api/v1/workspaces/{workspace}/spaces/{space}/bundle/read.
import { encodeBundle, type Bundled } from '#core/contract/bundle.ts';
import { OBJECT_BYTES, type getBundle } from '#core/contract/objects.ts';
import { ok } from '#core/result.ts';
import { findObjects, forgetObject, type StoredObject } from '../d1/objects.ts';
import type { Handler } from '../mount.ts';

export const answerGetBundle: Handler<typeof getBundle> = async ({ workspace, space, ids }, env) => {
	const found = firstOf(await findObjects(env.DB, workspace, space, ids));
	const read = found.map(async ({ id, r2Key }): Promise<Bundled | null> => {
		const object = await env.OBJECTS.get(r2Key);
		if (object) return { id, bytes: new Uint8Array(await object.arrayBuffer()) };
		await forgetObject(env.DB, r2Key, { workspace, space, id });
		return null;
	});
	const bundle = encodeBundle((await Promise.all(read)).filter((one) => one !== null));
	const headers = { 'Content-Length': String(bundle.length) };
	return ok({ body: new Response(bundle).body ?? '', headers });
};

/** As many as one object may be long, and at least one. */
function firstOf<T extends StoredObject>(found: readonly T[]): readonly T[] {
	let all = 0;
	return found.filter(({ sizeBytes }, at) => (all += sizeBytes) <= OBJECT_BYTES || at === 0);
}
