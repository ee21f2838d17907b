// From a connection to the reader of its kind, for as long as it is read. Cancelling ends the thread that reads.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { throughOf, type Connection } from '../core/source/connection.ts';
import type { RelayAccess } from '../core/source/relayed.ts';
import { Breakers } from './breakers.ts';
import type { Effects, IngestSession } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { RestReader } from './rest-reader.ts';
import type { SourceReader } from './source-reader.ts';
import { ownerAccess } from './sync-open.ts';

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
	const relay = await relayAccess(source.connection, effects);
	if (!relay.ok) return relay;
	const session = effects.startIngest();
	const stop = (): void => session.end();
	job.signal.addEventListener('abort', stop, { once: true });
	try {
		const done = await work(readerOf({ ...source, relay: relay.value }, session, job, effects));
		if (job.signal.aborted && !done.ok) return err({ kind: 'cancelled' });
		if (done.ok) session.giveBack();
		return done;
	} finally {
		job.signal.removeEventListener('abort', stop);
		stop();
	}
}

/** Null where it is asked directly. */
async function relayAccess(connection: Connection, effects: Effects): Promise<Result<RelayAccess | null, Failure>> {
	if (throughOf(connection) === 'direct') return ok(null);
	const access = await ownerAccess(effects);
	if (access.ok) return ok({ workspace: access.value.workspace, token: access.value.owner });
	return access.error.kind === 'sync-off' ? err({ kind: 'relay-needs-sync', source: connection.place }) : access;
}

function readerOf(
	{ connection, secrets, relay }: OpenedSource & { readonly relay: RelayAccess | null },
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
					ask: (question) => session.api.ask(question, relay),
					breakers: new Breakers(effects),
					buckets: sources.buckets
				}
			);
	}
}
