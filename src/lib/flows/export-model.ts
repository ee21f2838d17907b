// Takes a version of a model away: its ONNX file, an MLflow folder as a ZIP, or a card in Markdown.
import { ZipFile } from '../core/export/zip-file.ts';
import { mlflowFiles } from '../core/model/registry/mlflow-folder.ts';
import { modelCard } from '../core/model/registry/model-card.ts';
import type { ModelVersion } from '../core/model/registry/registered-model.ts';
import { mlflowOnnx } from '../core/onnx/mlflow-graph.ts';
import { ok, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';
import { evaluationOf } from './register-model.ts';
import { findModel, readModelFile } from './resolve-model.ts';
import type { ServeFailure } from './serve-model.ts';

export const modelFormats = ['onnx', 'mlflow', 'card'] as const;
export type ModelFormat = (typeof modelFormats)[number];

export type ExportedModel = { readonly fileName: string; readonly blob: Blob; readonly version: ModelVersion };

export async function exportModel(
	{ reference, format }: { readonly reference: string; readonly format: ModelFormat },
	effects: Pick<Effects, 'models' | 'sha256' | 'now'>
): Promise<Result<ExportedModel, ServeFailure>> {
	const found = await findModel(reference, effects);
	if (!found.ok) return found;
	const version = found.value;
	const name = `${version.model.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-')}-v${version.number}`;
	const run = version.run === null ? ok(null) : await effects.models.run(version.run);
	if (!run.ok) return run;
	if (format === 'card') {
		const registry = await effects.models.registry();
		if (!registry.ok) return registry;
		const own = registry.value.events.filter(
			({ model, number }) => model === version.model && number === version.number
		);
		const told = run.value ? await evaluationOf(run.value.id, effects) : null;
		if (told && !told.ok && told.error.kind !== 'unknown-artifact') return told;
		const evaluation = told?.ok ? told.value.report.evaluation : null;
		const card = modelCard(version, { run: run.value, evaluation, events: own });
		return ok({ fileName: `${name}.md`, blob: new Blob([card], { type: 'text/markdown' }), version });
	}
	const bytes = await readModelFile(version, effects);
	if (!bytes.ok) return bytes;
	if (format === 'onnx')
		return ok({
			fileName: `${name}.onnx`,
			blob: new Blob([bytes.value], { type: 'application/octet-stream' }),
			version
		});
	const zip = new ZipFile(effects.now());
	const encoder = new TextEncoder();
	for (const { path, text } of mlflowFiles(version, run.value)) {
		zip.begin(`${name}/${path}`);
		zip.add(encoder.encode(text));
	}
	zip.begin(`${name}/model.onnx`);
	zip.add(mlflowOnnx(bytes.value, version.signature, version.run === null ? 'elsewhere' : 'here'));
	zip.end();
	return ok({ fileName: `${name}-mlflow.zip`, blob: new Blob([...zip.take()], { type: 'application/zip' }), version });
}
