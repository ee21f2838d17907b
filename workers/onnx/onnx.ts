// Models in ONNX Runtime: opened once by their hash, asked batch by batch.
import { transfer } from 'comlink';
import type { InferenceSession } from 'onnxruntime-web/wasm';
import { answerArrow } from '#core/onnx/answer-arrow.ts';
import { answersOf, outputsRead } from '#core/onnx/answers.ts';
import { err, ok } from '#core/result.ts';
import type { OnnxApi } from './api.ts';
import { inputTensors, outputValues } from './tensors.ts';
import type { Runtime } from './runtime.ts';

export function createOnnx(load: () => Runtime): OnnxApi {
	let runtime: Runtime | null = null;
	const sessions = new Map<string, InferenceSession>();
	return {
		open: async (hash, bytes) => {
			if (sessions.has(hash)) return ok(undefined);
			runtime ??= load();
			try {
				const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all' } as const;
				sessions.set(hash, await runtime.InferenceSession.create(bytes, options));
				return ok(undefined);
			} catch (error) {
				return err({ kind: 'onnx-refused', reason: reasonOf(error) });
			}
		},
		predict: async (hash, signature, arrow) => {
			const session = sessions.get(hash);
			if (!runtime || !session) return err({ kind: 'onnx-failed', reason: 'the model is not open' });
			const { rowCount, tensors } = inputTensors(signature, arrow, runtime);
			try {
				const outputs = await session.run(tensors, outputsRead(signature));
				const values = outputValues(outputs, rowCount);
				const answers = answerArrow(answersOf(signature, values, rowCount));
				return ok(transfer(answers, [answers.buffer]));
			} catch (error) {
				return err({ kind: 'onnx-failed', reason: reasonOf(error) });
			}
		}
	};
}

function reasonOf(error: unknown): string {
	const words = error instanceof Error ? error.message : String(error);
	// What stands before it says how the runtime was called.
	return words.replace(/^.*ERROR_MESSAGE: /s, '').trim();
}
