// Finds a registered model by a reference, and its file by its hash.
import {
	parseModelReference,
	resolveModel,
	type ModelVersion,
	type RegistryFailure
} from '../core/model/registry/registered-model.ts';
import type { ObjectId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import { findPredictions } from '../core/sql/find-predictions.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

export type ResolveModelFailure = StoreFailure | RegistryFailure;

/** `reference` is a name, with an alias, a stage or a number if need be. */
export async function findModel(
	reference: string,
	effects: Pick<Effects, 'models'>
): Promise<Result<ModelVersion, ResolveModelFailure>> {
	const registry = await effects.models.registry();
	if (!registry.ok) return registry;
	const { models, versions } = registry.value;
	return resolveModel(parseModelReference(reference), models, versions);
}

/** Bytes are what their hash says, or the model is damaged. */
export async function readModelFile(
	{ model, onnx }: { readonly model: string; readonly onnx: ObjectId },
	effects: Pick<Effects, 'models' | 'sha256'>
): Promise<Result<Uint8Array<ArrayBuffer>, ResolveModelFailure>> {
	const bytes = await effects.models.object(onnx);
	if (!bytes.ok) return bytes;
	if (!bytes.value || (await effects.sha256(bytes.value)) !== onnx) return err({ kind: 'damaged-model', model });
	return ok(bytes.value);
}

/** Hashes of the files of all models that a text asks, in their order; null when it asks none. */
export async function modelsAsked(
	sql: string,
	effects: Pick<Effects, 'models'>
): Promise<Result<string | null, ResolveModelFailure | SqlFailure>> {
	const found = findPredictions(sql);
	if (!found.ok) return found;
	const hashes: string[] = [];
	for (const { model } of found.value.flatMap(({ calls }) => calls)) {
		const version = await findModel(model, effects);
		if (!version.ok) return version;
		hashes.push(version.value.onnx);
	}
	return ok(hashes.length === 0 ? null : hashes.join(' '));
}
