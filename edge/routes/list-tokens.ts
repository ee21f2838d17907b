// GET /api/v1/workspaces/{workspace}/tokens.
import type { listTokens } from '#core/contract/tokens.ts';
import { ok } from '#core/result.ts';
import { readTokens } from '../d1/tokens.ts';
import type { Handler } from '../mount.ts';

export const answerListTokens: Handler<typeof listTokens> = async ({ workspace }, env) =>
	ok({ tokens: await readTokens(env.DB, workspace) });
