// Runs of pipelines: begun, replayed and cancelled from the page; told of in every tab.
import type { Fault } from '#core/pipeline/fault.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import type { PipelineConsole } from '#lib/flows/console-pipeline-types.ts';
import { asJob } from '#lib/flows/jobs.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { prepareReplay } from '#lib/flows/replay-run.ts';
import { runPipeline, type RunPipelineInput } from '#lib/flows/run-pipeline.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { PipelineRun } from './pipeline-run.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/** Steps tell of themselves often; the page looks at most so often. */
const LOOK_MS = 120;

export type RunChoice = {
	readonly params: Readonly<Record<string, unknown>>;
	readonly environment: string | null;
	/** Runs also steps whose output stands. */
	readonly isForced: boolean;
	/** Runs the tests of each step before it. */
	readonly isTested: boolean;
	/** A test tool: what it is to meet. */
	readonly faults?: readonly Fault[];
};

export class PipelineRuns {
	readonly verbs: PipelineConsole;
	#open = $state.raw<PipelineRun | null>(null);
	readonly #listeners = new Set<() => void>();
	readonly #breakers: Breakers;
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, verbs: PipelineConsole, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.verbs = verbs;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
		this.#breakers = new Breakers(effects);
		let isDue = false;
		effects.runs.watch(() => {
			if (isDue) return;
			isDue = true;
			setTimeout(() => {
				isDue = false;
				for (const listener of this.#listeners) listener();
			}, LOOK_MS);
		});
		this.watch(() => void this.#open?.refresh());
	}

	get open(): PipelineRun | null {
		return this.#open;
	}

	/** Told a moment after a run changed, in this tab or another. */
	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async show(id: string | null): Promise<void> {
		if (id === this.#open?.id) return;
		this.#open?.close();
		this.#open = id === null ? null : new PipelineRun(id, this.#effects, this.verbs);
		await this.#open?.refresh();
	}

	/** Answers at once with the id that the run has from its first step on; a failure to begin becomes a note. */
	start(name: string, choice: RunChoice): string {
		return this.#begin(`Run ${name}`, { name, ...choice });
	}

	/** Null when the run cannot be replayed. */
	async replay(
		run: string,
		from: string | undefined,
		params: Readonly<Record<string, unknown>>
	): Promise<string | null> {
		const prepared = await prepareReplay({ run, from, params }, createRunner(this.#effects, this.#breakers));
		if (prepared.ok) return this.#begin(`Replay ${prepared.value.name}`, prepared.value);
		this.#toasts.fail(prepared.error);
		return null;
	}

	async cancel(id: string): Promise<void> {
		const cancelled = await this.verbs.cancelRun(id);
		if (!cancelled.ok) this.#toasts.fail(cancelled.error);
	}

	#begin(label: string, input: RunPipelineInput): string {
		const id = this.#effects.randomId();
		void asJob(this.#effects.jobs, label, undefined, async (job) => {
			const ran = await runPipeline(
				{
					...input,
					id,
					signal: job.signal,
					onState: (_run, { steps }) => {
						const ended = [...steps.values()].filter(
							({ state }) => !['waiting', 'queued', 'running', 'retrying'].includes(state)
						);
						job.progress({ fraction: ended.length / Math.max(1, steps.size) });
					}
				},
				createRunner(this.#effects, this.#breakers)
			);
			if (!ran.ok) this.#toasts.fail(ran.error);
			await this.#catalogue.refresh();
			return ran;
		});
		return id;
	}
}
