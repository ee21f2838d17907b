// DELETE /api/v1/workspaces/{workspace}/slots/{slot}.
import type { deleteSlot } from '#core/contract/slots.ts';
import { ok } from '#core/result.ts';
import { removeSlot } from '../d1/slots.ts';
import type { Handler } from '../mount.ts';

export const answerDeleteSlot: Handler<typeof deleteSlot> = async ({ workspace, slot }, env, { token, nowMs }) =>
	ok({ isRepeated: !(await removeSlot(env.DB, workspace, slot, token.id, nowMs)) });
