// Records in the store: all of them at one moment, as they were agreed on last, and their change by what came from elsewhere, which
// lands whole in one strict transaction with what was agreed on.
import type { Encodable } from '#core/encoding.ts';
import type { ObjectId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { RecordChange } from '#core/sync/merge-records.ts';
import { NO_BASE, type BaseChange, type LookedAt, type RecordBase } from '#core/sync/record-base.ts';
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
import { editionRecords, shareRecords } from './record-kinds/shares.ts';
import { verdictRecords } from './record-kinds/verdicts.ts';
import { changedRows, MARK } from './record-mark.ts';
import type { HomeRow, WorkspaceDb } from './schema.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Stored<T> = Promise<Result<T, StoreFailure>>;

export type RecordAdoption = {
	readonly changes: readonly RecordChange[];
	/** Files that the changed records name, and that must be here. */
	readonly files: readonly ObjectId[];
	/** `inStep` where all that is here then is on the edge; the mark of it is known only here. */
	readonly base: Omit<BaseChange, 'inStep'> & { readonly inStep: LookedAt | null };
	/** As `local` told it. */
	readonly mark: string;
	readonly atMs: number;
};

/** How records stand, without reading them. */
export type RecordStanding = { readonly mark: string; readonly base: Omit<RecordBase, 'pages'> };
export type LocalRecords = { readonly mark: string; readonly records: ReadonlyMap<string, Encodable> };

/** Of the kinds that `changed` tells of, what changed, null where one is none any more; of all others `records` are all. */
export type LocalChanges = LocalRecords & {
	readonly kinds: ReadonlySet<string>;
	readonly changed: ReadonlyMap<string, Encodable | null>;
};

export type RecordRows = {
	readonly rules: readonly RecordRule[];
	standing(): Stored<RecordStanding>;
	/** By their keys, all at one moment; of these kinds, or of all. */
	local(kinds?: readonly string[]): Stored<LocalRecords>;
	/** What changed after the mark was `since`; null where that is not known any more. */
	changes(since: string): Stored<LocalChanges | null>;
	base(): Stored<RecordBase>;
	/** Refused as `moved` when a record is not as it was read, or a file is not here. Answers the mark of what is here then; null where something else changed, too. */
	adopt(adoption: RecordAdoption): Stored<string | null>;
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
	modelEventRecords,
	shareRecords,
	editionRecords
];
const byKind = new Map(kinds.map((kind) => [kind.kind, kind]));

const BASE = 'sync-records';
const FORMERLY = 'sync-formerly';

export function createRecordRows(db: WorkspaceDb): RecordRows {
	const tables = [...new Set(kinds.flatMap((kind) => kind.tables(db)))];
	const told = ['catalogue', 'models', 'runs'].map((what) => new BroadcastChannel(`${db.name}:${what}`));
	return {
		rules: kinds,
		standing: () =>
			attempt(() =>
				db.transaction('r', db.settings, async () => ({ mark: await readMark(db), base: await readBase(db) }))
			),
		local: (only) =>
			attempt(() =>
				db.transaction('r', [...tables, db.settings], async () => {
					const records = new Map<string, Encodable>();
					for (const kind of kinds)
						if (only?.includes(kind.kind) ?? true)
							for (const [key, value] of await kind.read(db)) records.set(key, value);
					return { mark: await readMark(db), records };
				})
			),
		changes: (since) =>
			attempt(() =>
				db.transaction('r', [...tables, db.settings], async () => {
					const rows = await changedRows(db, since);
					if (!rows) return null;
					const [told, changed] = [new Set<string>(), new Map<string, Encodable | null>()];
					const records = new Map<string, Encodable>();
					for (const kind of kinds) {
						const own = await kind.changed?.(db, rows);
						if (own) told.add(kind.kind);
						for (const [key, value] of own ?? []) changed.set(key, value);
						for (const [key, value] of own ? [] : await kind.read(db)) records.set(key, value);
					}
					return { mark: await readMark(db), kinds: told, changed, records };
				})
			),
		base: () =>
			attempt(() =>
				db.transaction('r', [db.syncPages, db.settings], async () => ({
					...(await readBase(db)),
					pages: await db.syncPages.toArray()
				}))
			),
		adopt: async (adoption) => {
			const all = [...tables, db.objects, db.syncPages, db.settings];
			// See `adopt` of the datasets for why it is an async function.
			const work = async (): Promise<string | null> => adoptInto(db, adoption);
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

async function adoptInto(db: WorkspaceDb, adoption: RecordAdoption): Promise<string | null> {
	const { changes, files, base, atMs } = adoption;
	await refuseNewerFormat(db);
	const isAsRead = (await readMark(db)) === adoption.mark;
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
	const mark = isAsRead ? await readMark(db) : null;
	await putBase(db, { ...base, inStep: base.inStep && mark !== null ? { mark, ...base.inStep } : null });
	return mark;
}

/** Empty before any record changed. */
async function readMark(db: WorkspaceDb): Promise<string> {
	return ((await db.settings.get(MARK))?.value as string | undefined) ?? '';
}

async function readBase(db: WorkspaceDb): Promise<Omit<RecordBase, 'pages'>> {
	const { pages: _none, ...none } = NO_BASE;
	// An earlier Weir kept no mark.
	return { ...none, ...((await db.settings.get(BASE))?.value as Partial<RecordBase> | undefined) };
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
