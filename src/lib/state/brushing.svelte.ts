// What is marked in the charts of an open report, and the index that answers it: made when a chart is entered, dropped when anything else it stands on changes.
import { snapSpan } from '#core/report/cube-grid.ts';
import type { ChartSpan } from '#core/report/chart-span.ts';
import type { ChartBlock, Report } from '#core/report/report.ts';
import { brushFilters, chartId, markFilters, type RowFilter } from '#core/report/row-filter.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { answerIndex, indexReport, type IndexInput, type ReportIndex } from '#lib/flows/index-report.ts';
import type { RenderedBlock, RenderedEdition } from '#lib/flows/render-report.ts';

export type Mark = {
	readonly block: ChartBlock;
	readonly span: ChartSpan;
	/** Ends that a person wrote stay where they are; those that were dragged go to the next edge of a cell. */
	readonly isTyped: boolean;
};

type Host = {
	/** What an index is made from; no edition while it is being rendered. */
	readonly asked: () => Omit<IndexInput, 'active' | 'edition' | 'signal'> & {
		readonly edition: RenderedEdition | null;
	};
	/** `left`: blocks that the engine has to be asked for. */
	readonly show: (blocks: ReadonlyMap<number, RenderedBlock>, left: readonly number[]) => void;
	readonly render: () => void;
};

type Made = {
	readonly key: string;
	readonly report: Report;
	readonly abort: AbortController;
	index: ReportIndex | null;
	isDone: boolean;
};

/** A pointer that only passes over a chart makes no index. */
const ENTER_MS = 150;

export class Brushing {
	/** The last one is the one that was marked last. */
	#marks = $state.raw<readonly Mark[]>([]);
	#progress = $state.raw<number | null>(null);
	readonly #host: Host;
	readonly #effects: Effects;
	#active: ChartBlock | null = null;
	#made: Made | null = null;
	/** Whether what is shown is from before the last change of the marks. */
	#isStale = false;
	/** Entered while the one before is still waiting for its answer. */
	#next: ChartBlock | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(host: Host, effects: Effects) {
		this.#host = host;
		this.#effects = effects;
	}

	get marks(): readonly Mark[] {
		return this.#marks;
	}
	/** 0..1 while the rows of the other charts are cut for the one that is active; null otherwise. */
	get progress(): number | null {
		return this.#progress;
	}
	get filters(): ReadonlyMap<string, readonly RowFilter[]> {
		return markFilters(this.#marks);
	}

	spanOf(block: ChartBlock): ChartSpan | null {
		return this.#marks.find((mark) => chartId(mark.block) === chartId(block))?.span ?? null;
	}

	/** The pointer or the focus is in a chart. */
	enter(block: ChartBlock): void {
		if (block.brush === 'none') return;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			if (this.#isStale) {
				this.#next = block;
				return;
			}
			this.#active = block;
			this.#step();
		}, ENTER_MS);
	}

	leave(): void {
		clearTimeout(this.#timer);
	}

	/** Everything over the same rows shows what lies in the span; null takes it away. */
	mark(block: ChartBlock, span: ChartSpan | null, isTyped = false): void {
		const others = this.#marks.filter((mark) => chartId(mark.block) !== chartId(block));
		if (span === null && others.length === this.#marks.length) return;
		clearTimeout(this.#timer);
		this.#marks = span === null ? others : [...others, { block, span, isTyped }];
		// The chart marked before was never answered: its blocks are not those of this one's index.
		const isOther = this.#isStale && this.#active !== block;
		this.#active = block;
		this.#next = null;
		this.#isStale = true;
		if (isOther) this.#host.render();
		else this.#step();
	}

	clear(): void {
		if (this.#marks.length === 0) return;
		const [only, ...more] = this.#marks;
		if (only && more.length === 0) return this.mark(only.block, null);
		this.#marks = [];
		this.#isStale = false;
		this.#host.render();
	}

	/** Keeps what is marked in charts that a changed text still has. */
	follow(before: Report, after: Report): void {
		const charts = (report: Report): readonly ChartBlock[] => report.blocks.filter((block) => block.kind === 'chart');
		const old = charts(before);
		const now = charts(after);
		this.#marks = this.#marks.flatMap((mark) => {
			const block = now[old.findIndex((one) => chartId(one) === chartId(mark.block))];
			const isSame = block && filtersText(mark) === filtersText({ ...mark, block });
			return isSame && block.from === mark.block.from ? [{ ...mark, block }] : [];
		});
		this.#active = null;
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#made?.abort.abort();
		this.#made = null;
		this.#progress = null;
	}

	/** All blocks are asked for, under the marks as they are. */
	renderBegins(): void {
		this.#isStale = false;
		if (this.#made?.isDone === false) this.stop();
	}

	rendered(): void {
		if (this.#isStale) this.#step();
		else this.#goOn();
	}

	#goOn(): void {
		if (!this.#next) return;
		this.#active = this.#next;
		this.#next = null;
		this.#step();
	}

	#step(): void {
		const active = this.#active;
		const { edition, ...asked } = this.#host.asked();
		// What is being rendered is looked at again when it is there.
		if (!active || !edition || !asked.report.blocks.includes(active)) return;
		const others = this.#marks.filter(({ block }) => chartId(block) !== chartId(active));
		const brushed = markFilters(others);
		const key = JSON.stringify([chartId(active), [...brushed], [...asked.chosen], [...(asked.pins ?? [])]]);
		const made = this.#made;
		if (made?.key !== key || made.report !== asked.report)
			return void this.#make(key, { ...asked, edition, brushed, active });
		if (this.#isStale && made.isDone) this.#answer(made.index, edition, active);
	}

	async #make(key: string, input: IndexInput): Promise<void> {
		this.stop();
		const made: Made = { key, report: input.report, abort: new AbortController(), index: null, isDone: false };
		this.#made = made;
		this.#progress = 0;
		const onProgress = (done: number): void => {
			if (this.#made === made) this.#progress = done;
		};
		const index = await indexReport({ ...input, signal: made.abort.signal, onProgress }, this.#effects);
		if (this.#made !== made) return;
		made.index = index.ok ? index.value : null;
		made.isDone = true;
		this.#progress = null;
		this.#step();
	}

	#answer(index: ReportIndex | null, edition: RenderedEdition, active: ChartBlock): void {
		this.#isStale = false;
		if (!index) return this.#host.render();
		this.#marks = this.#marks.map((mark) =>
			chartId(mark.block) === chartId(active) && !mark.isTyped
				? { ...mark, span: snapSpan(mark.span, index.grid) }
				: mark
		);
		const answered = answerIndex(index, edition, this.spanOf(active));
		if (!answered) return this.#host.render();
		this.#host.show(answered, index.left);
		this.#goOn();
	}
}

/** What is left out is which chart set them. */
function filtersText({ block, span }: Mark): string {
	return JSON.stringify(brushFilters(block, span).map((filter) => ({ ...filter, by: '' })));
}
