// One open report: its text with an undo stack of its own, what is wrong with it, and the edition that is shown.
import { resultId, type VersionId } from '#core/ids.ts';
import { editReport, type BlockEdit } from '#core/report/edit-block.ts';
import { compareEditions, type EditionChanges } from '#core/report/edition-changes.ts';
import { parseReport } from '#core/report/parse-report.ts';
import type { NumberPlace } from '#core/report/number-rows.ts';
import type { ReportProblem } from '#core/report/problem.ts';
import type { ChartSpan } from '#core/report/chart-span.ts';
import type { ChartBlock, InputBlock, InputValue, Report } from '#core/report/report.ts';
import { brushFilters, chartId, type RowFilter } from '#core/report/row-filter.ts';
import { explainNumber, type ExplainedNumber, type ExplainNumberFailure } from '#lib/flows/explain-number.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import {
	renderReport,
	type RenderedBlock,
	type RenderedEdition,
	type RenderFailure
} from '#lib/flows/render-report.ts';
import type { ReportAsked, SeenRows } from '#lib/flows/report-rows.ts';
import type { Result } from '#core/result.ts';
import { ChartChoice } from './chart-choice.svelte.ts';
import { DocumentEditor, type EditorParts } from './document-editor.svelte.ts';

const WAIT_MS = 350;

/** The edition before a refresh, and what is not the same any more. */
export type Refreshed = { readonly before: RenderedEdition; readonly changes: EditionChanges };

/** `result` is null until it is known. */
export type Explaining = {
	readonly at: NumberPlace;
	readonly result: Result<ExplainedNumber, ExplainNumberFailure> | null;
};

export class ReportEditor extends DocumentEditor {
	/** The last text that was a report: it is shown while the text is being mended. */
	#report = $state.raw<Report | null>(null);
	#problems = $state.raw<readonly ReportProblem[]>([]);
	#edition = $state.raw<RenderedEdition | null>(null);
	#failure = $state.raw<RenderFailure | null>(null);
	#doneBlocks = $state(0);
	#isRendering = $state(false);
	#chosen = $state.raw<ReadonlyMap<string, InputValue>>(new Map());
	/** By the chart's id. */
	#spans = $state.raw<ReadonlyMap<string, { readonly block: ChartBlock; readonly span: ChartSpan }>>(new Map());
	/** As it was before anything was marked. */
	#unmarked = $state.raw<RenderedEdition | null>(null);
	#explaining = $state.raw<Explaining | null>(null);
	#explainAbort: AbortController | null = null;
	/** What a refresh is held against, until it is done. */
	#comparing: RenderedEdition | null = null;
	#refreshed = $state.raw<Refreshed | null>(null);
	#seen: SeenRows = new Map();
	/** What the numbers that are shown come from. */
	#pins: ReadonlyMap<string, VersionId> = new Map();
	#timer: ReturnType<typeof setTimeout> | undefined;
	#abort: AbortController | null = null;

	constructor(item: DocumentItem, ...parts: EditorParts) {
		super(item, ...parts);
		this.#read();
		this.render(0);
	}

	get report(): Report | null {
		return this.#report;
	}
	get problems(): readonly ReportProblem[] {
		return this.#problems;
	}
	get edition(): RenderedEdition | null {
		return this.#edition;
	}
	get failure(): RenderFailure | null {
		return this.#failure;
	}
	get isRendering(): boolean {
		return this.#isRendering;
	}
	/** 0..1 */
	get progress(): number {
		return this.#doneBlocks / Math.max(1, this.#report?.blocks.length ?? 1);
	}
	get chosen(): ReadonlyMap<string, InputValue> {
		return this.#chosen;
	}

	/** What is marked in a chart; null where nothing is. */
	spanOf(block: ChartBlock): ChartSpan | null {
		return this.#spans.get(chartId(block))?.span ?? null;
	}

	/** The edition without what is marked, while something is. */
	get unmarked(): RenderedEdition | null {
		return this.#spans.size > 0 ? this.#unmarked : null;
	}

	/** Datasets of the edition that have a newer version by now. */
	get outdated(): readonly string[] {
		const sources = this.#edition?.sources ?? [];
		return sources
			.filter(({ dataset, version }) => {
				const item = this.catalogue.items.find((one) => one.dataset.id === dataset);
				return item !== undefined && item.version.id !== version && this.#pins.has(item.dataset.name.toLowerCase());
			})
			.map(({ name }) => name);
	}

	choose(input: InputBlock, value: InputValue): void {
		this.#refreshed = null;
		this.#chosen = new Map([...this.#chosen, [input.name.toLowerCase(), value]]);
		this.render(120);
	}

	/** Everything over the same rows shows what lies in the span; null takes it away. */
	brush(block: ChartBlock, span: ChartSpan | null): void {
		this.#refreshed = null;
		const others = [...this.#spans].filter(([id]) => id !== chartId(block));
		this.#spans = new Map(span === null ? others : [...others, [chartId(block), { block, span }]]);
		this.render(0);
	}

	/** What the last refresh changed, until it is let go or something else is asked; null while there is nothing to tell. */
	get refreshed(): Refreshed | null {
		return this.#refreshed;
	}

	dismissRefreshed(): void {
		this.#refreshed = null;
	}

	/** An edit of a block, which is a step of undo. What would be wrong with the text is told, and then it stays as it was. */
	edit(edit: BlockEdit): readonly ReportProblem[] {
		const report = this.#report;
		if (this.#problems.length > 0 || !report) return this.#problems;
		const text = editReport(this.text, report, edit);
		const parsed = parseReport(text);
		if (!parsed.ok) return parsed.error.problems;
		this.become(text, true);
		return [];
	}

	/** Charts to choose from, of a dataset or of a query of the report. */
	chooseChart(): ChartChoice {
		return new ChartChoice(this.effects, this.#report);
	}

	/** The number that is being explained; null while none is. */
	get explaining(): Explaining | null {
		return this.#explaining;
	}

	/** Explains a number of the edition that is shown, from the versions that it shows. */
	async explain(at: NumberPlace): Promise<void> {
		const [report, edition] = [this.#report, this.#edition];
		const shown = edition?.blocks[at.block];
		if (!report || !shown) return;
		this.#explainAbort?.abort();
		const abort = new AbortController();
		this.#explainAbort = abort;
		this.#explaining = { at, result: null };
		const result = await explainNumber(
			{
				...this.#asked(report, abort.signal),
				at,
				table: 'shown' in shown && shown.shown.ok ? shown.shown.table : undefined
			},
			this.effects
		);
		if (this.#explainAbort === abort) this.#explaining = { at, result };
	}

	endExplaining(): void {
		this.#explainAbort?.abort();
		this.#explainAbort = null;
		this.#explaining = null;
	}

	/** Takes the newest versions from now on. */
	refresh(): void {
		this.#comparing = this.#spans.size > 0 ? null : this.#edition;
		this.#refreshed = null;
		this.#pins = new Map();
		this.#seen = new Map();
		this.render(0);
	}

	/** Asks for the rows of all blocks soon, of the versions that are shown. */
	render(waitMs = WAIT_MS): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			void this.#render();
		}, waitMs);
	}

	cancel(): void {
		clearTimeout(this.#timer);
		this.#abort?.abort();
	}

	close(): void {
		this.cancel();
		this.endExplaining();
	}

	protected textChanged(): void {
		this.#refreshed = null;
		this.#comparing = null;
		this.#spans = new Map();
		this.#read();
		if (this.#problems.length === 0) this.render();
	}

	#read(): void {
		const parsed = parseReport(this.text);
		this.#problems = parsed.ok ? [] : parsed.error.problems;
		if (parsed.ok) this.#report = parsed.value;
	}

	async #render(): Promise<void> {
		const report = this.#report;
		if (!report) return;
		this.#abort?.abort();
		const abort = new AbortController();
		this.#abort = abort;
		this.#isRendering = true;
		this.#doneBlocks = 0;
		const begun: RenderedBlock[] = [];
		const rendered = await renderReport(
			{
				...this.#asked(report, abort.signal),
				name: this.name,
				version: this.isChanged ? null : (this.saved?.version.id ?? null),
				onBlock: (block) => {
					begun.push(block);
					if (this.#abort === abort) this.#doneBlocks = begun.length;
				}
			},
			this.effects
		);
		if (this.#abort !== abort) return;
		this.#isRendering = false;
		this.#failure = rendered.ok || rendered.error.kind === 'cancelled' ? null : rendered.error;
		if (!rendered.ok) return;
		const old = this.#comparing;
		this.#comparing = null;
		if (old) this.#refreshed = { before: old, changes: compareEditions(old, rendered.value) };
		this.#edition = rendered.value;
		if (this.#spans.size === 0) this.#unmarked = rendered.value;
		this.#pins = new Map(rendered.value.sources.map(({ name, version }) => [name.toLowerCase(), version]));
	}

	#asked(report: Report, signal: AbortSignal): ReportAsked {
		return {
			id: resultId(`report-${this.effects.randomId()}`),
			report,
			chosen: this.#chosen,
			brushed: this.#brushed(),
			pins: this.#pins,
			seen: this.#seen,
			signal
		};
	}

	#brushed(): ReadonlyMap<string, readonly RowFilter[]> {
		const filters = new Map<string, readonly RowFilter[]>();
		for (const { block, span } of this.#spans.values()) {
			const from = block.from.toLowerCase();
			filters.set(from, [...(filters.get(from) ?? []), ...brushFilters(block, span)]);
		}
		return filters;
	}
}
