// What is marked in the charts of an open report, and the index that answers it, or what is chosen in an input: made when either is entered, dropped when
// anything else it stands on changes.
import { snapSpan } from '#core/report/cube-grid.ts';
import type { ChartSpan } from '#core/report/chart-span.ts';
import type { ChartBlock, InputBlock, InputValue, Report } from '#core/report/report.ts';
import { brushFilters, chartId, inputId, markFilters, type RowFilter } from '#core/report/row-filter.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { answerInput } from '#lib/flows/index-input.ts';
import { answerIndex, type IndexInput } from '#lib/flows/index-report.ts';
import type { RenderedBlock, RenderedEdition } from '#lib/flows/render-report.ts';
import { valueOf } from '#core/report/relation-sql.ts';
import { indexOf, KeptIndexes, type Active, type Indexed, type Made } from './kept-indexes.ts';

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
	/** `isChoice`: of keys that may follow one another. */
	readonly render: (isChoice?: boolean) => void;
	readonly valueOf: (input: InputBlock) => InputValue;
};

/** A pointer that only passes over a chart makes no index. */
const ENTER_MS = 150;

export class Brushing {
	/** The last one is the one that was marked last. */
	#marks = $state.raw<readonly Mark[]>([]);
	#progress = $state.raw<number | null>(null);
	readonly #host: Host;
	readonly #effects: Effects;
	#active: Active | null = null;
	#made: Made | null = null;
	readonly #kept = new KeptIndexes();
	/** Whether what is shown is from before the last change of the marks. */
	#isStale = false;
	/** Entered while the one before is still waiting for its answer. */
	#next: Active | null = null;
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

	/** The pointer or the focus is in a chart or an input. */
	enter(block: Active): void {
		if (block.kind === 'chart' ? block.brush === 'none' : block.column === null) return;
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

	/** Another value was chosen in an input; the first time, before there is an index, the engine is asked. */
	chose(input: InputBlock): void {
		clearTimeout(this.#timer);
		const isOther = this.#isStale && this.#active !== input;
		const isReady = this.#find(input) !== null;
		this.#active = input;
		this.#next = null;
		if (isReady && !isOther) {
			this.#isStale = true;
			return this.#step();
		}
		this.#isStale = false;
		this.#next = input;
		this.#host.render(true);
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

	/** Lets go of all indexes. */
	stop(): void {
		this.#leaveMaking();
		this.#kept.clear();
	}

	#leaveMaking(): void {
		clearTimeout(this.#timer);
		this.#made?.abort.abort();
		this.#made = null;
		this.#progress = null;
	}

	/** All blocks are asked for, under the marks as they are. */
	renderBegins(): void {
		this.#isStale = false;
		if (this.#made?.isDone === false) this.#leaveMaking();
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
		const brushed = this.#brushedBeside(active);
		const made = this.#find(active);
		if (!made) return void this.#make(this.#keyOf(active), { ...asked, edition, brushed, active });
		if (made !== this.#made) this.#leaveMaking();
		this.#made = made;
		if (this.#isStale && made.isDone) this.#answer(made.index, edition, active);
	}

	/** Made already, or being made. */
	#find(active: Active): Made | null {
		const { report } = this.#host.asked();
		const key = this.#keyOf(active);
		const made = this.#made;
		return made?.key === key && made.report === report ? made : this.#kept.find(key, report);
	}

	#brushedBeside(active: Active): ReadonlyMap<string, readonly RowFilter[]> {
		return markFilters(this.#marks.filter(({ block }) => chartId(block) !== idOf(active)));
	}

	/** What an index of it stands on: all that is marked and chosen elsewhere. */
	#keyOf(active: Active): string {
		const { chosen, pins, report } = this.#host.asked();
		const elsewhere = report.blocks.flatMap((block) =>
			block.kind === 'input' && block !== active ? [[block.name, valueOf(block, chosen)]] : []
		);
		return JSON.stringify([idOf(active), [...this.#brushedBeside(active)], elsewhere, [...(pins ?? [])]]);
	}

	async #make(key: string, input: IndexInput): Promise<void> {
		this.#leaveMaking();
		const made: Made = { key, report: input.report, abort: new AbortController(), index: null, isDone: false };
		this.#made = made;
		this.#progress = 0;
		const onProgress = (done: number): void => {
			if (this.#made === made) this.#progress = done;
		};
		const index = await indexOf({ ...input, signal: made.abort.signal, onProgress }, this.#effects);
		if (this.#made !== made) return;
		made.index = index;
		made.isDone = true;
		this.#kept.keep(made);
		this.#progress = null;
		this.#step();
	}

	#answer(made: Indexed | null, edition: RenderedEdition, active: Active): void {
		this.#isStale = false;
		if (!made) return this.#host.render();
		if (made.kind === 'input' || active.kind === 'input') {
			const isOwn = made.kind === 'input' && active.kind === 'input';
			const answered = isOwn ? answerInput(made.index, edition, this.#host.valueOf(active)) : null;
			if (!answered) return this.#host.render(true);
			this.#host.show(answered, made.index.left);
			return this.#goOn();
		}
		const { index } = made;
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

function idOf(block: Active): string {
	return block.kind === 'chart' ? chartId(block) : inputId(block);
}

/** What is left out is which chart set them. */
function filtersText({ block, span }: Mark): string {
	return JSON.stringify(brushFilters(block, span).map((filter) => ({ ...filter, by: '' })));
}
