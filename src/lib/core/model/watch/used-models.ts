// The models that a version's lineage names, as `predict` in its query asked them.
import * as v from 'valibot';
import { objectId } from '../../ids.ts';
import type { Lineage } from '../../version/version.ts';
import type { ModelVersion } from '../registry/registered-model.ts';

const usedShape = v.array(v.object({ model: v.string(), number: v.number(), onnx: v.string() }));

export function usedModels({
	parameters
}: Pick<Lineage, 'parameters'>): readonly Pick<ModelVersion, 'model' | 'number' | 'onnx'>[] {
	const parsed = v.safeParse(usedShape, parameters?.['models']);
	return parsed.success ? parsed.output.map((one) => ({ ...one, onnx: objectId(one.onnx) })) : [];
}
