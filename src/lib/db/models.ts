// Training runs, registered models and their bytes in IndexedDB. A version lands with its bytes and its event, or not at all.
import { objectId, type ModelRunId, type ObjectId } from '#core/ids.ts';
import type { ModelsWithFiles, StoredObject } from '#core/backup/backup-models.ts';
import type { LabelSource } from '#core/model/watch/performance-sql.ts';
import type { MetricSteps, ModelRun, ModelStage } from '#core/model/registry/model-run.ts';
import type {
	ModelEvent,
	ModelVersion,
	RegisteredModel,
	RegistryFailure
} from '#core/model/registry/registered-model.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { storeFailure } from './failures.ts';
import { setRemoved, type Removal } from './model-removal.ts';
import type { ModelRow, WorkspaceDb } from './schema.ts';

/** Everything at one moment. */
export type Registry = {
	readonly models: readonly RegisteredModel[];
	readonly versions: readonly ModelVersion[];
	/** Oldest first. */
	readonly events: readonly ModelEvent[];
	/** Versions that were removed, and can be brought back. */
	readonly removed: readonly ModelVersion[];
};

/** Who does something, and why. */
export type Said = Pick<ModelEvent, 'who' | 'why' | 'atMs'>;

export type NewObject = StoredObject;

export type ModelStore = {
	registry(): Promise<Result<Registry, StoreFailure>>;
	/** Newest first, without those that were removed. */
	runs(): Promise<Result<readonly ModelRun[], StoreFailure>>;
	/** Those that were removed, newest first. */
	removedRuns(): Promise<Result<readonly ModelRun[], StoreFailure>>;
	/** One that was removed too: versions that were registered from it stand on it. */
	run(id: ModelRunId): Promise<Result<ModelRun | null, StoreFailure>>;
	/** With the bytes of artifacts that are new, and metrics in the place of those of the same name. */
	saveRun(
		run: ModelRun,
		more?: { readonly metrics?: readonly MetricSteps[]; readonly objects?: readonly NewObject[] }
	): Promise<Result<void, StoreFailure>>;
	metrics(run: ModelRunId): Promise<Result<readonly MetricSteps[], StoreFailure>>;
	/** Everything, for a backup. */
	stored(): Promise<Result<ModelsWithFiles, StoreFailure>>;
	/** Null when it is not stored. */
	object(id: ObjectId): Promise<Result<Uint8Array<ArrayBuffer> | null, StoreFailure>>;
	/** The next version of a model, which is made when there is none. */
	addVersion(
		version: Omit<ModelVersion, 'number' | 'stage'>,
		objects: readonly NewObject[],
		said: Said & { readonly kind: 'registered' | 'imported' }
	): Promise<Result<ModelVersion, StoreFailure>>;
	/** One version is in Production: what was there becomes Archived. Fails: unknown-model-version */
	setStage(
		version: Pick<ModelVersion, 'model' | 'number'>,
		stage: ModelStage,
		said: Said & { readonly kind: 'stage' | 'rolled-back' }
	): Promise<Result<ModelVersion, StoreFailure | RegistryFailure>>;
	/** Null takes the alias away. */
	setAlias(
		model: string,
		alias: string,
		number: number | null,
		said: Said
	): Promise<Result<void, StoreFailure | RegistryFailure>>;
	/** Where labels come from; null forgets that. Fails: unknown-model */
	setLabels(
		model: string,
		labels: LabelSource | null,
		said: Said
	): Promise<Result<void, StoreFailure | RegistryFailure>>;
	/**
	 * Takes versions out of sight, or brings them back, or lets removed ones go for good with what only they held. Null is all of a model,
	 * which goes and comes with them. Its numbers are never given again. Fails: unknown-model-version · model-in-production
	 */
	setRemoved(
		which: { readonly model: string; readonly number: number | null },
		what: Removal,
		said: Said
	): Promise<Result<void, StoreFailure | RegistryFailure>>;
	/** Told after any tab, this one too, wrote. Returns the stop function. */
	watch(onChange: () => void): () => void;
};

export function createModelStore(db: WorkspaceDb): ModelStore {
	const channel = new BroadcastChannel(channelOf(db));
	const listeners = new Set<() => void>();
	const tell = (): void => {
		for (const listener of listeners) listener();
	};
	channel.onmessage = tell;
	const tables = modelTables(db);
	const change = async <T>(work: () => Promise<T>, neededBytes = 0): Promise<Result<T, StoreFailure>> => {
		const written = await attempt(() => db.transaction('rw', tables, work), neededBytes);
		if (written.ok) {
			channel.postMessage('changed');
			tell();
		}
		return written;
	};
	const sizeOf = (objects: readonly NewObject[]): number => objects.reduce((sum, { bytes }) => sum + bytes.length, 0);
	return {
		registry: () =>
			attempt(() =>
				db.transaction('r', tables, async () => {
					const models = (await db.models.orderBy('key').toArray()).map(({ key: _key, ...model }) => model);
					const versions = await db.modelVersions.toArray();
					return {
						models: models.filter(({ removedAtMs }) => removedAtMs === undefined),
						versions: versions.filter(({ removedAtMs }) => removedAtMs === undefined),
						removed: versions.filter(({ removedAtMs }) => removedAtMs !== undefined),
						events: await db.modelEvents.orderBy('seq').toArray()
					};
				})
			),
		runs: () => attempt(() => runsOf(db, false)),
		removedRuns: () => attempt(() => runsOf(db, true)),
		run: (id) => attempt(async () => (await db.modelRuns.get(id)) ?? null),
		saveRun: (run, { metrics = [], objects = [] } = {}) =>
			change(async () => {
				const before = await db.modelRuns.get(run.id);
				await putObjects(db, objects);
				await db.modelMetrics.bulkPut([...metrics]);
				// Whoever trains it does not know that it was removed meanwhile.
				await db.modelRuns.put(before?.removedAtMs === undefined ? run : { ...run, removedAtMs: before.removedAtMs });
				const kept = new Set(run.artifacts.map(({ object }) => object));
				if (before?.artifacts.some(({ object }) => !kept.has(object))) await dropUnheld(db);
			}, sizeOf(objects)),
		metrics: (run) => attempt(() => db.modelMetrics.where('run').equals(run).toArray()),
		stored: () =>
			attempt(async () => {
				const [stored, rows] = await db.transaction(
					'r',
					tables,
					async () =>
						[
							{
								runs: await db.modelRuns.toArray(),
								metrics: await db.modelMetrics.toArray(),
								models: (await db.models.orderBy('key').toArray()).map(({ key: _key, ...model }) => model),
								versions: await db.modelVersions.toArray(),
								events: await db.modelEvents.orderBy('seq').toArray()
							},
							await db.objects.toArray()
						] as const
				);
				const objects: NewObject[] = [];
				for (const { id, blob } of rows) objects.push({ id, bytes: new Uint8Array(await blob.arrayBuffer()) });
				return { ...stored, objects };
			}),
		object: (id) =>
			attempt(async () => {
				const row = await db.objects.get(id);
				return row ? new Uint8Array(await row.blob.arrayBuffer()) : null;
			}),
		addVersion: (given, objects, { kind, ...said }) =>
			change(async () => {
				const key = given.model.toLowerCase();
				const known = await db.models.get(key);
				const fresh: ModelRow = { key, name: given.model, aliases: {}, createdAtMs: given.createdAtMs };
				const { removedAtMs, ...model } = known ?? fresh;
				const number = await nextNumber(db, model.name);
				const version: ModelVersion = { ...given, model: model.name, number, stage: 'None' };
				if (!known || removedAtMs !== undefined) await db.models.put(model);
				await putObjects(db, objects);
				await db.modelVersions.add(version);
				await db.modelEvents.add({ ...said, kind, model: model.name, number, from: null, to: null });
				return version;
			}, sizeOf(objects)),
		setStage: async ({ model, number }, stage, { kind, ...said }) => {
			const set = await change(async () => {
				const version = await db.modelVersions.get([model, number]);
				if (!version) return null;
				const event = { ...said, model };
				const others = await db.modelVersions.where('model').equals(model).toArray();
				const leaving = others.filter((one) => one.stage === 'Production' && one.number !== number);
				for (const one of stage === 'Production' ? leaving : []) {
					await db.modelVersions.put({ ...one, stage: 'Archived' });
					await db.modelEvents.add({ ...event, kind, number: one.number, from: 'Production', to: 'Archived' });
				}
				await db.modelVersions.put({ ...version, stage });
				await db.modelEvents.add({ ...event, kind, number, from: version.stage, to: stage });
				return { ...version, stage };
			});
			if (!set.ok) return set;
			return set.value ? ok(set.value) : unknownVersion(model, number);
		},
		setAlias: async (name, alias, number, said) => {
			const set = await change(async () => {
				const model = await db.models.get(name.toLowerCase());
				const isThere = number === null || (await db.modelVersions.get([model?.name ?? name, number])) !== undefined;
				if (!model || !isThere) return false;
				const from = model.aliases[alias];
				const { [alias]: _before, ...others } = model.aliases;
				await db.models.put({ ...model, aliases: number === null ? others : { ...others, [alias]: number } });
				const to = number === null ? null : alias;
				await db.modelEvents.add({
					...said,
					kind: 'alias',
					model: model.name,
					number: number ?? from ?? 0,
					from: from === undefined ? null : `${alias} → ${from}`,
					to
				});
				return true;
			});
			if (!set.ok) return set;
			return set.value ? ok(undefined) : unknownVersion(name, number ?? 0);
		},
		setLabels: async (name, labels, said) => {
			const set = await change(async () => {
				const known = await db.models.get(name.toLowerCase());
				if (!known) return false;
				const { labels: before, ...model } = known;
				await db.models.put(labels ? { ...model, labels } : model);
				const told = (source: LabelSource | null): string | null =>
					source && `${source.label}, found by ${source.key.join(', ')}`;
				const [from, to] = [told(before ?? null), told(labels)];
				await db.modelEvents.add({ ...said, kind: 'labels', model: model.name, number: 0, from, to });
				return true;
			});
			if (!set.ok) return set;
			return set.value ? ok(undefined) : err({ kind: 'unknown-model', model: name, known: [] });
		},
		setRemoved: async (which, what, said) => {
			const done = await change(() => setRemoved(db, which, what, said));
			if (!done.ok) return done;
			if (what === 'deleted' && done.value.ok) {
				const dropped = await change(() => dropUnheld(db));
				if (!dropped.ok) return dropped;
			}
			return done.value;
		},
		watch: (onChange) => {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		}
	};
}

/** Told by whoever wrote these tables in a transaction of others. */
export function tellModelsChanged(db: WorkspaceDb): void {
	const channel = new BroadcastChannel(channelOf(db));
	channel.postMessage('changed');
	channel.close();
}

function channelOf({ name }: WorkspaceDb): string {
	return `${name}:models`;
}

function runsOf(db: WorkspaceDb, isRemoved: boolean): Promise<ModelRun[]> {
	const newestFirst = db.modelRuns.orderBy('startedAtMs').reverse();
	return newestFirst.filter(({ removedAtMs }) => (removedAtMs !== undefined) === isRemoved).toArray();
}

export function modelTables(db: WorkspaceDb) {
	return [db.objects, db.modelRuns, db.modelMetrics, db.models, db.modelVersions, db.modelEvents];
}

/** Inside a transaction over those tables; the names of the models are free. */
export async function restoreModels(db: WorkspaceDb, stored: ModelsWithFiles): Promise<void> {
	const { runs, metrics, models, versions, events, objects } = stored;
	await putObjects(db, objects);
	await db.modelRuns.bulkPut([...runs]);
	await db.modelMetrics.bulkPut([...metrics]);
	await db.models.bulkAdd(models.map((model) => ({ ...model, key: model.name.toLowerCase() })));
	await db.modelVersions.bulkAdd([...versions]);
	for (const { seq: _seq, ...event } of events) await db.modelEvents.add(event);
}

function unknownVersion(model: string, number: number): Result<never, RegistryFailure> {
	return err({ kind: 'unknown-model-version', model, version: String(number) });
}

async function putObjects(db: WorkspaceDb, objects: readonly NewObject[]): Promise<void> {
	await db.objects.bulkPut(objects.map(({ id, bytes }) => ({ id, blob: new Blob([bytes]) })));
}

/** Inside a transaction. Numbers of versions that were let go stand in events. */
async function nextNumber(db: WorkspaceDb, model: string): Promise<number> {
	const own = await db.modelVersions.where('model').equals(model).toArray();
	const told = await db.modelEvents.where('model').equals(model).toArray();
	return Math.max(0, ...own.map(({ number }) => number), ...told.map(({ number }) => number)) + 1;
}

/** Inside a transaction: bytes that neither a run nor a version names. */
export async function dropUnheld(db: WorkspaceDb): Promise<void> {
	const held = new Set<string>();
	await db.modelVersions.each(({ onnx }) => void held.add(onnx));
	await db.modelRuns.each(({ artifacts }) => artifacts.forEach(({ object }) => held.add(object)));
	const stored = await db.objects.toCollection().primaryKeys();
	await db.objects.bulkDelete(stored.filter((id) => !held.has(id)).map(objectId));
}

async function attempt<T>(work: () => PromiseLike<T>, neededBytes = 0): Promise<Result<T, StoreFailure>> {
	try {
		return ok(await work());
	} catch (error) {
		return err(storeFailure(error, neededBytes));
	}
}
