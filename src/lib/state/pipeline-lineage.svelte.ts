// The lineage that runs kept, as of one of them or as of now, and its events as a file.
import type { Failure } from '#core/failure.ts';
import type { LineageGraph } from '#core/lineage/graph.ts';
import type { PipelineConsole, RunFacts } from '#lib/flows/console-pipeline-types.ts';
import { pickFile } from './export-targets.ts';
import type { PipelineRuns } from './pipeline-runs.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/** Runs that may be chosen from a list; an older one by its address. */
const LISTED = 200;

export class PipelineLineage {
	#graph = $state.raw<LineageGraph | null>(null);
	#runs = $state.raw<readonly RunFacts[]>([]);
	#run: string | null = null;
	#failure = $state.raw<Failure | null>(null);
	#turn = 0;
	readonly #verbs: PipelineConsole;
	readonly #pipelineRuns: PipelineRuns;
	readonly #toasts: Toasts;

	constructor(runs: PipelineRuns, toasts: Toasts) {
		this.#verbs = runs.verbs;
		this.#pipelineRuns = runs;
		this.#toasts = toasts;
	}

	/** Of all datasets; null until it was read. */
	get graph(): LineageGraph | null {
		return this.#graph;
	}
	/** Those that have ended, newest first. */
	get runs(): readonly RunFacts[] {
		return this.#runs;
	}
	get failure(): Failure | null {
		return this.#failure;
	}

	/** As of the end of a run; null is as of now. */
	async show(run: string | null): Promise<void> {
		this.#run = run;
		await this.refresh();
	}

	/** Reads anew whenever a run changed. Returns the stop function. */
	follow(): () => void {
		return this.#pipelineRuns.watch(() => void this.refresh());
	}

	async refresh(): Promise<void> {
		const turn = ++this.#turn;
		const run = this.#run;
		const graph = await this.#verbs.lineage(run === null ? {} : { run });
		const runs = await this.#verbs.runs({ limit: LISTED });
		if (turn !== this.#turn) return;
		if (runs.ok) this.#runs = runs.value.filter(({ state }) => state !== 'running');
		this.#graph = graph.ok ? graph.value : null;
		this.#failure = graph.ok ? null : graph.error;
	}

	/** OpenLineage events as NDJSON: of one run, or of all that are kept. */
	async exportEvents(run: string | null): Promise<void> {
		const name = run === null ? 'openlineage.ndjson' : `openlineage-${run.replaceAll(/[^\w-]+/g, '_')}.ndjson`;
		const target = await pickFile(name, 'application/x-ndjson', 'ndjson');
		if (target === 'cancelled') return;
		const events = await this.#verbs.lineageEvents(run === null ? {} : { run });
		if (!events.ok) {
			await target.abandon();
			return this.#toasts.fail(events.error);
		}
		const lines = events.value.map((event) => `${JSON.stringify(event)}\n`);
		await target.write(new TextEncoder().encode(lines.join('')));
		await target.finish();
		this.#toasts.show('good', `${lines.length.toLocaleString('en')} events exported`, name);
	}
}
