// The workspace's IndexedDB: tables, their keys, and the numbered versions of their shape.
import Dexie, { type Table, type Transaction } from 'dexie';
import type { Delivery } from '#core/alert/delivery.ts';
import type { Incident } from '#core/alert/incident.ts';
import type { SuiteVerdict } from '#core/check/verdict.ts';
import type { Document, DocumentOperation, DocumentVersion } from '#core/document/document.ts';
import type { MetricSteps, ModelRun } from '#core/model/registry/model-run.ts';
import type { RunOperation } from '#core/model/registry/run-operation.ts';
import type { ModelEvent, ModelVersion, RegisteredModel } from '#core/model/registry/registered-model.ts';
import type { DatasetId, DocumentId, ObjectId, PackId, PartId, SegmentId } from '#core/ids.ts';
import type { BreakerRecord } from '#core/pipeline/breaker-record.ts';
import type { AttemptRecord, OutputRecord, RunRecord, StepPiece } from '#core/pipeline/run-record.ts';
import type { ColumnProfile } from '#core/profile/profile.ts';
import type { KeptEdition } from '#core/share/kept-edition.ts';
import type { KeptShare } from '#core/share/kept-share.ts';
import type { BasePage } from '#core/sync/record-base.ts';
import type { SyncSpace } from '#core/sync/sync-space.ts';
import type { CollectedVersion } from '#core/version/history.ts';
import type { Place } from '#core/version/pack.ts';
import type { Segment } from '#core/version/segment.ts';
import {
	FIRST_BRANCH,
	UNPATCHED_FORMAT,
	VERSION_FORMAT,
	type Dataset,
	type DatasetOperation,
	type Operation,
	type Version
} from '#core/version/version.ts';
import type { WorkingCopy } from '#core/version/working-copy.ts';
import { markRecords } from './record-mark.ts';

/** The stored format's newest number: a workspace gets it with the first version that needs it. An older page then refuses to write. */
export const STORED_FORMAT = VERSION_FORMAT;
/** Of a workspace without such a version. */
export const FIRST_FORMAT = UNPATCHED_FORMAT;

/** `Omit` would melt the union. */
type NewOperation = Omit<DatasetOperation, 'seq'> | Omit<DocumentOperation, 'seq'> | Omit<RunOperation, 'seq'>;
/** Bytes under their own hash. */
type ObjectRow = { readonly id: ObjectId; readonly blob: Blob };
/** `key` is the name in lower case. */
export type ModelRow = RegisteredModel & { readonly key: string };
type PackRow = { readonly id: PackId; readonly blob: Blob };
/** `key` is the name in lower case, so that no two datasets differ by case alone. */
export type DatasetRow = Dataset & { readonly key: string };

export function withoutKey({ key: _key, ...dataset }: DatasetRow): Dataset {
	return dataset;
}
/** `key` is the kind and the name in lower case. */
export type DocumentRow = Document & { readonly key: string };
/** `key` is the suite's name in lower case. */
export type VerdictRow = SuiteVerdict & { readonly key: string };
/** Derived from rows: what is lost is built again. See `SketchKey`; a version's own is under `version/` and its id. */
type SketchRow = { readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> };
type ProfileRow = { readonly version: string; readonly column: string; readonly profile: ColumnProfile };
/** The objects that something was sealed as, under a wrapped key. */
type SealedRow = { readonly key: string; readonly name: string; readonly objects: readonly string[] };
/** The device on which a document does something by itself. */
export type HomeRow = { readonly document: DocumentId; readonly device: string; readonly name: string };
type SettingRow = { readonly key: string; readonly value: unknown };
/** Of an edition, as its readers have it. */
type BundleRow = { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer> };

export class WorkspaceDb extends Dexie {
	/** Of format 1 alone; empty once its versions are taken over. */
	declare readonly parts: Table<{ readonly id: string; readonly blob: Blob }, string>;
	declare readonly packs: Table<PackRow, PackId>;
	declare readonly places: Table<Place, PartId>;
	declare readonly segments: Table<Segment, SegmentId>;
	declare readonly versions: Table<Version, string>;
	/** What stays of versions that were let go. */
	declare readonly collected: Table<CollectedVersion, [string, string]>;
	declare readonly datasets: Table<DatasetRow, string>;
	declare readonly operations: Table<Operation, number, NewOperation>;
	declare readonly profiles: Table<ProfileRow, [string, string]>;
	declare readonly settings: Table<SettingRow, string>;
	declare readonly workingCopies: Table<WorkingCopy, [string, string]>;
	declare readonly runs: Table<RunRecord, string>;
	declare readonly attempts: Table<AttemptRecord, [string, string, number]>;
	declare readonly outputs: Table<OutputRecord, [string, string, string]>;
	declare readonly pieces: Table<StepPiece, [string, string, number]>;
	declare readonly breakers: Table<BreakerRecord, string>;
	declare readonly documents: Table<DocumentRow, string>;
	declare readonly documentVersions: Table<DocumentVersion, string>;
	declare readonly verdicts: Table<VerdictRow, [string, string]>;
	declare readonly sketches: Table<SketchRow, string>;
	declare readonly incidents: Table<Incident, string>;
	declare readonly deliveries: Table<Delivery, string>;
	declare readonly objects: Table<ObjectRow, ObjectId>;
	declare readonly modelRuns: Table<ModelRun, string>;
	declare readonly modelMetrics: Table<MetricSteps, [string, string]>;
	declare readonly models: Table<ModelRow, string>;
	declare readonly modelVersions: Table<ModelVersion, [string, number]>;
	declare readonly modelEvents: Table<ModelEvent, number, Omit<ModelEvent, 'seq'>>;
	declare readonly syncSpaces: Table<SyncSpace, DatasetId>;
	declare readonly syncSealed: Table<SealedRow, [string, string]>;
	declare readonly syncPages: Table<BasePage, string>;
	declare readonly documentHomes: Table<HomeRow, DocumentId>;
	declare readonly shares: Table<KeptShare, string>;
	declare readonly editions: Table<KeptEdition, string>;
	/** Beside them, so that a list of editions reads no rows. */
	declare readonly editionBundles: Table<BundleRow, string>;

	/** `strict`: a commit is acknowledged when the disk has it; the default tears it on power loss. */
	constructor(name = 'weir') {
		super(name, { chromeTransactionDurability: 'strict' });
		markRecords(this);
		this.version(1).stores({
			parts: 'id',
			versions: 'id, dataset',
			datasets: 'id, &key',
			operations: '++seq',
			profiles: '[version+column], version',
			settings: 'key'
		});
		this.version(2).stores({ packs: 'id', places: 'id', segments: 'id' });
		this.version(3).upgrade(async (transaction) => {
			await transaction.table('datasets').toCollection().modify(addBranches);
			await transaction
				.table('operations')
				.toCollection()
				.modify(({ before, after }: { before: object | null; after: object | null }) => {
					if (before) addBranches(before);
					if (after) addBranches(after);
				});
		});
		this.version(4).stores({ workingCopies: '[dataset+branch]' });
		this.version(5).stores({ collected: '[dataset+id], dataset' });
		this.version(6).stores({
			runs: 'id, state, startedAtMs, [pipeline+startedAtMs]',
			attempts: '[run+step+attempt], run',
			outputs: '[pipeline+step+fingerprint], [pipeline+step]',
			breakers: 'source'
		});
		this.version(7).stores({ documents: 'id, &key', documentVersions: 'id, document' });
		this.version(8).stores({ verdicts: '[version+key], version, dataset' });
		this.version(9).stores({ sketches: 'key' });
		this.version(10).stores({ incidents: 'id, state, sinceMs', deliveries: 'id, state, createdAtMs' });
		this.version(11).stores({
			objects: 'id',
			modelRuns: 'id, experiment, startedAtMs',
			modelMetrics: '[run+metric], run',
			models: 'key',
			modelVersions: '[model+number], model',
			modelEvents: '++seq, model'
		});
		this.version(12).stores({ pieces: '[run+step+startRow]' });
		this.version(13).stores({ syncSpaces: 'space', syncSealed: '[key+name]' });
		this.version(14).stores({ syncPages: 'path', documentHomes: 'document' });
		this.version(15)
			.stores({ shares: 'share', editions: 'id', editionBundles: 'id' })
			.upgrade(async (transaction) => {
				await moveSettings(transaction, 'share/', 'shares', (_id, value) => value);
				await moveSettings(transaction, 'edition/', 'editions', (_id, value) => value);
				await moveSettings(transaction, 'edition-bundle/', 'editionBundles', (id, bytes) => ({ id, bytes }));
			});
	}
}

/** Links and editions were settings before, which are each device's own. */
async function moveSettings(
	transaction: Transaction,
	prefix: string,
	table: string,
	rowOf: (id: string, value: unknown) => unknown
): Promise<void> {
	const rows = (await transaction.table('settings').where('key').startsWith(prefix).toArray()) as readonly SettingRow[];
	await transaction.table(table).bulkPut(rows.map(({ key, value }) => rowOf(key.slice(prefix.length), value)));
	await transaction.table('settings').bulkDelete(rows.map(({ key }) => key));
}

/** Datasets had one line of versions and no tags before. */
function addBranches(dataset: object): void {
	Object.assign(dataset, { branch: FIRST_BRANCH, branches: {}, tags: {}, ...dataset });
}
