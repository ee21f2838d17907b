// A version of a model as MLflow keeps one: a folder that `mlflow.onnx` and `mlflow.pyfunc` load.
import { classOutput } from '../../onnx/mlflow-graph.ts';
import type { ModelSignature, SignatureColumn } from '../../onnx/signature.ts';
import type { ModelRun } from './model-run.ts';
import type { ModelVersion } from './registered-model.ts';

export type TextFile = { readonly path: string; readonly text: string };

/** Of `float`, MLflow refuses the float64 that pandas has; where the file takes float32, it casts a `double` itself. */
const mlflowTypes: Readonly<Record<SignatureColumn['kind'], string>> = {
	number: 'double',
	whole: 'long',
	boolean: 'double',
	date: 'double',
	text: 'string'
};

/**
 * All files but `model.onnx`.
 *
 * Source: MLflow 3, "MLmodel format" and `mlflow.onnx`.
 */
export function mlflowFiles(version: ModelVersion, run: ModelRun | null): readonly TextFile[] {
	const { signature, createdAtMs, run: runId, model, number } = version;
	const inputs = signature.columns.map(({ name, kind }) => ({ type: mlflowTypes[kind], name, required: true }));
	const mlmodel = [
		'artifact_path: model',
		'flavors:',
		'  onnx:',
		'    code: null',
		'    data: model.onnx',
		'    onnx_session_options: {intra_op_num_threads: 1}',
		'    onnx_version: 1.17.0',
		'    providers: [CPUExecutionProvider]',
		'  python_function:',
		'    data: model.onnx',
		'    env: {conda: conda.yaml, virtualenv: python_env.yaml}',
		'    loader_module: mlflow.onnx',
		`metadata: ${JSON.stringify({ registered_model: model, version: number, ...(run ? { metrics: run.metrics } : {}) })}`,
		...(runId === null ? [] : [`run_id: ${JSON.stringify(runId)}`]),
		'signature:',
		`  inputs: ${quoted(inputs)}`,
		`  outputs: ${quoted(outputsOf(signature))}`,
		`utc_time_created: '${new Date(createdAtMs).toISOString().slice(0, 23).replace('T', ' ')}'`
	];
	return [
		{ path: 'MLmodel', text: `${mlmodel.join('\n')}\n` },
		{ path: 'requirements.txt', text: 'mlflow\nonnx\nonnxruntime\npandas<3\n' },
		{ path: 'python_env.yaml', text: 'python: "3.12"\ndependencies:\n- -r requirements.txt\n' },
		{
			path: 'conda.yaml',
			text: 'channels:\n- conda-forge\ndependencies:\n- python=3.12\n- pip\n- pip:\n  - mlflow\n  - onnx\n  - onnxruntime\n  - pandas<3\nname: mlflow-env\n'
		}
	];
}

function outputsOf({ answer }: ModelSignature): readonly object[] {
	const tensor = (name: string, dtype: string, shape: readonly number[]) => ({
		name,
		type: 'tensor',
		'tensor-spec': { dtype, shape }
	});
	if (answer.kind === 'number') return [tensor(answer.output, 'float32', [-1, 1])];
	return [
		...(answer.label === null ? [] : [tensor(answer.label, 'str', [-1])]),
		...(answer.probabilities === null ? [] : answer.classes.map((label) => tensor(classOutput(label), 'float32', [-1])))
	];
}

/** JSON within YAML, as MLflow writes it. */
function quoted(value: readonly object[]): string {
	return `'${JSON.stringify(value).replaceAll("'", "''")}'`;
}
