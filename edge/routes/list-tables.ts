// POST /api/v1/workspaces/{workspace}/database/tables.
import type { listTables } from '#core/contract/database.ts';
import { admitDatabase } from '../database/admit.ts';
import { tablesOf } from '../database/door.ts';
import type { Handler } from '../mount.ts';

export const answerListTables: Handler<typeof listTables> = async (request, env, call) => {
	const admitted = await admitDatabase(request.server, 'database-read', env, call);
	if (!admitted.ok) return admitted;
	return tablesOf(request, env);
};
