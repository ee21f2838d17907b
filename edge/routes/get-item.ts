// GET /api/v1/workspaces/{workspace}/spaces/{space}/inbox/items/{key}.
import type { getItem } from '#core/contract/inbox.ts';
import { err, ok } from '#core/result.ts';
import { findItem } from '../d1/inbox-items.ts';
import type { Handler } from '../mount.ts';

export const answerGetItem: Handler<typeof getItem> = async (item, env, { notFound }) => {
	const found = await findItem(env.DB, item);
	const object = found && (await env.OBJECTS.get(found.r2Key));
	return object ? ok({ body: object.body, headers: { 'Content-Length': String(object.size) } }) : err(notFound);
};
