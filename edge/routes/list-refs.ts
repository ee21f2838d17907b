// GET /api/v1/workspaces/{workspace}/refs.
import type { listRefs } from '#core/contract/refs.ts';
import { ok } from '#core/result.ts';
import { readRefs } from '../d1/refs.ts';
import type { Handler } from '../mount.ts';

const PAGE = 500;

export const answerListRefs: Handler<typeof listRefs> = async ({ workspace, after }, env, { token }) => {
	// A replica that lags behind would look like a server that was rolled back.
	const db = env.DB.withSession('first-primary');
	const found = await readRefs(db, workspace, after, token.spaces, PAGE + 1);
	const refs = found.slice(0, PAGE);
	const last = found.length > PAGE ? refs.at(-1) : undefined;
	return ok({ refs, next: last ? `${last.space}.${last.token}` : null });
};
