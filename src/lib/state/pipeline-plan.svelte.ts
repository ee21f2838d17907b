// What a run of a pipeline would do, asked again whenever its text, its parameters or the data change.
import type { Failure } from '#core/failure.ts';
import type { Fault } from '#core/pipeline/fault.ts';
import { paramFromText } from '#core/pipeline/param-text.ts';
import type { Param, Pipeline } from '#core/pipeline/pipeline.ts';
import type { RunPlan } from '#core/pipeline/plan.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { planPipeline } from '#lib/flows/plan-run.ts';
import type { RunChoice } from './pipeline-runs.svelte.ts';

const WAIT_MS = 250;

export class PipelinePlan {
	#written = $state.raw<Readonly<Record<string, string>>>({});
	#environment = $state<string | null>(null);
	#isForced = $state(false);
	#isTested = $state(false);
	#faults = $state.raw<readonly Fault[]>([]);
	#plan = $state.raw<RunPlan | null>(null);
	#failure = $state.raw<Failure | null>(null);
	#isAsking = $state(false);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#turn = 0;
	readonly #effects: Effects;

	constructor(effects: Effects) {
		this.#effects = effects;
	}

	get plan(): RunPlan | null {
		return this.#plan;
	}
	get failure(): Failure | null {
		return this.#failure;
	}
	get isAsking(): boolean {
		return this.#isAsking;
	}
	get environment(): string | null {
		return this.#environment;
	}
	get isForced(): boolean {
		return this.#isForced;
	}
	get isTested(): boolean {
		return this.#isTested;
	}
	/** That the run is to meet. */
	get faults(): readonly Fault[] {
		return this.#faults;
	}
	/** As it stands in the form; what was never touched is the default. */
	written(param: Param): string {
		return this.#written[param.name] ?? (param.default === undefined ? '' : String(param.default));
	}

	write(name: string, text: string): void {
		this.#written = { ...this.#written, [name]: text };
	}
	setEnvironment(name: string | null): void {
		this.#environment = name;
	}
	setForced(isForced: boolean): void {
		this.#isForced = isForced;
	}
	setTested(isTested: boolean): void {
		this.#isTested = isTested;
	}

	setFaults(faults: readonly Fault[]): void {
		this.#faults = faults;
	}

	/** What the form says of a run. */
	choiceFor(pipeline: Pipeline): RunChoice {
		const given = pipeline.params.flatMap((param): readonly (readonly [string, unknown])[] => {
			const text = this.#written[param.name];
			return text === undefined || text === '' ? [] : [[param.name, paramFromText(param, text)]];
		});
		const isKnown = this.#environment !== null && this.#environment in pipeline.environments;
		return {
			params: Object.fromEntries(given),
			environment: isKnown ? this.#environment : null,
			isForced: this.#isForced,
			isTested: this.#isTested,
			faults: this.#faults
		};
	}

	/** Soon, and once for many changes. */
	ask(text: string, pipeline: Pipeline): void {
		clearTimeout(this.#timer);
		const choice = this.choiceFor(pipeline);
		this.#timer = setTimeout(() => void this.#ask(text, pipeline.name, choice), WAIT_MS);
	}

	async #ask(text: string, name: string, choice: RunChoice): Promise<void> {
		const turn = ++this.#turn;
		this.#isAsking = true;
		const runner = createRunner(this.#effects, new Breakers(this.#effects));
		const planned = await planPipeline({ name, text, ...choice }, runner);
		if (turn !== this.#turn) return;
		this.#isAsking = false;
		if (planned.ok) this.#plan = planned.value;
		this.#failure = planned.ok ? null : planned.error;
	}
}
