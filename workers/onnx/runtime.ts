// ONNX Runtime Web from our own origin, loaded when a model is first opened.
import * as ort from 'onnxruntime-web/wasm';
import glueUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

export type Runtime = Pick<typeof ort, 'InferenceSession' | 'Tensor'>;

/** One thread: with more, sums are added in another order, and equal rows get answers that differ in their last bits. */
export function loadRuntime(): Runtime {
	ort.env.wasm.wasmPaths = {
		wasm: new URL(wasmUrl, self.location.href).href,
		mjs: new URL(glueUrl, self.location.href).href
	};
	ort.env.wasm.numThreads = 1;
	ort.env.logLevel = 'error';
	return ort;
}
