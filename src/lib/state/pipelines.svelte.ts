// The pipelines of the workspace, when each runs next and how it ran last, and the one that is open.
import type { BreakerRecord } from '#core/pipeline/breaker-record.ts';
import { blankPipeline, type ExamplePipeline } from '#core/pipeline/example-pipelines.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { freeName } from '#core/version/dataset-name.ts';
import { removeDocument } from '#lib/flows/change-document.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { listDocuments, type DocumentItem } from '#lib/flows/list-documents.ts';
import { pipelineVerbs } from '#lib/flows/console-pipelines.ts';
import type { PipelineConsole, RunFacts } from '#lib/flows/console-pipeline-types.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import type { ScheduleFacts } from '#lib/flows/schedules.ts';
import type { Catalogue } from './catalogue.svelte.ts';
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

export class Pipelines {
	readonly runs: PipelineRuns;
	readonly alarms: PipelineAlarms;
	readonly triggers: PipelineTriggers;
	#breakers = $state.raw<readonly BreakerRecord[]>([]);
	#items = $state.raw<readonly DocumentItem[]>([]);
	#schedules = $state.raw<readonly ScheduleFacts[]>([]);
	#recent = $state.raw<ReadonlyMap<string, readonly RunFacts[]>>(new Map());
	#isLoaded = $state(false);
	#open = $state.raw<PipelineEditor | null>(null);
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;
	readonly #verbs: PipelineConsole;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
		this.#verbs = pipelineVerbs(effects);
		this.runs = new PipelineRuns(effects, this.#verbs, catalogue, toasts);
		this.alarms = new PipelineAlarms(effects, this.runs, toasts);
		this.triggers = new PipelineTriggers(effects, this.#verbs, toasts, () => this.#readRuns());
		effects.store.watch(() => {
			if (this.#isLoaded) void this.refresh();
		});
		this.runs.watch(() => {
			if (this.#isLoaded) void this.#readRuns();
		});
	}

	get items(): readonly DocumentItem[] {
		return this.#items;
	}
	get isLoaded(): boolean {
		return this.#isLoaded;
	}
	get open(): PipelineEditor | null {
		return this.#open;
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
		if (reset.ok) this.#toasts.show('good', `${source} may be asked again`);
		else this.#toasts.fail(reset.error);
		await this.#readRuns();
	}

	newPlan(): PipelinePlan {
		return new PipelinePlan(this.#effects);
	}
	newTests(): PipelineTests {
		return new PipelineTests(this.#effects);
	}
	newLineage(): PipelineLineage {
		return new PipelineLineage(this.runs, this.#toasts);
	}
	newBackfill(pipeline: string): PipelineBackfill {
		return new PipelineBackfill(pipeline, this.#verbs, this.#toasts);
	}

	async refresh(): Promise<void> {
		const items = await listDocuments('pipeline', this.#effects);
		if (items.ok) this.#items = items.value;
		else this.#toasts.fail(items.error);
		await this.#readRuns();
		this.#isLoaded = true;
		this.#follow();
	}

	/** What was typed into the one that was open and not saved is kept as long as the page is. */
	show(name: string | null): void {
		if (name === null) {
			this.#open = null;
			return;
		}
		const item = this.#items.find(({ document }) => document.name.toLowerCase() === name.toLowerCase());
		if (!item || this.#open?.id === item.document.id) return;
		this.#open = new PipelineEditor(item, this.#effects, this.#catalogue, this.#toasts);
	}

	/** From an example, or with one step that runs; shows it. */
	async create(example: ExamplePipeline | null): Promise<string | null> {
		const taken = this.#items.map(({ document }) => document.name);
		const name = freeName(example?.name ?? 'pipeline', taken).replaceAll(/[^A-Za-z0-9_-]+/g, '-');
		const text = example ? example.text.replace(/^name: .*$/m, `name: ${name}`) : blankPipeline(name);
		const saved = await saveDocument({ kind: 'pipeline', name, text }, this.#effects);
		if (!saved.ok) {
			this.#toasts.fail(saved.error);
			return null;
		}
		await this.refresh();
		this.show(name);
		return name;
	}

	async remove(name: string): Promise<void> {
		const removed = await removeDocument({ kind: 'pipeline', name }, this.#effects);
		if (!removed.ok) return this.#toasts.fail(removed.error);
		this.#toasts.show('good', `Removed the pipeline ${name}`, '', await this.#catalogue.undoAction());
	}

	async #readRuns(): Promise<void> {
		const schedules = await this.#verbs.schedules();
		if (schedules.ok) this.#schedules = schedules.value;
		const breakers = await this.#verbs.breakers();
		if (breakers.ok)
			this.#breakers = breakers.value.filter(({ state, failures }) => state !== 'closed' || failures > 0);
		const recent = new Map<string, readonly RunFacts[]>();
		for (const { document } of this.#items) {
			const runs = await this.#verbs.runs({ pipeline: nameOf(document.name, this.#items), limit: RECENT });
			if (runs.ok) recent.set(document.name, runs.value);
		}
		this.#recent = recent;
	}

	/** Undo, redo and other tabs change pipelines too. */
	#follow(): void {
		const open = this.#open;
		if (!open) return;
		const item = this.#items.find(({ document }) => document.id === open.id);
		if (item) open.follow(item);
		else this.#open = null;
	}
}

/** Runs have the name that the text has. */
function nameOf(document: string, items: readonly DocumentItem[]): string {
	const item = items.find((one) => one.document.name === document);
	const parsed = item ? parsePipeline(item.version.text) : null;
	return parsed?.ok ? parsed.value.name : document;
}
