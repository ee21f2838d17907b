// Records in the store: all of them at one moment, as they were agreed on last, and their change by what came from elsewhere, which
// lands whole in one strict transaction with what was agreed on.
import type { Encodable } from '#core/encoding.ts';
import type { ObjectId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { RecordChange } from '#core/sync/merge-records.ts';
import { NO_BASE, type BaseChange, type RecordBase } from '#core/sync/record-base.ts';
import type { RecordRule } from '#core/sync/record-rule.ts';
import { kindOf, printOfValue } from '#core/sync/record-value.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { tellAlertsChanged } from './alerts.ts';
import { refuseNewerFormat, withTimeout } from './changes.ts';
import { dropUndone } from './datasets.ts';
import { Refused, storeFailure } from './failures.ts';
import { documentRecords, homeRecords, textRecords } from './record-kinds/documents.ts';
import type { RecordKind } from './record-kinds/kind.ts';
import {
	modelEventRecords,
	modelMetricRecords,
	modelRecords,
	modelRunRecords,
	modelVersionRecords
} from './record-kinds/models.ts';
import { runRecords } from './record-kinds/runs.ts';
import { verdictRecords } from './record-kinds/verdicts.ts';
import type { HomeRow, WorkspaceDb } from './schema.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Stored<T> = Promise<Result<T, StoreFailure>>;

export type RecordAdoption = {
	readonly changes: readonly RecordChange[];
	/** Files that the changed records name, and that must be here. */
	readonly files: readonly ObjectId[];
	readonly base: BaseChange;
	readonly atMs: number;
};

export type RecordRows = {
	readonly rules: readonly RecordRule[];
	/** By their keys, all at one moment. */
	local(): Stored<ReadonlyMap<string, Encodable>>;
	base(): Stored<RecordBase>;
	/** Refused as `moved` when a record is not as it was read, or a file is not here. */
	adopt(adoption: RecordAdoption): Stored<void>;
	agree(base: BaseChange): Stored<void>;
	storedFiles(ids: readonly ObjectId[]): Stored<ReadonlySet<ObjectId>>;
	fileBytes(id: ObjectId): Stored<Bytes | null>;
	addFile(id: ObjectId, bytes: Bytes): Stored<void>;
	/** The devices on which documents do something by themselves, as far as that was said. */
	homes(): Stored<readonly HomeRow[]>;
	saveHome(home: HomeRow): Stored<void>;
	/** What this device was called in workspaces that it left. */
	formerly(): Stored<readonly string[]>;
};

/** Documents before what names them. */
const kinds: readonly RecordKind[] = [
	textRecords,
	documentRecords,
	homeRecords,
	verdictRecords,
	runRecords,
	modelRunRecords,
	modelMetricRecords,
	modelRecords,
	modelVersionRecords,
	modelEventRecords
];
const byKind = new Map(kinds.map((kind) => [kind.kind, kind]));

const BASE = 'sync-records';
const FORMERLY = 'sync-formerly';

export function createRecordRows(db: WorkspaceDb): RecordRows {
	const tables = [...new Set(kinds.flatMap((kind) => kind.tables(db)))];
	const told = ['catalogue', 'models', 'runs'].map((what) => new BroadcastChannel(`${db.name}:${what}`));
	return {
		rules: kinds,
		local: () =>
			attempt(() =>
				db.transaction('r', tables, async () => {
					const records = new Map<string, Encodable>();
					for (const kind of kinds) for (const [key, value] of await kind.read(db)) records.set(key, value);
					return records;
				})
			),
		base: () =>
			attempt(() =>
				db.transaction('r', [db.syncPages, db.settings], async () => {
					const of = (await db.settings.get(BASE))?.value as Omit<RecordBase, 'pages'> | undefined;
					return of ? { ...of, pages: await db.syncPages.toArray() } : NO_BASE;
				})
			),
		adopt: async (adoption) => {
			const all = [...tables, db.objects, db.syncPages, db.settings];
			// See `adopt` of the datasets for why it is an async function.
			const work = async (): Promise<void> => {
				await adoptInto(db, adoption);
			};
			const adopted = await attempt(() => withTimeout(db.transaction('rw', all, work)));
			if (!adopted.ok) return adopted;
			for (const channel of told) channel.postMessage('changed');
			tellAlertsChanged(db);
			return adopted;
		},
		agree: (base) => attempt(() => db.transaction('rw', [db.syncPages, db.settings], async () => putBase(db, base))),
		storedFiles: (ids) =>
			attempt(async () => {
				const stored = await db.objects
					.where('id')
					.anyOf([...ids])
					.primaryKeys();
				return new Set(stored);
			}),
		fileBytes: (id) =>
			attempt(async () => {
				const row = await db.objects.get(id);
				return row ? new Uint8Array(await row.blob.arrayBuffer()) : null;
			}),
		addFile: (id, bytes) =>
			attempt(async () => {
				await db.objects.put({ id, blob: new Blob([bytes]) });
			}),
		homes: () => attempt(() => db.documentHomes.toArray()),
		saveHome: async (home) => {
			const saved = await attempt(async () => {
				await db.documentHomes.put(home);
			});
			if (saved.ok) for (const channel of told) channel.postMessage('changed');
			return saved;
		},
		formerly: () => attempt(async () => ((await db.settings.get(FORMERLY))?.value as string[] | undefined) ?? [])
	};
}

async function adoptInto(db: WorkspaceDb, { changes, files, base, atMs }: RecordAdoption): Promise<void> {
	await refuseNewerFormat(db);
	const known = changes.flatMap((change) => {
		const kind = byKind.get(kindOf(change.key));
		return kind ? [{ ...change, kind }] : [];
	});
	for (const { key, kind, before } of known) {
		// What is only ever added to has nothing that could be written over.
		if (before === null && kind.isLasting) continue;
		const now = await kind.get(db, key);
		if ((now === null ? null : printOfValue(now)) !== before) throw new Refused({ kind: 'moved', name: key });
	}
	const there = await db.objects
		.where('id')
		.anyOf([...files])
		.count();
	if (there !== new Set(files).size) throw new Refused({ kind: 'moved', name: 'a file of a model' });
	// Names are free before they are taken.
	for (const kind of new Set(known.map((one) => one.kind)))
		await kind.ready?.(
			db,
			known.flatMap((one) => (one.kind === kind ? [one.key] : []))
		);
	for (const { key, kind, after } of known) if (after === null) await kind.drop(db, key, atMs);
	for (const { key, kind, after } of known) if (after !== null) await kind.put(db, key, after, atMs);
	for (const kind of new Set(known.map((one) => one.kind))) await kind.tidy?.(db);
	if (known.some(({ kind }) => kind === documentRecords)) await dropUndone(db);
	await putBase(db, base);
}

async function putBase(db: WorkspaceDb, { put, drop, ...of }: BaseChange): Promise<void> {
	await db.syncPages.bulkDelete([...drop]);
	await db.syncPages.bulkPut([...put]);
	await db.settings.put({ key: BASE, value: of });
}

/** Inside a transaction over both tables and the settings. Where documents are at home is forgotten with the workspace. */
export async function forgetRecords(db: WorkspaceDb, device: string): Promise<void> {
	await db.syncPages.clear();
	await db.settings.delete(BASE);
	const before = ((await db.settings.get(FORMERLY))?.value as string[] | undefined) ?? [];
	await db.settings.put({ key: FORMERLY, value: [...new Set([...before, device])].slice(-20) });
}

async function attempt<T>(work: () => PromiseLike<T>): Stored<T> {
	try {
		return ok(await work());
	} catch (error) {
		return err(error instanceof Refused ? error.failure : storeFailure(error, 0));
	}
}
