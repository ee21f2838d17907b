// One open report: its text with an undo stack of its own, what is wrong with it, and the edition that is shown.
import { resultId, type VersionId } from '#core/ids.ts';
import { editReport, type BlockEdit } from '#core/report/edit-block.ts';
import { compareEditions, type EditionChanges } from '#core/report/edition-changes.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { valueOf } from '#core/report/relation-sql.ts';
import type { ReportProblem } from '#core/report/problem.ts';
import type { InputBlock, InputValue, Report } from '#core/report/report.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import {
	renderReport,
	type RenderedBlock,
	type RenderedEdition,
	type RenderFailure,
	type RenderInput
} from '#lib/flows/render-report.ts';
import type { SeenShapes } from '#lib/flows/region-shapes.ts';
import type { SeenRows } from '#lib/flows/report-rows.ts';
import { Brushing } from './brushing.svelte.ts';
import { ChartChoice } from './chart-choice.svelte.ts';
import { ExplainedNumbers } from './explained-numbers.svelte.ts';
import { pinsOf } from './report-pins.ts';
import { DocumentEditor, type EditorParts } from './document-editor.svelte.ts';

const WAIT_MS = 350;
/** Of keys that follow one another in an input. */
const CHOSEN_WAIT_MS = 120;
/** So that a moving brush does not begin a query at every step. */
const LEFT_WAIT_MS = 60;
const NOTHING: Report = { title: null, description: null, layout: 'page', blocks: [] };

/** The edition before a refresh, and what is not the same any more. */
export type Refreshed = { readonly before: RenderedEdition; readonly changes: EditionChanges };

export class ReportEditor extends DocumentEditor {
	/** The last text that was a report: it is shown while the text is being mended. */
	#report = $state.raw<Report | null>(null);
	#problems = $state.raw<readonly ReportProblem[]>([]);
	#edition = $state.raw<RenderedEdition | null>(null);
	#failure = $state.raw<RenderFailure | null>(null);
	#doneBlocks = $state(0);
	#isRendering = $state(false);
	#chosen = $state.raw<ReadonlyMap<string, InputValue>>(new Map());
	/** Whether the edition is what marks left. */
	#isMarked = $state(false);
	/** As it was before anything was marked. */
	#unmarked = $state.raw<RenderedEdition | null>(null);
	/** What a refresh is held against, until it is done. */
	#comparing: RenderedEdition | null = null;
	#refreshed = $state.raw<Refreshed | null>(null);
	#seen: SeenRows = new Map();
	#seenShapes: SeenShapes = new Map();
	/** What the numbers that are shown come from. */
	#pins: ReadonlyMap<string, VersionId> = new Map();
	#timer: ReturnType<typeof setTimeout> | undefined;
	#leftTimer: ReturnType<typeof setTimeout> | undefined;
	#abort: AbortController | null = null;
	/** Blocks that show what was marked before the last time. */
	#behind: ReadonlySet<number> = new Set();
	/** Whether all blocks are being asked for, not only what a brush left. */
	#isWhole = false;
	readonly #brushing: Brushing;
	readonly explaining: ExplainedNumbers;

	constructor(item: DocumentItem, ...parts: EditorParts) {
		super(item, ...parts);
		this.#brushing = new Brushing(
			{
				asked: () => this.#asked(),
				show: (blocks, left) => this.#show(blocks, left),
				render: (isChoice = false) => this.render(isChoice ? CHOSEN_WAIT_MS : 0),
				valueOf: (input) => valueOf(input, this.#chosen)
			},
			this.effects
		);
		this.explaining = new ExplainedNumbers(() => this.#asked(), this.effects);
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

	get brushing(): Brushing {
		return this.#brushing;
	}

	/** The edition without what is marked, while something is. */
	get unmarked(): RenderedEdition | null {
		return this.#isMarked ? this.#unmarked : null;
	}

	/** Datasets of the edition that have a newer version by now. */
	get outdated(): readonly string[] {
		const sources = this.#edition?.sources ?? [];
		return sources
			.filter(({ dataset, version }) => {
				const item = this.catalogue.items.find((one) => one.dataset.id === dataset);
				return (
					item !== undefined &&
					item.version.id !== version &&
					this.#pins.get(item.dataset.name.toLowerCase()) === version
				);
			})
			.map(({ name }) => name);
	}

	choose(input: InputBlock, value: InputValue): void {
		this.#refreshed = null;
		this.#chosen = new Map([...this.#chosen, [input.name.toLowerCase(), value]]);
		this.#brushing.chose(input);
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

	/** Takes the newest versions from now on. */
	refresh(): void {
		this.#comparing = this.#brushing.marks.length > 0 ? null : this.#edition;
		this.#refreshed = null;
		this.#pins = new Map();
		this.#seen = new Map();
		this.#seenShapes = new Map();
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
		clearTimeout(this.#leftTimer);
		this.#abort?.abort();
		this.#brushing.stop();
	}

	override close(): void {
		this.cancel();
		this.explaining.end();
	}

	protected textChanged(): void {
		this.#refreshed = null;
		this.#comparing = null;
		this.#read();
		if (this.#problems.length === 0) this.render();
	}

	#read(): void {
		const parsed = parseReport(this.text);
		this.#problems = parsed.ok ? [] : parsed.error.problems;
		if (!parsed.ok) return;
		if (this.#report) this.#brushing.follow(this.#report, parsed.value);
		this.#report = parsed.value;
	}

	/** `standing`: what is kept of the edition, the rest is asked for. */
	async #render(standing?: RenderInput['standing']): Promise<void> {
		const report = this.#report;
		if (!report) return;
		clearTimeout(this.#leftTimer);
		this.#abort?.abort();
		const abort = new AbortController();
		this.#abort = abort;
		this.#isWhole = standing === undefined;
		this.#isRendering = this.#isWhole;
		this.#doneBlocks = 0;
		if (this.#isWhole) this.#brushing.renderBegins();
		const begun: RenderedBlock[] = [];
		const rendered = await renderReport(
			{
				...this.#asked(report),
				name: this.name,
				version: this.isChanged ? null : (this.saved?.version.id ?? null),
				signal: abort.signal,
				...(standing ? { standing } : {}),
				onBlock: (block) => {
					begun.push(block);
					if (this.#abort === abort) this.#doneBlocks = begun.length;
				}
			},
			this.effects
		);
		if (this.#abort !== abort) return;
		this.#isRendering = false;
		this.#isWhole = false;
		this.#failure = rendered.ok || rendered.error.kind === 'cancelled' ? null : rendered.error;
		if (!rendered.ok) return;
		this.#behind = new Set();
		const old = this.#comparing;
		this.#comparing = null;
		if (old) this.#refreshed = { before: old, changes: compareEditions(old, rendered.value) };
		this.#take(rendered.value);
		this.#pins = pinsOf(rendered.value.sources, this.#pins);
		this.#brushing.rendered();
	}

	#asked(report: Report | null = this.#report) {
		return {
			id: resultId(`report-${this.effects.randomId()}`),
			report: report ?? NOTHING,
			chosen: this.#chosen,
			brushed: this.#brushing.filters,
			pins: this.#pins,
			seen: this.#seen,
			seenShapes: this.#seenShapes,
			edition: this.#isWhole ? null : this.#edition
		};
	}

	/** What a brush leaves of the blocks it was answered for; the engine is asked for the others, of which the last time counts. */
	#show(blocks: ReadonlyMap<number, RenderedBlock>, left: readonly number[]): void {
		const edition = this.#edition;
		if (!edition) return;
		clearTimeout(this.#leftTimer);
		this.#abort?.abort();
		this.#abort = null;
		const shown = edition.blocks.map((block, at) => blocks.get(at) ?? block);
		this.#take({ ...edition, blocks: shown });
		this.#behind = new Set([...this.#behind, ...left]);
		if (this.#behind.size === 0) return;
		const kept = new Map([...shown.entries()].filter(([at]) => !this.#behind.has(at)));
		this.#leftTimer = setTimeout(() => void this.#render({ blocks: kept, sources: edition.sources }), LEFT_WAIT_MS);
	}

	#take(edition: RenderedEdition): void {
		this.#edition = edition;
		this.#isMarked = this.#brushing.marks.length > 0;
		if (!this.#isMarked) this.#unmarked = edition;
	}
}
