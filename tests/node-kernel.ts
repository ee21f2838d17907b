// The WebAssembly kernel in Node, with as many threads as are asked for.
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { MakeKernel } from '#core/model/boosting/kernel.ts';
import { makeMemory } from '#workers/model/kernel/exports.ts';
import { layoutOf, wasmKernel } from '#workers/model/kernel/wasm-kernel.ts';

export const kernelModule = new WebAssembly.Module(
	readFileSync(new URL('../workers/model/kernel/kernel.wasm', import.meta.url))
);

export const oneThread: MakeKernel = (shape) => {
	const layout = layoutOf(shape, 1);
	return wasmKernel(kernelModule, shape, layout, makeMemory(layout.sizeBytes), () => undefined);
};

/** Threads live until `end`. */
export async function startThreads(count: number): Promise<{ readonly makeKernel: MakeKernel; end(): Promise<void> }> {
	const others = Array.from({ length: count - 1 }, () => new Worker(new URL('./kernel-thread.ts', import.meta.url)));
	await Promise.all(others.map((other) => new Promise((resolve) => void other.once('message', resolve))));
	return {
		makeKernel: (shape) => {
			const layout = layoutOf(shape, count);
			const memory = makeMemory(layout.sizeBytes);
			return wasmKernel(kernelModule, shape, layout, memory, (given) => others[given.thread - 1]?.postMessage(given));
		},
		end: async () => {
			await Promise.all(others.map((other) => other.terminate()));
		}
	};
}
