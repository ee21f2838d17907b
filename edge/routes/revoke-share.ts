// DELETE /api/v1/workspaces/{workspace}/shares/{share}.
import type { revokeShare } from '#core/contract/shares.ts';
import { ok } from '#core/result.ts';
import { revokeShare as revoke } from '../d1/shares.ts';
import type { Handler } from '../mount.ts';

export const answerRevokeShare: Handler<typeof revokeShare> = async (request, env, { token, nowMs }) =>
	ok({ isRepeated: !(await revoke(env.DB, request, token.id, nowMs)) });
