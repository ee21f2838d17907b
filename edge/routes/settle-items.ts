// POST /api/v1/workspaces/{workspace}/spaces/{space}/inbox/settle.
import type { settleItems } from '#core/contract/inbox.ts';
import { ok } from '#core/result.ts';
import { settleItems as settle } from '../d1/inbox-items.ts';
import type { Handler } from '../mount.ts';

export const answerSettleItems: Handler<typeof settleItems> = async (settlement, env, { token, nowMs }) =>
	ok({ settled: await settle(env.DB, settlement, token.id, nowMs) });
