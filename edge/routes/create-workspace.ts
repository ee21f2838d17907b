// POST /api/v1/workspaces.
import type { createWorkspace } from '#core/contract/workspaces.ts';
import { err, ok } from '#core/result.ts';
import { isSameSecret } from '../authenticate.ts';
import { countRequest } from '../d1/rate-limits.ts';
import { createWorkspace as create } from '../d1/workspaces.ts';
import { limitsOf } from '../limits.ts';
import type { Handler } from '../mount.ts';

const HOUR_MS = 3_600_000;

export const answerCreateWorkspace: Handler<typeof createWorkspace> = async (request, env, call) => {
	const { nowMs, address, notFound } = call;
	const limit = { perWindow: limitsOf(env).workspacesPerHour, windowMs: HOUR_MS };
	const retryAfterSeconds = await countRequest(env.DB, `workspace:${await address()}`, limit, nowMs);
	if (retryAfterSeconds !== null) return err({ kind: 'too-many-requests', retryAfterSeconds });
	if (env.INVITATION && !(await isSameSecret(request.invitation ?? '', env.INVITATION)))
		return err({ kind: 'invitation-needed' });
	const created = await create(env.DB, request, nowMs);
	return created === null ? err(notFound) : ok({ isRepeated: created === 'repeated' });
};
