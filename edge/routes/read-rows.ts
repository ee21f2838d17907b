// POST /api/v1/workspaces/{workspace}/database/rows.
import type { readRows } from '#core/contract/database.ts';
import { ok } from '#core/result.ts';
import { admitDatabase } from '../database/admit.ts';
import { linesOf } from '../database/door.ts';
import type { Handler } from '../mount.ts';

export const answerReadRows: Handler<typeof readRows> = async (request, env, call) => {
	// The pages of one read are told once.
	const admitted = await admitDatabase(request.server, request.after ? null : 'database-read', env, call);
	if (!admitted.ok) return admitted;
	const lines = await linesOf(request, env);
	return lines.ok ? ok({ body: lines.value, headers: {} }) : lines;
};
