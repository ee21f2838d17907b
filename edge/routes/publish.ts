// PUT /api/v1/workspaces/{workspace}/publications/{publication}.
import type { publish } from '#core/contract/publications.ts';
import { err, ok } from '#core/result.ts';
import { findFile, publishFile } from '../d1/publications.ts';
import { MAX_PUBLICATIONS } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { openParquet } from '../published/parquet-file.ts';

export const answerPublish: Handler<typeof publish> = async (request, env, { token, nowMs, notFound }) => {
	const found = await findFile(env.DB, request);
	if (!found) return err(notFound);
	const parquet = await openParquet(env.OBJECTS, found);
	if (!parquet) return err({ kind: 'not-parquet' });
	const { rowCount, columns } = parquet;
	const shown = { ...request, rowCount, columns: columns.map(({ name, type }) => ({ name, type })) };
	const isPublished = await publishFile(env.DB, shown, MAX_PUBLICATIONS, token.id, nowMs);
	if (!isPublished) return err({ kind: 'limit-reached', of: 'publications', limit: MAX_PUBLICATIONS });
	return ok({ rowCount, columns: columns.map(({ name }) => name) });
};
