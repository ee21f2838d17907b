// POST /api/v1/workspaces/{workspace}/database/put.
import type { putRows } from '#core/contract/database.ts';
import { admitDatabase } from '../database/admit.ts';
import { engineOf } from '../database/engine.ts';
import type { Handler } from '../mount.ts';

export const answerPutRows: Handler<typeof putRows> = async (request, env, call) => {
	const admitted = await admitDatabase(request.server, 'database-written', env, call);
	return admitted.ok ? engineOf(request.server).put(request, env) : admitted;
};
