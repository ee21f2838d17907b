// Registers an ONNX file: read and mended, then tried in the runtime before anything is stored.
import { objectId } from '../core/ids.ts';
import { parseModelName, type ModelVersion, type RegistryFailure } from '../core/model/registry/registered-model.ts';
import { openForeign, type ForeignModel } from '../core/onnx/foreign.ts';
import type { OnnxFileFailure, OnnxHeader } from '../core/onnx/header.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readAuthor } from './author.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { withSession, type ServeFailure } from './serve-model.ts';

export type ImportModelInput = {
	readonly name: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly description?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type ImportedModel = { readonly version: ModelVersion; readonly header: OnnxHeader };

/** What a file is, before it is registered or tried. */
export type ReadModelFile = Pick<ForeignModel, 'header' | 'signature' | 'repairs'>;

export async function readModelFile(file: Blob): Promise<Result<ReadModelFile, OnnxFileFailure>> {
	const opened = openForeign(new Uint8Array(await file.arrayBuffer()));
	if (!opened.ok) return opened;
	const { header, signature, repairs } = opened.value;
	return ok({ header, signature, repairs });
}

export async function importModel(
	{ name, bytes, description = '', signal }: ImportModelInput,
	effects: Effects
): Promise<Result<ImportedModel, ServeFailure | RegistryFailure>> {
	const parsed = parseModelName(name);
	if (!parsed.ok) return parsed;
	const opened = openForeign(bytes);
	if (!opened.ok) return opened;
	const { header, signature, repairs, bytes: mended } = opened.value;
	return asJob(effects.jobs, `Import ${parsed.value}`, signal, async (job) => {
		const onnx = objectId(await effects.sha256(mended));
		const tried = await withSession(job.signal, effects, (session) => session.api.open(onnx, mended));
		if (!tried.ok) return job.signal.aborted ? err({ kind: 'cancelled' }) : tried;
		const author = await readAuthor(effects);
		if (!author.ok) return author;
		const atMs = effects.now();
		const added = await effects.models.addVersion(
			{
				model: parsed.value,
				onnx,
				sizeBytes: mended.length,
				signature,
				run: null,
				repairs,
				description,
				createdAtMs: atMs
			},
			[{ id: onnx, bytes: mended }],
			{ kind: 'imported', who: author.value || null, why: description, atMs }
		);
		return added.ok ? ok({ version: added.value, header }) : added;
	});
}
