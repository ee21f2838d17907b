// POST /api/v1/workspaces/{workspace}/database/tables.
import type { listTables } from '#core/contract/database.ts';
import { admitDatabase } from '../database/admit.ts';
import { engineOf } from '../database/engine.ts';
import type { Handler } from '../mount.ts';

export const answerListTables: Handler<typeof listTables> = async (request, env, call) => {
	const admitted = await admitDatabase(request.server, 'database-read', env, call);
	if (!admitted.ok) return admitted;
	return engineOf(request.server).tables(request.server, env);
};
