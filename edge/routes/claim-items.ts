// POST /api/v1/workspaces/{workspace}/spaces/{space}/inbox/claim.
import type { claimItems } from '#core/contract/inbox.ts';
import { ok } from '#core/result.ts';
import { claimItems as claim } from '../d1/inbox-items.ts';
import type { Handler } from '../mount.ts';

export const answerClaimItems: Handler<typeof claimItems> = async ({ from, ...asked }, env, { token, nowMs }) =>
	ok({ claimed: await claim(env.DB, asked, from, token.id, nowMs) });
