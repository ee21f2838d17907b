// MLflow folders of models of some kinds, as an export has them: what Python says of them is what we say.
import { objectId } from '#core/ids.ts';
import { mlflowFiles } from '#core/model/registry/mlflow-folder.ts';
import { modelToOnnx } from '#core/onnx/model-graph.ts';
import { mlflowOnnx } from '#core/onnx/mlflow-graph.ts';
import { modelsOfEveryKind, type NamedModel } from './onnx-models.ts';

const exported = ['trees', 'trees-multiclass', 'sets', 'logistic', 'centers'];

export type MlflowModel = NamedModel & {
	readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
};

export function mlflowModels(): readonly MlflowModel[] {
	return modelsOfEveryKind()
		.filter(({ name }) => exported.includes(name))
		.map(({ name, model }) => {
			const { bytes, signature } = modelToOnnx(model, { name, threshold: 0.5, metadata: {} });
			const version = {
				model: `${name} of "Zürich"`,
				number: 2,
				stage: 'Production' as const,
				onnx: objectId('0'.repeat(64)),
				sizeBytes: bytes.length,
				signature,
				run: null,
				repairs: [],
				description: '',
				createdAtMs: 1_764_000_000_123
			};
			const texts = mlflowFiles(version, null).map(({ path, text }) => ({
				path,
				bytes: new TextEncoder().encode(text)
			}));
			return { name, model, files: [...texts, { path: 'model.onnx', bytes: mlflowOnnx(bytes, signature) }] };
		});
}
