// Runs the tests of a pipeline's steps, without running any of the steps.
import type { ModelTestOutcome } from '../core/pipeline/run-record.ts';
import { err, ok, type Result } from '../core/result.ts';
import { prepareRun, type RunPipelineFailure } from './run-pipeline.ts';
import type { RunnerEffects } from './runner-effects.ts';
import { testStep } from './test-model.ts';

/** All tests of a pipeline, or of one step; what fails is an outcome. */
export async function testPipeline(
	input: {
		readonly name: string;
		/** Left out, the one that is saved under the name. */
		readonly text?: string | undefined;
		readonly step?: string | undefined;
		readonly params?: Readonly<Record<string, unknown>> | undefined;
	},
	runner: RunnerEffects
): Promise<Result<readonly ModelTestOutcome[], RunPipelineFailure | UnknownStep>> {
	const prepared = await prepareRun({ ...input, isForTests: true }, runner);
	if (!prepared.ok) return prepared;
	const { pipeline, record } = prepared.value;
	const known = pipeline.steps.map(({ id }) => id);
	if (input.step !== undefined && !known.includes(input.step))
		return err({ kind: 'unknown-step', step: input.step, known });
	const outcomes: ModelTestOutcome[] = [];
	for (const { id, work } of pipeline.steps) {
		if (work.kind !== 'transform' || (input.step !== undefined && id !== input.step)) continue;
		outcomes.push(...(await testStep({ step: id, work, pipeline, run: record }, runner)));
	}
	return ok(outcomes);
}

type UnknownStep = { readonly kind: 'unknown-step'; readonly step: string; readonly known: readonly string[] };
