// POST /api/v1/workspaces/{workspace}/database/put.
import type { putRows } from '#core/contract/database.ts';
import { admitDatabase } from '../database/admit.ts';
import { put } from '../database/door.ts';
import type { Handler } from '../mount.ts';

export const answerPutRows: Handler<typeof putRows> = async (request, env, call) => {
	const admitted = await admitDatabase(request.server, 'database-written', env, call);
	return admitted.ok ? put(request, env) : admitted;
};
