// The pipelines of the workspace, when each runs next and how it ran last, and the one that is open.
import type { BreakerRecord } from '#core/pipeline/breaker-record.ts';
import { blankPipeline, type ExamplePipeline } from '#core/pipeline/example-pipelines.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { pipelineVerbs } from '#lib/flows/console-pipelines.ts';
import type { PipelineConsole, RunFacts } from '#lib/flows/console-pipeline-types.ts';
import type { ScheduleFacts } from '#lib/flows/schedules.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { Documents } from './documents.svelte.ts';
import { PipelineAlarms } from './pipeline-alarms.svelte.ts';
import { PipelineBackfill } from './pipeline-backfill.svelte.ts';
import { PipelineEditor } from './pipeline-editor.svelte.ts';
import { PipelineLineage } from './pipeline-lineage.svelte.ts';
import { PipelinePlan } from './pipeline-plan.svelte.ts';
import { PipelineRuns } from './pipeline-runs.svelte.ts';
import { PipelineTests } from './pipeline-tests.svelte.ts';
import { PipelineTriggers } from './pipeline-triggers.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type ListedRun = RunFacts;
export type ListedSchedule = ScheduleFacts;

/** Runs that are drawn beside a pipeline. */
const RECENT = 12;

export class Pipelines extends Documents<PipelineEditor> {
	readonly runs: PipelineRuns;
	readonly alarms: PipelineAlarms;
	readonly triggers: PipelineTriggers;
	#breakers = $state.raw<readonly BreakerRecord[]>([]);
	#schedules = $state.raw<readonly ScheduleFacts[]>([]);
	#recent = $state.raw<ReadonlyMap<string, readonly RunFacts[]>>(new Map());
	readonly #verbs: PipelineConsole;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		super('pipeline', effects, catalogue, toasts);
		this.#verbs = pipelineVerbs(effects);
		this.runs = new PipelineRuns(effects, this.#verbs, catalogue, toasts);
		this.alarms = new PipelineAlarms(effects, this.runs, toasts);
		this.triggers = new PipelineTriggers(effects, this.#verbs, toasts, () => this.readBeside());
		this.runs.watch(() => {
			if (this.isLoaded) void this.readBeside();
		});
	}

	scheduleOf(name: string): ScheduleFacts | null {
		return this.#schedules.find(({ pipeline }) => pipeline === name) ?? null;
	}
	/** Newest first, a dozen at most. */
	recentOf(name: string): readonly RunFacts[] {
		return this.#recent.get(name) ?? [];
	}

	/** Of the sources that failed at least once. */
	get breakers(): readonly BreakerRecord[] {
		return this.#breakers;
	}

	async resetBreaker(source: string): Promise<void> {
		const reset = await this.#verbs.resetBreaker(source);
		if (reset.ok) this.toasts.show('good', `${source} may be asked again`);
		else this.toasts.fail(reset.error);
		await this.readBeside();
	}

	newPlan(): PipelinePlan {
		return new PipelinePlan(this.effects);
	}
	newTests(): PipelineTests {
		return new PipelineTests(this.effects);
	}
	newLineage(): PipelineLineage {
		return new PipelineLineage(this.runs, this.toasts);
	}
	newBackfill(pipeline: string): PipelineBackfill {
		return new PipelineBackfill(pipeline, this.#verbs, this.toasts);
	}

	/** From an example, or with one step that runs; shows it. */
	async create(example: ExamplePipeline | null): Promise<string | null> {
		const name = this.free(example?.name ?? 'pipeline').replaceAll(/[^A-Za-z0-9_-]+/g, '-');
		const text = example ? example.text.replace(/^name: .*$/m, `name: ${name}`) : blankPipeline(name);
		const written = await this.write(name, text);
		if (written !== null) this.show(written);
		return written;
	}

	protected edit(item: DocumentItem): PipelineEditor {
		return new PipelineEditor(item, this.effects, this.catalogue, this.toasts);
	}

	/** When each runs next, and how it ran last. */
	protected override async readBeside(): Promise<void> {
		const schedules = await this.#verbs.schedules();
		if (schedules.ok) this.#schedules = schedules.value;
		const breakers = await this.#verbs.breakers();
		if (breakers.ok)
			this.#breakers = breakers.value.filter(({ state, failures }) => state !== 'closed' || failures > 0);
		const recent = new Map<string, readonly RunFacts[]>();
		for (const { document } of this.items) {
			const runs = await this.#verbs.runs({ pipeline: nameOf(document.name, this.items), limit: RECENT });
			if (runs.ok) recent.set(document.name, runs.value);
		}
		this.#recent = recent;
	}
}

/** Runs have the name that the text has. */
function nameOf(document: string, items: readonly DocumentItem[]): string {
	const item = items.find((one) => one.document.name === document);
	const parsed = item ? parsePipeline(item.version.text) : null;
	return parsed?.ok ? parsed.value.name : document;
}
