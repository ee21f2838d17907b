// Makes what a run trained the next version of a registered model; reads what a run kept of its held-out rows.
import { decodeUtf8 } from '../core/check/sketch/utf8.ts';
import { modelRunId, type ModelRunId } from '../core/ids.ts';
import { readEvaluation, type RunEvaluation } from '../core/model/registry/evaluation-text.ts';
import type { ModelRun } from '../core/model/registry/model-run.ts';
import { parseModelName, type ModelVersion } from '../core/model/registry/registered-model.ts';
import { parseOnnxHeader } from '../core/onnx/header.ts';
import { signatureOf } from '../core/onnx/signature.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readAuthor } from './author.ts';
import type { Effects } from './effects.ts';
import { readModelFile } from './resolve-model.ts';
import type { ServeFailure } from './serve-model.ts';

export async function registerModel(
	input: { readonly run: string; readonly name: string; readonly description?: string | undefined },
	effects: Effects
): Promise<Result<ModelVersion, ServeFailure>> {
	const name = parseModelName(input.name);
	if (!name.ok) return name;
	const found = await readArtifact(modelRunId(input.run), 'onnx', effects);
	if (!found.ok) return found;
	const { run, bytes, object } = found.value;
	if (run.removedAtMs !== undefined) return err({ kind: 'unknown-model-run', run: run.id });
	const header = parseOnnxHeader(bytes);
	if (!header.ok) return header;
	const signature = signatureOf(header.value);
	if (!signature.ok) return signature;
	const author = await readAuthor(effects);
	if (!author.ok) return author;
	const atMs = effects.now();
	const description = input.description ?? '';
	return effects.models.addVersion(
		{
			model: name.value,
			onnx: object,
			sizeBytes: bytes.length,
			signature: signature.value,
			run: run.id,
			repairs: [],
			description,
			createdAtMs: atMs
		},
		[],
		{ kind: 'registered', who: author.value || null, why: description, atMs }
	);
}

/** What held-out rows showed: metrics with intervals, curves, importance, and where it is worst. */
export async function evaluationOf(
	run: string,
	effects: Pick<Effects, 'models' | 'sha256'>
): Promise<Result<RunEvaluation, ServeFailure>> {
	const found = await readArtifact(modelRunId(run), 'evaluation', effects);
	if (!found.ok) return found;
	const { bytes } = found.value;
	return ok(readEvaluation(decodeUtf8(bytes, 0, bytes.length, Infinity)));
}

/** What a run kept under a name; its bytes are what their hash says. */
export async function readArtifact(id: ModelRunId, name: string, effects: Pick<Effects, 'models' | 'sha256'>) {
	const run = await effects.models.run(id);
	if (!run.ok) return run;
	if (!run.value) return err({ kind: 'unknown-model-run', run: id });
	const artifact = run.value.artifacts.find((one) => one.name === name);
	const known = run.value.artifacts.map((one) => one.name);
	if (!artifact && run.value.state === 'finished') return err({ kind: 'unknown-artifact', name, known });
	if (!artifact) return err({ kind: 'model-run-unfinished', run: id });
	const bytes = await readModelFile({ model: run.value.name, onnx: artifact.object }, effects);
	if (!bytes.ok) return bytes;
	const found: {
		readonly run: ModelRun;
		readonly bytes: Uint8Array<ArrayBuffer>;
		readonly object: typeof artifact.object;
	} = {
		run: run.value,
		bytes: bytes.value,
		object: artifact.object
	};
	return ok(found);
}
