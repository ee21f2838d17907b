// DELETE /api/v1/workspaces/{workspace}/tokens/{id}.
import type { revokeToken } from '#core/contract/tokens.ts';
import { err, ok } from '#core/result.ts';
import { revokeToken as revoke } from '../d1/tokens.ts';
import type { Handler } from '../mount.ts';

export const answerRevokeToken: Handler<typeof revokeToken> = async ({ workspace, id }, env, call) => {
	const revoked = await revoke(env.DB, workspace, id, call.token.id, call.nowMs);
	return revoked === null ? err(call.notFound) : ok({ isRepeated: revoked === 'repeated' });
};
