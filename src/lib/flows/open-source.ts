// From a connection to the reader of its kind, for as long as it is read. Cancelling ends the thread that reads.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Connection } from '../core/source/connection.ts';
import { Breakers } from './breakers.ts';
import type { Effects, IngestSession } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { accountOf } from './sync-open.ts';
import { SqlReader } from './sql-reader.ts';
import { RestReader } from './rest-reader.ts';
import type { SourceReader } from './source-reader.ts';

export type OpenedSource = {
	readonly connection: Connection;
	/** By name, see the connection's `secrets`. */
	readonly secrets: ReadonlyMap<string, string>;
};

export async function withReader<T>(
	source: OpenedSource,
	job: JobHandle,
	effects: Effects,
	work: (reader: SourceReader) => Promise<Result<T, Failure>>
): Promise<Result<T, Failure>> {
	const session = effects.startIngest();
	const stop = (): void => session.end();
	job.signal.addEventListener('abort', stop, { once: true });
	try {
		const reader = await readerOf(source, session, job, effects);
		const done = reader.ok ? await work(reader.value) : reader;
		if (job.signal.aborted && !done.ok) return err({ kind: 'cancelled' });
		if (done.ok) session.giveBack();
		return done;
	} finally {
		job.signal.removeEventListener('abort', stop);
		stop();
	}
}

async function readerOf(
	{ connection, secrets }: OpenedSource,
	session: IngestSession,
	{ signal }: JobHandle,
	effects: Effects
): Promise<Result<SourceReader, Failure>> {
	const { now, random, sleep, sources } = effects;
	switch (connection.kind) {
		case 'rest':
			return ok(
				new RestReader(
					{ connection, secrets, signal },
					{
						...{ now, random, sleep },
						ask: (question) => session.api.ask(question),
						breakers: new Breakers(effects),
						buckets: sources.buckets
					}
				)
			);
		case 'postgres': {
			const account = await accountOf(effects);
			if (!account.ok) return account.error.kind === 'sync-off' ? err({ kind: 'no-server' }) : account;
			const { workspace, token } = account.value;
			return ok(new SqlReader({ connection, secrets, signal }, sources.databases({ workspace, token })));
		}
	}
}
