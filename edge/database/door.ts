// The door to databases: what a request asks goes to the pool of its workspace and server, once the place was checked.
import type { DatabaseServer } from '#core/contract/database.ts';
import { err, type Result } from '#core/result.ts';
import type { Env } from '../env.ts';
import type { DatabasePool } from './database-pool.ts';
import type { Answer, Counts, PutAsked, RowsAsked, Tables } from './engine.ts';
import { databaseFailed, type OpenFailure } from './failure.ts';
import { checkTarget, type Target } from './reach.ts';

type From = { readonly workspace: string; readonly server: DatabaseServer };
type Pool = DurableObjectStub<DatabasePool>;

export async function tablesOf(from: From, env: Env): Answer<Tables> {
	return askPool(from, env, async (pool, target) => pool.tables(target));
}

export async function linesOf({ workspace, server, ...asked }: From & RowsAsked, env: Env): Answer<ReadableStream> {
	return askPool({ workspace, server }, env, async (pool, target) => pool.lines(target, asked));
}

export async function put({ workspace, server, rows, ...asked }: From & PutAsked, env: Env): Answer<Counts> {
	return askPool({ workspace, server }, env, async (pool, target) => pool.put(target, asked, bytesOf(rows)));
}

async function askPool<T>(
	{ workspace, server }: From,
	env: Env,
	ask: (pool: Pool, target: Target) => Promise<Result<T, OpenFailure>>
): Answer<T> {
	const target = await checkTarget(server, env);
	if (!target.ok) return target;
	const { engine } = server;
	const { host, port } = target.value.way;
	try {
		const id = env.DATABASES.idFromName(JSON.stringify([workspace, engine, host, port]));
		return await ask(env.DATABASES.get(id), target.value);
	} catch (error) {
		return err(databaseFailed((error as { readonly overloaded?: boolean }).overloaded ? 'busy' : 'lost'));
	}
}

function bytesOf(text: string): ReadableStream<Uint8Array> {
	return new Blob([text]).stream() as ReadableStream<Uint8Array>;
}
