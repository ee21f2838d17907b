// One run as it stands: its steps, every attempt, what they said. It follows the run while it goes on.
import { readGraph, type PipelineGraph } from '#core/pipeline/edit-graph.ts';
import type { AttemptRecord, RunRecord } from '#core/pipeline/run-record.ts';
import type { StepState } from '#core/pipeline/run-state.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { PipelineConsole } from '#lib/flows/console-pipeline-types.ts';

/** How long a step took in one of the last runs. */
export type StepTiming = { readonly run: string; readonly spanMs: number; readonly hasFailed: boolean };

const TICK_MS = 500;
const TIMED_RUNS = 10;

export class PipelineRun {
	readonly id: string;
	#record = $state.raw<RunRecord | null>(null);
	#graph = $state.raw<PipelineGraph>({ name: '', steps: [], fields: {} });
	#attempts = $state.raw<readonly AttemptRecord[]>([]);
	#steps = $state.raw<Readonly<Record<string, StepState>>>({});
	#timings = $state.raw<ReadonlyMap<string, readonly StepTiming[]>>(new Map());
	#nowMs = $state(0);
	#isLoaded = $state(false);
	#timer: ReturnType<typeof setInterval> | undefined;
	readonly #effects: Effects;
	readonly #verbs: PipelineConsole;

	constructor(id: string, effects: Effects, verbs: PipelineConsole) {
		this.id = id;
		this.#effects = effects;
		this.#verbs = verbs;
		this.#nowMs = effects.now();
	}

	/** Null until it was written, and when there is no such run. */
	get record(): RunRecord | null {
		return this.#record;
	}
	get isLoaded(): boolean {
		return this.#isLoaded;
	}
	get isRunning(): boolean {
		return this.#record?.state === 'running';
	}
	/** Of the text that it runs, which the pipeline may not have any more. */
	get graph(): PipelineGraph {
		return this.#graph;
	}
	/** Attempts that were taken over from a replayed run stand before its own. */
	get attempts(): readonly AttemptRecord[] {
		return this.#attempts;
	}
	get steps(): Readonly<Record<string, StepState>> {
		return this.#steps;
	}
	/** Of the last runs that the step really ran in, oldest first. */
	get timings(): ReadonlyMap<string, readonly StepTiming[]> {
		return this.#timings;
	}
	/** Moves on while it runs. */
	get nowMs(): number {
		return this.#nowMs;
	}

	async refresh(): Promise<void> {
		const record = await this.#effects.runs.run(this.id);
		const told = await this.#verbs.run(this.id);
		this.#isLoaded = true;
		if (!record.ok || !record.value || !told.ok) return;
		if (record.value.text !== this.#record?.text) {
			const graph = readGraph(record.value.text);
			if (graph.ok) this.#graph = graph.value;
		}
		this.#record = record.value;
		this.#attempts = told.value.attempts.toSorted(
			(one, other) => one.startedAtMs - other.startedAtMs || one.attempt - other.attempt
		);
		this.#steps = told.value.steps;
		this.#nowMs = this.#effects.now();
		this.#tick(record.value.state === 'running');
		if (record.value.state !== 'running' || this.#timings.size === 0) await this.#time(record.value.pipeline);
	}

	async #time(pipeline: string): Promise<void> {
		const runs = await this.#effects.runs.runs({ pipeline, limit: TIMED_RUNS });
		if (!runs.ok) return;
		const timings = new Map<string, StepTiming[]>();
		for (const { id } of runs.value.toReversed()) {
			const attempts = await this.#effects.runs.attempts(id);
			if (!attempts.ok) return;
			for (const { step, state, startedAtMs, endedAtMs } of attempts.value) {
				if (endedAtMs === null || state === 'unchanged') continue;
				const timing = { run: id, spanMs: endedAtMs - startedAtMs, hasFailed: state !== 'succeeded' };
				timings.set(step, [...(timings.get(step) ?? []), timing]);
			}
		}
		this.#timings = timings;
	}

	close(): void {
		this.#tick(false);
	}

	#tick(isRunning: boolean): void {
		if (isRunning === (this.#timer !== undefined)) return;
		clearInterval(this.#timer);
		this.#timer = isRunning ? setInterval(() => (this.#nowMs = this.#effects.now()), TICK_MS) : undefined;
	}
}
