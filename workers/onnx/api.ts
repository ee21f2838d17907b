// The ONNX worker's interface: models in ONNX Runtime, by their hash. Types only.
import type { OnnxFailure } from '#core/onnx/failure.ts';
import type { ModelSignature } from '#core/onnx/signature.ts';
import type { Result } from '#core/result.ts';

export type OnnxApi = {
	/**
	 * Readies a model; one that is ready stays. The memory that models take is given back when the worker ends.
	 *
	 * Owner: `bytes` are copied into the runtime
	 */
	open(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<Result<void, OnnxFailure>>;
	/**
	 * Answers of an open model as an Arrow IPC stream, typed as `answerColumns` says.
	 *
	 * Owner: `arrow`, an Arrow IPC stream of the columns `c0`, `c1`, … of the signature, is transferred; so is the answer
	 */
	predict(
		hash: string,
		signature: ModelSignature,
		arrow: Uint8Array<ArrayBuffer>
	): Promise<Result<Uint8Array<ArrayBuffer>, OnnxFailure>>;
};
