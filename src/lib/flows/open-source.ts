// From a connection to the reader of its kind, for as long as it is read. Cancelling ends the thread that reads.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Connection } from '../core/source/connection.ts';
import type { RelayAccess } from '../core/source/relayed.ts';
import type { S3Signing } from '../core/source/files/file-question.ts';
import type { FilesConnection } from '../core/source/files/files-connection.ts';
import type { Through } from '../core/source/rest/rest-connection.ts';
import { Breakers } from './breakers.ts';
import type { Effects, IngestSession } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { FileAsker } from './file-asker.ts';
import { FileReader, type Unpack } from './file-reader.ts';
import type { FileStore } from './file-store.ts';
import { FolderStore } from './folder-store.ts';
import { openDatabases } from './open-database.ts';
import { RestReader } from './rest-reader.ts';
import { PublishedStore } from './published-store.ts';
import { S3Store } from './s3-store.ts';
import type { SourceReader } from './source-reader.ts';
import { ownerAccess } from './sync-open.ts';
import { SqlReader } from './sql-reader.ts';
import { WebStore } from './web-store.ts';

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
	const missing = missingSecret(source);
	if (missing) return err(missing);
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

/** Null where it is asked directly. */
async function relayAccess(
	{ through, place }: { readonly through: Through; readonly place: string },
	effects: Effects
): Promise<Result<RelayAccess | null, Failure>> {
	if (through === 'direct') return ok(null);
	const access = await ownerAccess(effects);
	if (access.ok) return ok({ workspace: access.value.workspace, token: access.value.owner });
	return access.error.kind === 'sync-off' ? err({ kind: 'no-server', source: place }) : access;
}

/** Of those that every question is signed with. */
function missingSecret({ connection, secrets }: OpenedSource): Failure | null {
	if (connection.kind !== 's3') return null;
	const needed = connection.secrets.find(({ name }) => !secrets.has(name));
	return needed ? { kind: 'secret-missing', secret: needed.name, origin: needed.origin } : null;
}

async function readerOf(
	{ connection, secrets }: OpenedSource,
	session: IngestSession,
	job: JobHandle,
	effects: Effects
): Promise<Result<SourceReader, Failure>> {
	const { signal } = job;
	const { now, random, sleep, sources } = effects;
	switch (connection.kind) {
		case 'rest': {
			const relay = await relayAccess(connection, effects);
			if (!relay.ok) return relay;
			return ok(
				new RestReader(
					{ connection, secrets, signal },
					{
						...{ now, random, sleep },
						ask: (question) => session.api.ask(question, relay.value),
						breakers: new Breakers(effects),
						buckets: sources.buckets
					}
				)
			);
		}
		case 'postgres':
		case 'mysql': {
			const databases = await openDatabases(effects);
			return databases.ok ? ok(new SqlReader({ connection, secrets, signal }, databases.value)) : databases;
		}
		case 's3':
		case 'web':
		case 'folder':
		case 'weir': {
			const relay = await relayAccess(connection, effects);
			if (!relay.ok) return relay;
			const unpack: Unpack = (name, blob) => session.api.unpack({ name, blob });
			return ok(
				new FileReader(
					connection,
					storeOf({ connection, secrets }, { session, relay: relay.value }, job, effects),
					unpack
				)
			);
		}
	}
}

function storeOf(
	{ connection, secrets }: { readonly connection: FilesConnection } & Pick<OpenedSource, 'secrets'>,
	{ session, relay }: { readonly session: IngestSession; readonly relay: RelayAccess | null },
	job: JobHandle,
	effects: Effects
): FileStore {
	const { now, random, sleep, folders } = effects;
	const asker = (sign: S3Signing | null): FileAsker =>
		new FileAsker(
			{ sign, signal: job.signal, onBytes: (readBytes) => job.progress({ readBytes }), isRelayed: relay !== null },
			{
				now,
				random,
				sleep,
				ask: (question, onBytes) => session.api.askFile(question, relay, onBytes),
				breakers: new Breakers(effects)
			}
		);
	switch (connection.kind) {
		case 's3': {
			const { bucket, accessKey, pattern } = connection;
			const secretKey = secrets.get('secret key');
			const sign =
				accessKey !== null && secretKey !== undefined ? { accessKey, secretKey, region: bucket.region } : null;
			return new S3Store(bucket, pattern, asker(sign));
		}
		case 'web':
			return new WebStore(connection.place, connection.urls, asker(null));
		case 'weir':
			return new PublishedStore(connection.place, connection.url, asker(null));
		case 'folder':
			return new FolderStore(connection.folder, connection.pattern, folders);
	}
}
