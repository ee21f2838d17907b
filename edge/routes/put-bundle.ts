// POST /api/v1/workspaces/{workspace}/spaces/{space}/bundle.
import { parseBundle, type Bundled } from '#core/contract/bundle.ts';
import type { putBundle } from '#core/contract/objects.ts';
import { err, ok } from '#core/result.ts';
import { digestOf } from '../bytes.ts';
import { addToTrash } from '../d1/gc.ts';
import { confirmObjects, reserveObjects } from '../d1/objects.ts';
import { limitsOf, MAX_OBJECTS } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { putBytes } from '../r2/objects.ts';
import { fullness } from '../fullness.ts';

type Upload = Bundled & { readonly digest: string; readonly sizeBytes: number };

export const answerPutBundle: Handler<typeof putBundle> = async (request, env, { nowMs }) => {
	const { workspace, space } = request;
	const body = new Uint8Array(await new Response(request.bytes.stream).arrayBuffer());
	if (`sha-256=:${await digestOf(body)}:` !== request.digest) return err({ kind: 'digest-mismatch' });
	const objects = parseBundle(body);
	if (!objects) return err({ kind: 'invalid-request', fields: ['bytes'] });
	const uploads = await Promise.all(objects.map(toUpload));
	const room = { quotaBytes: limitsOf(env).quotaBytes, objectCount: MAX_OBJECTS };
	const rows = uploads.map(({ id, digest, sizeBytes }) => ({ id, digest, sizeBytes }));
	const reserved = await reserveObjects(env.DB, workspace, space, rows, room, nowMs);
	if ([...reserved.values()].some(({ kind }) => kind === 'full')) {
		const sizeBytes = uploads.reduce((sum, one) => sum + one.sizeBytes, 0);
		return err(await fullness(env, workspace, sizeBytes));
	}
	const keys: string[] = [];
	let [repeated, isOther] = [0, false];
	const writes = uploads.map(async ({ id, bytes, digest }) => {
		const place = reserved.get(id);
		if (place?.kind === 'stored') {
			repeated++;
			if (place.digest !== digest) isOther = true;
		}
		if (place?.kind !== 'reserved') return true;
		const isWritten = await putBytes(env.OBJECTS, place.r2Key, bytes);
		if (isWritten) keys.push(place.r2Key);
		return isWritten;
	});
	const isWhole = (await Promise.all(writes)).every((isWritten) => isWritten);
	const confirmed = await confirmObjects(env.DB, workspace, space, keys, nowMs);
	const lost = keys.filter((key) => !confirmed.has(key));
	for (const key of lost) await addToTrash(env.DB, key);
	if (!isWhole || lost.length > 0) return err({ kind: 'unavailable', stores: ['objects'] });
	return isOther ? err({ kind: 'object-differs' }) : ok({ stored: keys.length, repeated });
};

async function toUpload(object: Bundled): Promise<Upload> {
	return { ...object, digest: await digestOf(object.bytes), sizeBytes: object.bytes.length };
}
