// Puts the real engine, store and clock behind the runner of pipelines.
import { parsePipeline } from '../core/pipeline/parse-pipeline.ts';
import type { Breakers } from './breakers.ts';
import type { Effects } from './effects.ts';
import { pipelineText } from './pipelines.ts';
import type { RunnerEffects } from './runner-effects.ts';
import { createStepWorker } from './step-worker.ts';

/** For one call: what it learns of the engine holds for as long. Breakers are shared by all calls of a page. */
export function createRunner(effects: Effects, breakers: Breakers): RunnerEffects {
	const { runs, lock, now, random, randomId, sleep, sha256 } = effects;
	return {
		...{ runs, lock, now, random, randomId, sleep, sha256, breakers },
		worker: createStepWorker(effects),
		parse: parsePipeline,
		pipelineText: (name) => pipelineText(name, effects)
	};
}
