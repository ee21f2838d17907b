// POST /api/v1/workspaces/{workspace}/members.
import type { appendMember } from '#core/contract/members.ts';
import { err, ok } from '#core/result.ts';
import { appendMember as append } from '../d1/members.ts';
import type { Handler } from '../mount.ts';

export const answerAppendMember: Handler<typeof appendMember> = async (request, env, { token, nowMs }) => {
	const appended = await append(env.DB, request, token.id, nowMs);
	if (appended.place === null) return err({ kind: 'moved', tip: appended.tip });
	return ok({ ...appended.place, isRepeated: appended.isRepeated });
};
