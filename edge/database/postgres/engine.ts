// PostgreSQL at the door to databases.
import { ok } from '#core/result.ts';
import type { Engine } from '../engine.ts';
import { LIST_MS } from '../reach.ts';
import { tablesOf } from './list-tables.ts';
import { inTransaction } from './open.ts';
import { put } from './put-rows.ts';
import { linesOf } from './read-rows.ts';

export const postgres: Engine = {
	tables: (server, env) =>
		inTransaction(server, env, { isReadOnly: true, timeoutMs: LIST_MS }, async ({ client }) =>
			ok(await tablesOf(client))
		),
	lines: linesOf,
	put
};
