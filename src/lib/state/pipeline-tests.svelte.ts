// The tests of an open pipeline, run on their own over its text as it stands, saved or not.
import type { Failure } from '#core/failure.ts';
import type { ModelTestOutcome } from '#core/pipeline/run-record.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { asJob } from '#lib/flows/jobs.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { testPipeline } from '#lib/flows/test-pipeline.ts';

type Ran = {
	readonly outcome: ModelTestOutcome;
	/** What the step said then: an outcome holds for nothing else. */
	readonly of: string;
};

export class PipelineTests {
	#ran = $state.raw<ReadonlyMap<string, Ran>>(new Map());
	/** The step whose tests run; empty is all of them. */
	#running = $state.raw<string | null>(null);
	#failure = $state.raw<Failure | null>(null);
	readonly #effects: Effects;

	constructor(effects: Effects) {
		this.#effects = effects;
	}

	get isRunning(): boolean {
		return this.#running !== null;
	}
	/** Why they could not be run at all. */
	get failure(): Failure | null {
		return this.#failure;
	}
	/** Null until it ran, and again once its step was changed. `of` is what the step says; its tests are counted from 0. */
	outcomeOf(step: string, test: number, of: string): ModelTestOutcome | null {
		const ran = this.#ran.get(`${step} ${test}`);
		return ran?.of === of ? ran.outcome : null;
	}

	/** `saidBy` tells what each step says. */
	async run(
		pipeline: { readonly name: string; readonly text: string; readonly saidBy: (step: string) => string },
		step: string | null
	): Promise<void> {
		if (this.#running !== null) return;
		this.#running = step ?? '';
		const { name, text } = pipeline;
		const runner = createRunner(this.#effects, new Breakers(this.#effects));
		const tested = await asJob(this.#effects.jobs, `Test ${name}`, undefined, () =>
			testPipeline({ name, text, ...(step === null ? {} : { step }) }, runner)
		);
		this.#running = null;
		this.#failure = tested.ok ? null : tested.error;
		if (!tested.ok) return;
		const ran = new Map(this.#ran);
		for (const [at, outcome] of tested.value.entries()) {
			const first = tested.value.findIndex((one) => one.step === outcome.step);
			ran.set(`${outcome.step} ${at - first}`, { outcome, of: pipeline.saidBy(outcome.step) });
		}
		this.#ran = ran;
	}
}
