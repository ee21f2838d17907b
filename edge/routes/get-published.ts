// GET /api/v1/published/{publication}.
import type { getPublished } from '#core/contract/published.ts';
import { ok } from '#core/result.ts';
import type { Handler } from '../mount.ts';
import { findOpen } from '../published/find-open.ts';

export const answerGetPublished: Handler<typeof getPublished> = async (request, env, call) => {
	const open = await findOpen(request, env, call);
	if (!open.ok) return open;
	const { published, headers, isUnchanged } = open.value;
	if (isUnchanged) return ok({ body: null, headers, status: 304 });
	const { file: version, name, rowCount, sizeBytes, columns, publishedAtMs } = published;
	return ok({ body: JSON.stringify({ name, version, publishedAtMs, rowCount, sizeBytes, columns }), headers });
};
