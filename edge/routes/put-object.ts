// PUT /api/v1/workspaces/{workspace}/spaces/{space}/objects/{id}.
import type { putObject } from '#core/contract/objects.ts';
import { err, ok } from '#core/result.ts';
import { addToTrash } from '../d1/gc.ts';
import { confirmObject, releaseObject, reserveObject } from '../d1/objects.ts';
import { fullness } from '../fullness.ts';
import { limitsOf, MAX_OBJECTS } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { writeObject } from '../r2/objects.ts';

export const answerPutObject: Handler<typeof putObject> = async (request, env, { nowMs }) => {
	const { bytes, workspace, space, id } = request;
	const address = { workspace, space, id };
	const digest = request.digest.slice('sha-256=:'.length, -1);
	const { quotaBytes } = limitsOf(env);
	const room = { quotaBytes, objectCount: MAX_OBJECTS };
	const upload = { ...address, digest, sizeBytes: bytes.sizeBytes };
	const reserved = await reserveObject(env.DB, upload, room, nowMs);
	if (reserved.kind === 'full') return err(await fullness(env, workspace, bytes.sizeBytes));
	if (reserved.kind === 'stored')
		return reserved.digest === digest ? ok({ isRepeated: true }) : err({ kind: 'object-differs' });
	const written = await writeObject(env.OBJECTS, reserved.r2Key, bytes, digest);
	if (!written.ok) {
		if (written.error.kind === 'digest-mismatch') await releaseObject(env.DB, reserved.r2Key, address);
		return written;
	}
	if (await confirmObject(env.DB, address, reserved.r2Key, nowMs)) return ok({ isRepeated: false });
	await addToTrash(env.DB, reserved.r2Key);
	return err({ kind: 'unavailable', stores: ['objects'] });
};
