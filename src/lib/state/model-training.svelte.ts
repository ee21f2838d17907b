// The training that goes on in this page: how far it is, and what it has learnt so far.
import type { ModelRunId } from '#core/ids.ts';
import type { LearnStep } from '#core/model/training/learn.ts';
import type { SearchPlan } from '#core/model/search/search-plan.ts';
import type { TrainingPlan } from '#core/model/training/plan.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { searchModels } from '#lib/flows/search-models.ts';
import { trainModel } from '#lib/flows/train-model.ts';
import type { Toasts } from './toasts.svelte.ts';

export type TrainWish = { readonly experiment: string; readonly sql: string; readonly plan: TrainingPlan };

const phases = {
	rows: 'Reading the rows…',
	prepare: 'Preparing the features…',
	learn: 'Learning…',
	judge: 'Asking the held-out rows…'
} as const;

export class ModelTraining {
	#run = $state.raw<ModelRunId | null>(null);
	#controller = $state.raw<AbortController | null>(null);
	#steps = $state.raw<readonly LearnStep[]>([]);
	#phase = $state<keyof typeof phases>('rows');
	#progress = $state(0);
	#trials = $state<number | null>(null);
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
	}

	/** The run it is kept as, once there is one. */
	get run(): ModelRunId | null {
		return this.#run;
	}
	get isRunning(): boolean {
		return this.#controller !== null;
	}
	get steps(): readonly LearnStep[] {
		return this.#steps;
	}
	/** From 0 to 1. */
	get progress(): number {
		return this.#progress;
	}
	get words(): string {
		const last = this.#steps.at(-1);
		return this.#phase === 'learn' && last
			? `Learning: step ${last.step + 1} of at most ${last.of}`
			: phases[this.#phase];
	}

	/** Answers the run as soon as it is kept, while the training goes on; null when it could not begin. */
	start(wish: TrainWish): Promise<ModelRunId | null> {
		const controller = this.#begin();
		return new Promise((resolve) => {
			void this.#train(wish, controller, resolve).finally(() => {
				if (this.#controller === controller) this.#controller = null;
				resolve(null);
			});
		});
	}

	/** Trials of the search that goes on; null while none does. */
	get trials(): number | null {
		return this.isRunning ? this.#trials : null;
	}

	/** Every trial is a run of its own. */
	async search(wish: TrainWish & { readonly search: SearchPlan }): Promise<void> {
		const controller = this.#begin();
		this.#trials = 0;
		const onTrial = (): void => {
			if (this.#controller === controller) this.#trials = (this.#trials ?? 0) + 1;
		};
		const searched = await searchModels({ ...wish, signal: controller.signal, onTrial }, this.#effects);
		if (this.#controller === controller) this.#controller = null;
		if (!searched.ok) return this.#toasts.fail(searched.error);
		const { best, runs } = searched.value;
		this.#toasts.show(
			'good',
			`Tried ${runs.length} times`,
			`Best did ${best.name}, begun ${new Date(best.startedAtMs).toLocaleTimeString('en-GB')}.`
		);
	}

	#begin(): AbortController {
		const controller = new AbortController();
		this.#controller?.abort();
		this.#controller = controller;
		[this.#run, this.#steps, this.#phase, this.#progress, this.#trials] = [null, [], 'rows', 0, null];
		return controller;
	}

	cancel(): void {
		this.#controller?.abort();
	}

	async #train(wish: TrainWish, controller: AbortController, begun: (run: ModelRunId) => void): Promise<void> {
		const isOwn = (): boolean => this.#controller === controller;
		// Steps may come by the thousand a second; the page draws at most once a frame.
		const steps: LearnStep[] = [];
		let isDue = false;
		const draw = (): void => {
			isDue = false;
			if (isOwn()) this.#steps = [...steps];
		};
		const trained = await trainModel(
			{
				...wish,
				signal: controller.signal,
				onStart: ({ id }) => {
					if (isOwn()) this.#run = id;
					begun(id);
				},
				onProgress: ({ phase, progress, step }) => {
					if (!isOwn()) return;
					[this.#phase, this.#progress] = [phase, progress];
					if (!step) return;
					steps.push(step);
					if (!isDue) requestAnimationFrame(draw);
					isDue = true;
				}
			},
			this.#effects
		);
		// What went wrong after it began stands in its run.
		if (!trained.ok && this.#run === null) this.#toasts.fail(trained.error);
	}
}
