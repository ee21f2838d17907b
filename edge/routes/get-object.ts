// GET /api/v1/workspaces/{workspace}/spaces/{space}/objects/{id}.
import type { getObject } from '#core/contract/objects.ts';
import { err, ok } from '#core/result.ts';
import { findObject, forgetObject } from '../d1/objects.ts';
import type { Handler } from '../mount.ts';

export const answerGetObject: Handler<typeof getObject> = async (address, env, { notFound }) => {
	const found = await findObject(env.DB, address);
	if (!found) return err(notFound);
	const object = await env.OBJECTS.get(found.r2Key);
	if (!object) {
		await forgetObject(env.DB, found.r2Key, address);
		return err(notFound);
	}
	const headers = { 'Content-Length': String(found.sizeBytes), 'Content-Digest': `sha-256=:${found.digest}:` };
	return ok({ body: object.body, headers });
};
