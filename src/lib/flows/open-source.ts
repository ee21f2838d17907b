// From a connection to the reader of its kind, for as long as it is read. Cancelling ends the thread that reads.
import type { Failure } from '../core/failure.ts';
import { err, type Result } from '../core/result.ts';
import type { Connection } from '../core/source/connection.ts';
import { Breakers } from './breakers.ts';
import type { Effects, IngestSession } from './effects.ts';
import type { JobHandle } from './jobs.ts';
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
		const done = await work(readerOf(source, session, job, effects));
		if (job.signal.aborted && !done.ok) return err({ kind: 'cancelled' });
		if (done.ok) session.giveBack();
		return done;
	} finally {
		job.signal.removeEventListener('abort', stop);
		stop();
	}
}

function readerOf(
	{ connection, secrets }: OpenedSource,
	session: IngestSession,
	{ signal }: JobHandle,
	effects: Effects
): SourceReader {
	const { now, random, sleep, sources } = effects;
	switch (connection.kind) {
		case 'rest':
			return new RestReader(
				{ connection, secrets, signal },
				{
					...{ now, random, sleep },
					ask: (question) => session.api.ask(question),
					breakers: new Breakers(effects),
					buckets: sources.buckets
				}
			);
	}
}
