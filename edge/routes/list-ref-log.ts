// GET /api/v1/workspaces/{workspace}/spaces/{space}/refs/{token}/log.
import type { listRefLog } from '#core/contract/refs.ts';
import { ok } from '#core/result.ts';
import { readRefLog } from '../d1/refs.ts';
import type { Handler } from '../mount.ts';

const PAGE = 100;

export const answerListRefLog: Handler<typeof listRefLog> = async ({ after, ...ref }, env) => {
	const found = await readRefLog(env.DB.withSession('first-primary'), ref, after, PAGE + 1);
	return ok({ entries: found.slice(0, PAGE), isMore: found.length > PAGE });
};
