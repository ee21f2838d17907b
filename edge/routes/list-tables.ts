// POST /api/v1/workspaces/{workspace}/database/tables.
import type { listTables } from '#core/contract/database.ts';
import { ok } from '#core/result.ts';
import { admitDatabase } from '../database/admit.ts';
import { tablesOf } from '../database/list-tables.ts';
import { inTransaction } from '../database/open.ts';
import type { Handler } from '../mount.ts';

const LIST_MS = 20_000;

export const answerListTables: Handler<typeof listTables> = async (request, env, call) => {
	const admitted = await admitDatabase(request.server, 'database-read', env, call);
	if (!admitted.ok) return admitted;
	return inTransaction(request.server, env, { isReadOnly: true, timeoutMs: LIST_MS }, async ({ client }) =>
		ok(await tablesOf(client))
	);
};
