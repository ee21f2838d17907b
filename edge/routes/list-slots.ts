// GET /api/v1/workspaces/{workspace}/slots.
import type { listSlots } from '#core/contract/slots.ts';
import { ok } from '#core/result.ts';
import { readSlots } from '../d1/slots.ts';
import type { Handler } from '../mount.ts';

export const answerListSlots: Handler<typeof listSlots> = async ({ workspace }, env) =>
	ok({ slots: await readSlots(env.DB.withSession('first-primary'), workspace) });
