// Who answers for a version of a model: our own scorer where it says what the file does to the bit, else the file in ONNX Runtime.
import { decodeModel } from '../core/model/model-bytes.ts';
import { isExact } from '../core/model/predict.ts';
import type { ModelVersion } from '../core/model/registry/registered-model.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { KeptModel } from '#workers/model/api.ts';
import type { OnnxSession } from '../threads/onnx-session.ts';
import type { Effects } from './effects.ts';
import { readModelFile } from './resolve-model.ts';
import type { ServeFailure } from './serve-model.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type Answerer = {
	/** Rows it is asked about at a time. */
	readonly batchRows: number;
	/** Rows as `modelInputSql` gives them, answers as `answerColumns` says; both are Arrow IPC streams, and transferred. */
	readonly answer: (arrow: Bytes) => Promise<Result<Bytes, ServeFailure>>;
};

/** Of thousands of sets of categories, each is a feature. */
const ONNX_ROWS = 8192;
/** Some megabytes of ten columns. */
const OWN_ROWS = 131_072;

type AnswerEffects = Pick<Effects, 'models' | 'sha256' | 'trainer'>;

/** `byOnnx` asks the file itself in any case. */
export async function answererOf(
	version: ModelVersion,
	session: OnnxSession,
	effects: AnswerEffects,
	byOnnx = false
): Promise<Result<Answerer, ServeFailure>> {
	const own = byOnnx ? ok(null) : await exactModel(version, effects);
	if (!own.ok) return own;
	const { signature, onnx } = version;
	if (own.value) {
		const model = own.value;
		return ok({ batchRows: OWN_ROWS, answer: (arrow) => effects.trainer.answer(model, signature, arrow) });
	}
	const bytes = await readModelFile(version, effects);
	if (!bytes.ok) return bytes;
	const opened = await session.api.open(onnx, bytes.value);
	if (!opened.ok) return opened;
	return ok({ batchRows: ONNX_ROWS, answer: (arrow) => session.api.predict(onnx, signature, arrow) });
}

/** What its run kept of it; null where there is none, or the scorer may tell other bits than the file. */
async function exactModel(
	version: ModelVersion,
	effects: AnswerEffects
): Promise<Result<KeptModel | null, ServeFailure>> {
	const run = version.run === null ? ok(null) : await effects.models.run(version.run);
	if (!run.ok) return run;
	const artifacts = run.value?.artifacts ?? [];
	const isOfFile = artifacts.some(({ name, object }) => name === 'onnx' && object === version.onnx);
	const kept = artifacts.find(({ name }) => name === 'model');
	if (!kept || !isOfFile) return ok(null);
	const bytes = await readModelFile({ model: version.model, onnx: kept.object }, effects);
	if (!bytes.ok) return bytes;
	const model = decodeModel(bytes.value);
	if (!model.ok) return err({ kind: 'damaged-model', model: version.model });
	return ok(isExact(model.value.predictor) ? { hash: kept.object, bytes: bytes.value } : null);
}
