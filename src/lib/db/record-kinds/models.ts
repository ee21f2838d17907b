// Models, their versions, what was done to them, and the training runs that made them, as records. Their files stand beside them.
import type { Encodable } from '#core/encoding.ts';
import type { MetricSteps, ModelRun } from '#core/model/registry/model-run.ts';
import type { ModelVersion, RegisteredModel } from '#core/model/registry/registered-model.ts';
import { eventKey, versionKey, type EventRecord } from '#core/sync/merge-models.ts';
import { modelEventRule, modelMetricRule, modelRule, modelRunRule, modelVersionRule } from '#core/sync/record-rules.ts';
import { fromRecordValue, piecesOfKey, recordKey, toRecordValue } from '#core/sync/record-value.ts';
import type { WorkspaceDb } from '../schema.ts';
import type { RecordKind } from './kind.ts';

export const modelRecords: RecordKind = {
	...modelRule,
	tables: (db) => [db.models],
	read: async (db) =>
		(await db.models.toArray()).map(({ key, ...model }) => [recordKey(modelRule.kind, key), toRecordValue(model)]),
	get: async (db, key) => {
		const row = await db.models.get(piecesOfKey(key)[0] ?? '');
		if (!row) return null;
		const { key: _key, ...model } = row;
		return toRecordValue(model);
	},
	put: async (db, key, value) => {
		await db.models.put({ ...(fromRecordValue(value) as RegisteredModel), key: piecesOfKey(key)[0] ?? '' });
	},
	drop: (db, key) => db.models.delete(piecesOfKey(key)[0] ?? '')
};

export const modelVersionRecords: RecordKind = {
	...modelVersionRule,
	tables: (db) => [db.modelVersions],
	read: async (db) =>
		(await db.modelVersions.toArray()).map((version) => [versionKey(version), toRecordValue(version)]),
	get: async (db, key) => {
		const version = await versionAt(db, key);
		return version ? toRecordValue(version) : null;
	},
	put: async (db, key, value) => {
		const before = await versionAt(db, key);
		if (before) await db.modelVersions.delete([before.model, before.number]);
		await db.modelVersions.put(fromRecordValue(value) as ModelVersion);
	},
	drop: async (db, key) => {
		const before = await versionAt(db, key);
		if (before) await db.modelVersions.delete([before.model, before.number]);
	}
};

/** Its row is found by the model's name as it is written. */
async function versionAt(db: WorkspaceDb, key: string): Promise<ModelVersion | undefined> {
	const [model = '', number] = piecesOfKey(key);
	const all = await db.modelVersions.where('model').equalsIgnoreCase(model).toArray();
	return all.find((one) => one.number === Number(number));
}

export const modelEventRecords: RecordKind = {
	...modelEventRule,
	tables: (db) => [db.modelEvents],
	read: async (db) =>
		(await db.modelEvents.toArray()).map(({ seq: _seq, ...event }) => [eventKey(event), toRecordValue(event)]),
	get: async (db, key) => {
		const rows = await eventsAt(db, key);
		const [first] = rows;
		if (!first) return null;
		const { seq: _seq, ...event } = first;
		return toRecordValue(event);
	},
	put: async (db, _key, value) => {
		await db.modelEvents.add(fromRecordValue(value) as EventRecord);
	},
	drop: async (db, key) => {
		await db.modelEvents.bulkDelete((await eventsAt(db, key)).map(({ seq }) => seq));
	},
	// They are told by their number: what came from elsewhere takes its place among them.
	tidy: async (db) => {
		const events = await db.modelEvents.orderBy('seq').toArray();
		const sorted = events.toSorted((one, other) => one.atMs - other.atMs);
		if (sorted.every((event, at) => event === events[at])) return;
		await db.modelEvents.clear();
		await db.modelEvents.bulkAdd(sorted.map(({ seq: _seq, ...event }) => event));
	}
};

async function eventsAt(db: WorkspaceDb, key: string) {
	const [model = ''] = piecesOfKey(key);
	const rows = await db.modelEvents.where('model').equalsIgnoreCase(model).toArray();
	return rows.filter(({ seq: _seq, ...event }) => eventKey(event) === key);
}

export const modelRunRecords: RecordKind = {
	...modelRunRule,
	tables: (db) => [db.modelRuns],
	read: async (db) =>
		(await db.modelRuns.toArray())
			.filter(({ state }) => state !== 'running')
			.map((run) => [recordKey(modelRunRule.kind, run.id), toRecordValue(run)]),
	changed: async (db, { modelRuns: ids = [] }) => {
		if (!ids) return null;
		const keys = ids.map((id) => recordKey(modelRunRule.kind, id as string));
		return new Map(await Promise.all(keys.map(async (key) => [key, await modelRunRecords.get(db, key)] as const)));
	},
	get: async (db, key) => {
		const run = await db.modelRuns.get(piecesOfKey(key)[0] ?? '');
		return run && run.state !== 'running' ? toRecordValue(run) : null;
	},
	put: async (db, _key, value) => {
		await db.modelRuns.put(fromRecordValue(value) as ModelRun);
	},
	drop: (db, key) => db.modelRuns.delete(piecesOfKey(key)[0] ?? '')
};

export const modelMetricRecords: RecordKind = {
	...modelMetricRule,
	tables: (db) => [db.modelMetrics, db.modelRuns],
	read: async (db) => {
		const running = new Set(await db.modelRuns.filter(({ state }) => state === 'running').primaryKeys());
		const all = await db.modelMetrics.filter(({ run }) => !running.has(run)).toArray();
		return all.map((steps) => [recordKey(modelMetricRule.kind, steps.run, steps.metric), toRecordValue(steps)]);
	},
	changed: async (db, { modelRuns = [], modelMetrics = [] }) => {
		if (!modelRuns || !modelMetrics) return null;
		// Those of a run are none before it has ended.
		const ofRuns = await db.modelMetrics
			.where('run')
			.anyOf(modelRuns as string[])
			.primaryKeys();
		const changed = new Map<string, Encodable | null>();
		for (const [run, metric] of [...ofRuns, ...(modelMetrics as [string, string][])]) {
			const key = recordKey(modelMetricRule.kind, run, metric);
			const isRunning = (await db.modelRuns.get(run))?.state === 'running';
			changed.set(key, isRunning ? null : await modelMetricRecords.get(db, key));
		}
		return changed;
	},
	get: async (db, key) => {
		const [run = '', metric = ''] = piecesOfKey(key);
		const steps = await db.modelMetrics.get([run, metric]);
		return steps ? toRecordValue(steps) : null;
	},
	put: async (db, _key, value) => {
		await db.modelMetrics.put(fromRecordValue(value) as MetricSteps);
	},
	drop: async (db, key) => {
		const [run = '', metric = ''] = piecesOfKey(key);
		await db.modelMetrics.delete([run, metric]);
	}
};
