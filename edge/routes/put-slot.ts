// PUT /api/v1/workspaces/{workspace}/slots/{slot}.
import type { putSlot } from '#core/contract/slots.ts';
import { err, ok } from '#core/result.ts';
import { writeSlot } from '../d1/slots.ts';
import { MAX_SLOTS } from '../limits.ts';
import type { Handler } from '../mount.ts';

export const answerPutSlot: Handler<typeof putSlot> = async (request, env, { token, nowMs }) => {
	const isWritten = await writeSlot(env.DB, request, MAX_SLOTS, token.id, nowMs);
	return isWritten ? ok({}) : err({ kind: 'limit-reached', of: 'slots', limit: MAX_SLOTS });
};
