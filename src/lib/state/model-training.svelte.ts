// The training that goes on in this page: how far it is, and what it has learnt so far.
import type { Failure } from '#core/failure.ts';
import type { ModelRunId } from '#core/ids.ts';
import type { ModelRun } from '#core/model/registry/model-run.ts';
import type { LearnStep } from '#core/model/training/learn.ts';
import { trainingCount, type SearchPlan } from '#core/model/search/search-plan.ts';
import type { TrainingPlan } from '#core/model/training/plan.ts';
import type { Result } from '#core/result.ts';
import { crossValidate } from '#lib/flows/cross-validate.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { goOnTraining } from '#lib/flows/go-on-training.ts';
import { searchModels } from '#lib/flows/search-models.ts';
import { trainModel, type TrainModelInput } from '#lib/flows/train-model.ts';
import type { Toasts } from './toasts.svelte.ts';

export type TrainWish = { readonly experiment: string; readonly sql: string; readonly plan: TrainingPlan };

export type TrainingParts = { readonly done: number; readonly of: number };

/** What this page adds to a training. */
type Given = Pick<TrainModelInput, 'signal' | 'stop' | 'onStart' | 'onProgress'>;

const phases = {
	rows: 'Reading the rows…',
	prepare: 'Preparing the features…',
	learn: 'Learning…',
	judge: 'Asking the held-out rows…'
} as const;

export class ModelTraining {
	#run = $state.raw<ModelRunId | null>(null);
	#controller = $state.raw<AbortController | null>(null);
	#isStopping = $state(false);
	#stopper = $state.raw<AbortController | null>(null);
	#steps = $state.raw<readonly LearnStep[]>([]);
	#phase = $state<keyof typeof phases>('rows');
	#progress = $state(0);
	#parts = $state.raw<TrainingParts | null>(null);
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
		return this.#goOn((given) => trainModel({ ...wish, ...given }, this.#effects));
	}

	/** From the trees that a run kept to so many in all. */
	goOn(run: ModelRunId, rounds: number): Promise<ModelRunId | null> {
		return this.#goOn((given) => goOnTraining({ run, rounds, ...given }, this.#effects));
	}

	/** Every trial is a run of its own, under the one that is answered. */
	search(wish: TrainWish & { readonly search: SearchPlan }): Promise<ModelRunId | null> {
		const stopper = new AbortController();
		return this.#inParts({ count: trainingCount(wish.search), stopper }, async (given, onPart) => {
			const searched = await searchModels({ ...wish, ...given, stop: stopper.signal, onTrial: onPart }, this.#effects);
			if (!searched.ok) return searched;
			const { best, runs } = searched.value;
			const number = runs.findIndex(({ id }) => id === best.id) + 1;
			this.#toasts.show(
				'good',
				`Tried ${runs.length === 1 ? 'once' : `${runs.length} times`}`,
				`Trial ${number} did best.`
			);
			return searched;
		});
	}

	/** Every fold is a run of its own, under the one that is answered. */
	crossValidate(wish: TrainWish & { readonly folds: number }): Promise<ModelRunId | null> {
		return this.#inParts({ count: wish.folds, stopper: null }, (given, onPart) =>
			crossValidate({ ...wish, ...given, onFold: onPart }, this.#effects)
		);
	}

	/** Runs under this one that have ended; null where it has none. */
	get parts(): TrainingParts | null {
		return this.isRunning ? this.#parts : null;
	}
	/** It can end early and keep what it has. */
	get canStop(): boolean {
		const hasWhatToKeep = this.#parts ? this.#parts.done > 0 : this.#phase === 'learn';
		return this.isRunning && this.#stopper !== null && !this.isStopping && hasWhatToKeep;
	}

	/** It was told to end early, and ends what it is at. */
	get isStopping(): boolean {
		return this.isRunning && this.#isStopping;
	}

	stop(): void {
		this.#stopper?.abort();
		this.#isStopping = true;
	}

	#inParts(
		{ count, stopper }: { readonly count: number; readonly stopper: AbortController | null },
		work: (
			given: { readonly signal: AbortSignal; readonly onStart: (run: ModelRun) => void },
			onPart: () => void
		) => Promise<Result<unknown, Failure>>
	): Promise<ModelRunId | null> {
		const controller = this.#begin();
		this.#stopper = stopper;
		this.#parts = { done: 0, of: count };
		return new Promise((resolve) => {
			const onStart = ({ id }: ModelRun): void => {
				if (this.#controller === controller) this.#run = id;
				resolve(id);
			};
			const onPart = (): void => {
				if (this.#controller === controller && this.#parts) this.#parts = { of: count, done: this.#parts.done + 1 };
			};
			void work({ signal: controller.signal, onStart }, onPart).then((done) => {
				const isOwn = this.#controller === controller;
				if (isOwn) this.#controller = null;
				// What went wrong after it began stands in its run.
				if (!done.ok && isOwn && this.#run === null) this.#toasts.fail(done.error);
				resolve(null);
			});
		});
	}

	#goOn(work: (given: Given) => Promise<Result<ModelRun, Failure>>): Promise<ModelRunId | null> {
		const controller = this.#begin();
		this.#stopper = new AbortController();
		return new Promise((resolve) => {
			void this.#train(work, controller, this.#stopper?.signal, resolve).finally(() => {
				if (this.#controller === controller) this.#controller = null;
				resolve(null);
			});
		});
	}

	#begin(): AbortController {
		const controller = new AbortController();
		this.#controller?.abort();
		this.#controller = controller;
		this.#stopper = null;
		this.#isStopping = false;
		[this.#run, this.#steps, this.#phase, this.#progress, this.#parts] = [null, [], 'rows', 0, null];
		return controller;
	}

	cancel(): void {
		this.#controller?.abort();
	}

	async #train(
		work: (given: Given) => Promise<Result<ModelRun, Failure>>,
		controller: AbortController,
		stop: AbortSignal | undefined,
		begun: (run: ModelRunId) => void
	): Promise<void> {
		const isOwn = (): boolean => this.#controller === controller;
		// Steps may come by the thousand a second; the page draws at most once a frame.
		const steps: LearnStep[] = [];
		let isDue = false;
		const draw = (): void => {
			isDue = false;
			if (isOwn()) this.#steps = [...steps];
		};
		const trained = await work({
			signal: controller.signal,
			stop,
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
		});
		// What went wrong after it began stands in its run.
		if (!trained.ok && this.#run === null) this.#toasts.fail(trained.error);
	}
}
