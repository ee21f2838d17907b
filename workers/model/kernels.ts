// The compiled kernel of this worker, and the threads that help it.
import type { MakeKernel } from '#core/model/boosting/kernel.ts';
import type { SumTrees } from '#core/model/predict.ts';
import { MEMORY_MAX_BYTES, makeMemory } from './kernel/exports.ts';
import kernelUrl from './kernel/kernel.wasm?url';
import { createScorer } from './kernel/scorer.ts';
import { layoutOf, wasmKernel } from './kernel/wasm-kernel.ts';

export type Kernels = {
	readonly sumTrees: SumTrees;
	employ(ports: readonly MessagePort[]): void;
	threadsFor(rowCount: number): number;
	/** Throws `RowsTooLarge` where there is no memory for the rows. */
	makeKernel(threads: number): MakeKernel;
};

/** Thrown through the training, which knows nothing of memory; caught where it was begun. */
export class RowsTooLarge extends Error {
	readonly sizeBytes: number;
	constructor(sizeBytes: number) {
		super(`no memory for ${sizeBytes} bytes of rows`);
		this.sizeBytes = sizeBytes;
	}
}

/** With fewer rows, threads wait for each other longer than they save. */
const THREADED_ROWS = 200_000;

export async function openKernels(): Promise<Kernels> {
	const module = await WebAssembly.compileStreaming(fetch(kernelUrl));
	let employed: readonly MessagePort[] = [];
	return {
		sumTrees: createScorer(module),
		employ: (ports) => {
			employed = ports;
		},
		threadsFor: (rowCount) => (rowCount < THREADED_ROWS ? 1 : 1 + employed.length),
		makeKernel: (threads) => (shape) => {
			const layout = layoutOf(shape, threads);
			const memory = memoryOf(layout.sizeBytes);
			return wasmKernel(module, shape, layout, memory, (given) => employed[given.thread - 1]?.postMessage(given));
		}
	};
}

function memoryOf(sizeBytes: number): WebAssembly.Memory {
	if (sizeBytes > MEMORY_MAX_BYTES) throw new RowsTooLarge(sizeBytes);
	try {
		return makeMemory(sizeBytes);
	} catch (thrown) {
		if (thrown instanceof RangeError) throw new RowsTooLarge(sizeBytes);
		throw thrown;
	}
}
