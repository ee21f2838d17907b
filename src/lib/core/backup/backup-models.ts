// Runs, registered models and their files in a backup: as they are stored, with names that are free where it is restored.
import * as v from 'valibot';
import type { ObjectId, VersionId } from '../ids.ts';
import type { MetricSteps, ModelRun } from '../model/registry/model-run.ts';
import type { ModelEvent, ModelVersion, RegisteredModel } from '../model/registry/registered-model.ts';
import { freeName } from '../version/dataset-name.ts';

export type StoredModels = {
	readonly runs: readonly ModelRun[];
	readonly metrics: readonly MetricSteps[];
	readonly models: readonly RegisteredModel[];
	readonly versions: readonly ModelVersion[];
	/** Oldest first. */
	readonly events: readonly ModelEvent[];
};

export type StoredObject = { readonly id: ObjectId; readonly bytes: Uint8Array<ArrayBuffer> };
export type ModelsWithFiles = StoredModels & { readonly objects: readonly StoredObject[] };

/** In the header: JSON, since metrics may be numbers that have no canonical bytes, and the files. */
export type BackupModels = { readonly json: string; readonly objects: readonly StoredObject[] };

export function writeBackupModels({ objects, ...stored }: ModelsWithFiles): BackupModels {
	return { json: JSON.stringify(stored), objects };
}

export const backupModelsShape = v.object({
	json: v.string(),
	objects: v.array(v.object({ id: v.string(), bytes: v.instance(Uint8Array) }))
});

const named = v.looseObject({ model: v.string(), number: v.pipe(v.number(), v.integer()) });
const storedShape = v.object({
	runs: v.array(
		v.looseObject({
			id: v.string(),
			experiment: v.string(),
			data: v.looseObject({ inputs: v.array(v.looseObject({ version: v.string() })) })
		})
	),
	metrics: v.array(v.looseObject({ run: v.string(), metric: v.string() })),
	models: v.array(v.looseObject({ name: v.string(), aliases: v.record(v.string(), v.number()) })),
	versions: v.array(named),
	events: v.array(named)
});

/** Null where it cannot be read. */
export function parseBackupModels({ json, objects }: BackupModels): ModelsWithFiles | null {
	const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), storedShape), json);
	// The shapes above are those of the types, as far as anything relies on them before they are shown.
	return parsed.success ? { ...(parsed.output as unknown as StoredModels), objects } : null;
}

/** Under names that nobody has taken there, and of the versions as they are called there. */
export function renamedModels(
	models: ModelsWithFiles,
	taken: readonly string[],
	versionOf: (old: VersionId) => VersionId
): ModelsWithFiles {
	const names = new Map<string, string>();
	for (const { name } of models.models) names.set(name, freeName(name, [...taken, ...names.values()]));
	const nameOf = (name: string): string => names.get(name) ?? name;
	return {
		...models,
		models: models.models.map((one) => ({ ...one, name: nameOf(one.name) })),
		versions: models.versions.map((one) => ({ ...one, model: nameOf(one.model) })),
		events: models.events.map((one) => ({ ...one, model: nameOf(one.model) })),
		runs: models.runs.map((run) => {
			const inputs = run.data.inputs.map((input) => ({ ...input, version: versionOf(input.version) }));
			return { ...run, data: { ...run.data, inputs } };
		})
	};
}
