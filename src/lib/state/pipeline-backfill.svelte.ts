// The calendar of a pipeline's partitions: how each stands, which are chosen, and the backfill that runs them.
import type { PartitionState } from '#lib/flows/backfill.ts';
import type { PipelineConsole } from '#lib/flows/console-pipeline-types.ts';
import type { Toasts } from './toasts.svelte.ts';

export type Partition = PartitionState;

export class PipelineBackfill {
	readonly pipeline: string;
	#states = $state.raw<readonly PartitionState[]>([]);
	#chosen = $state.raw<ReadonlySet<string>>(new Set());
	#anchor: string | null = null;
	#isRunning = $state(false);
	#isLoaded = $state(false);
	#range = $state.raw<{ readonly from: string; readonly to: string }>({ from: '', to: '' });
	#stop: AbortController | null = null;
	readonly #verbs: PipelineConsole;
	readonly #toasts: Toasts;

	constructor(pipeline: string, verbs: PipelineConsole, toasts: Toasts) {
		this.pipeline = pipeline;
		this.#verbs = verbs;
		this.#toasts = toasts;
	}

	get states(): readonly PartitionState[] {
		return this.#states;
	}
	get chosen(): ReadonlySet<string> {
		return this.#chosen;
	}
	get isRunning(): boolean {
		return this.#isRunning;
	}
	get isLoaded(): boolean {
		return this.#isLoaded;
	}
	/** Dates, both inclusive; empty is as the pipeline says. */
	get range(): { readonly from: string; readonly to: string } {
		return this.#range;
	}

	async refresh(): Promise<void> {
		const { from, to } = this.#range;
		const states = await this.#verbs.partitions(this.pipeline, {
			...(from === '' ? {} : { from }),
			...(to === '' ? {} : { to })
		});
		this.#isLoaded = true;
		if (states.ok) this.#states = states.value;
		else this.#toasts.fail(states.error);
	}

	look(from: string, to: string): void {
		this.#range = { from, to };
		void this.refresh();
	}

	/** One, or with `isRange` all from the one that was chosen last. */
	choose(partition: string, isRange: boolean): void {
		const keys = this.#states.map((state) => state.partition);
		const [one, other] = [keys.indexOf(this.#anchor ?? partition), keys.indexOf(partition)];
		const next = new Set(this.#chosen);
		if (isRange && one >= 0)
			for (const key of keys.slice(Math.min(one, other), Math.max(one, other) + 1)) next.add(key);
		else if (next.has(partition)) next.delete(partition);
		else next.add(partition);
		this.#anchor = partition;
		this.#chosen = next;
	}

	chooseWhere(isWanted: (state: PartitionState) => boolean): void {
		this.#chosen = new Set(this.#states.filter(isWanted).map(({ partition }) => partition));
	}

	async start(isAgain: boolean): Promise<void> {
		if (this.#isRunning || this.#chosen.size === 0) return;
		this.#isRunning = true;
		this.#stop = new AbortController();
		const partitions = this.#states.map(({ partition }) => partition).filter((key) => this.#chosen.has(key));
		const ended = await this.#verbs.backfill(this.pipeline, { partitions, again: isAgain, signal: this.#stop.signal });
		this.#isRunning = false;
		this.#stop = null;
		await this.refresh();
		if (!ended.ok) return this.#toasts.fail(ended.error);
		const failed = ended.value.filter(({ state }) => state === 'failed').length;
		const count = partitions.length === 1 ? 'One partition is' : `${partitions.length} partitions are`;
		if (failed === 0) this.#toasts.show('good', `${count} filled`, this.pipeline);
		else this.#toasts.show('plain', `The backfill of ${this.pipeline} ended`, `${failed} failed.`);
		this.#chosen = new Set();
	}

	stop(): void {
		this.#stop?.abort();
	}
}
