// Registers an ONNX file: read and mended, then tried in the runtime before anything is stored.
import { objectId } from '../core/ids.ts';
import { parseModelName, type ModelVersion, type RegistryFailure } from '../core/model/registry/registered-model.ts';
import { parseOnnxHeader, type OnnxHeader } from '../core/onnx/header.ts';
import { repairOnnx } from '../core/onnx/repair.ts';
import { signatureOf } from '../core/onnx/signature.ts';
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

export async function importModel(
	{ name, bytes, description = '', signal }: ImportModelInput,
	effects: Effects
): Promise<Result<ImportedModel, ServeFailure | RegistryFailure>> {
	const parsed = parseModelName(name);
	if (!parsed.ok) return parsed;
	const repaired = repairOnnx(bytes);
	if (!repaired.ok) return repaired;
	const header = parseOnnxHeader(repaired.value.bytes);
	if (!header.ok) return header;
	const signature = signatureOf(header.value);
	if (!signature.ok) return signature;
	return asJob(effects.jobs, `Import ${parsed.value}`, signal, async (job) => {
		const onnx = objectId(await effects.sha256(repaired.value.bytes));
		const opened = await withSession(job.signal, effects, (session) => session.api.open(onnx, repaired.value.bytes));
		if (!opened.ok) return job.signal.aborted ? err({ kind: 'cancelled' }) : opened;
		const author = await readAuthor(effects);
		if (!author.ok) return author;
		const atMs = effects.now();
		const added = await effects.models.addVersion(
			{
				model: parsed.value,
				onnx,
				sizeBytes: repaired.value.bytes.length,
				signature: signature.value,
				run: null,
				repairs: repaired.value.repairs,
				description,
				createdAtMs: atMs
			},
			[{ id: onnx, bytes: repaired.value.bytes }],
			{ kind: 'imported', who: author.value || null, why: description, atMs }
		);
		return added.ok ? ok({ version: added.value, header: header.value }) : added;
	});
}
