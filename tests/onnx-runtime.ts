// ONNX Runtime Web in Node, as the worker loads it in a browser.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as ort from 'onnxruntime-web/wasm';
import type { Runtime } from '#workers/onnx/runtime.ts';

export function loadNodeRuntime(): Runtime {
	const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
	const url = (file: string): string => pathToFileURL(join(folder, file)).href;
	ort.env.wasm.wasmPaths = { wasm: url('ort-wasm-simd-threaded.wasm'), mjs: url('ort-wasm-simd-threaded.mjs') };
	ort.env.wasm.numThreads = 1;
	ort.env.logLevel = 'error';
	return ort;
}
