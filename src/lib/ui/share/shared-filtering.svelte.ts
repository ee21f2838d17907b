// What a reader of a share marks in its charts and chooses in its inputs, and the report as that leaves it.
import type { ChartSpan } from '#core/report/chart-span.ts';
import type { Edition, EditionBlock } from '#core/report/edition.ts';
import type { Block, ChartBlock, InputBlock, InputValue } from '#core/report/report.ts';
import type { Bundle, NotShared } from '#core/share/bundle.ts';
import { editionOf } from '#core/share/bundle-edition.ts';
import { choicesOf, chosenSpan, chosenValue } from '#core/share/chosen-span.ts';
import {
	filterBlocks,
	openFilters,
	type OpenFilters,
	type OpenSource,
	type SharedMark
} from '#core/share/filtered-blocks.ts';

/** As a person marked or chose it; `value` is that of an input. */
type Asked = SharedMark & { readonly value: InputValue };

export class SharedFiltering {
	readonly filters: OpenFilters | null;
	/** As it was shared. */
	readonly whole: Edition<NotShared>;
	/** The last one is the newest; null while it is as it was shared. */
	#changed = $state.raw<readonly Asked[] | null>(null);
	/** Numbers of blocks whose marks had to give way to the last one. */
	#dropped = $state.raw<readonly number[]>([]);
	/** What was chosen when it was shared. */
	readonly #shared: readonly Asked[];
	readonly #filtered = $derived.by(() => {
		const [filters, asked] = [this.filters, this.#changed];
		if (!filters || !asked) return null;
		return filterBlocks(filters, { blocks: this.whole.blocks, isWhole: this.#shared.length === 0 }, asked);
	});
	readonly #edition = $derived.by(() => this.#shown());

	constructor(bundle: Bundle) {
		this.filters = bundle.filters ? openFilters(bundle.filters) : null;
		const edition = editionOf(bundle);
		this.whole = { ...edition, blocks: edition.blocks.map((one, at) => this.#offered(one, at)) };
		this.#shared = this.whole.blocks.flatMap((one, at) => {
			const source = this.#sourceAt(at);
			if (!('value' in one) || !source) return [];
			const span = chosenSpan(one.block, one.value, source);
			return span ? [{ at, span, value: one.value }] : [];
		});
	}

	get edition(): Edition<NotShared> {
		return this.#edition;
	}
	/** Numbers of the blocks that something is marked or chosen in. */
	get marks(): readonly number[] {
		return (this.#filtered?.marks ?? this.#shared).map(({ at }) => at);
	}
	get dropped(): readonly number[] {
		return this.#dropped;
	}
	/** Numbers of blocks that what is marked does not filter. */
	get left(): readonly number[] {
		return this.#filtered?.left ?? [];
	}
	/** Numbers of inputs in which readers choose nothing. */
	get fixed(): readonly number[] {
		return this.whole.blocks.flatMap(({ block }, at) => (block.kind === 'input' && !this.#sourceAt(at) ? [at] : []));
	}
	get hasInputs(): boolean {
		return this.filters?.sources.some(({ at }) => this.whole.blocks[at]?.block.kind === 'input') ?? false;
	}

	sourceOf(block: Block): OpenSource | null {
		return this.#sourceAt(this.#placeOf(block));
	}

	nameOf(at: number): string {
		const block = this.whole.blocks[at]?.block;
		if (block?.kind === 'chart') return block.title ?? 'a chart';
		return block?.kind === 'input' ? (block.label ?? 'an input') : '';
	}

	spanOf(block: ChartBlock): ChartSpan | null {
		const place = this.#placeOf(block);
		return this.#filtered?.marks.find(({ at }) => at === place)?.span ?? null;
	}

	mark(block: ChartBlock, span: ChartSpan | null): void {
		this.#ask(this.#placeOf(block), span, null);
	}

	choose(block: InputBlock, value: InputValue): void {
		const source = this.sourceOf(block);
		if (source) this.#ask(source.at, chosenSpan(block, value, source), value);
	}

	clear(): void {
		this.#changed = [];
		this.#dropped = [];
	}

	#ask(at: number, span: ChartSpan | null, value: InputValue): void {
		const others = (this.#changed ?? this.#shared).filter((one) => one.at !== at);
		const asked = span === null ? others : [...others, { at, span, value }];
		this.#changed = asked;
		this.#dropped = this.#filtered?.dropped ?? [];
		// What gave way stays away when this one goes.
		this.#changed = asked.filter((one) => !this.#dropped.includes(one.at));
	}

	#shown(): Edition<NotShared> {
		const filtered = this.#filtered;
		if (!filtered) return this.whole;
		const blocks = filtered.blocks.map((one, at): EditionBlock<NotShared> => {
			if (!('value' in one)) return one;
			const source = this.#sourceAt(at);
			if (!source) return one;
			const asked = this.#changed?.find((mark) => mark.at === at);
			const span = filtered.marks.find((mark) => mark.at === at)?.span;
			return { ...one, value: asked && span ? chosenValue(asked.value, span, source) : null };
		});
		return { ...this.whole, blocks };
	}

	/** In charts without a filter nothing can be marked; inputs with one say what there is to choose. */
	#offered(one: EditionBlock<NotShared>, at: number): EditionBlock<NotShared> {
		const source = this.#sourceAt(at);
		if ('value' in one && source && one.shown.ok) return { ...one, shown: { ...one.shown, table: choicesOf(source) } };
		if (one.block.kind !== 'chart' || source || !('shown' in one)) return one;
		return { ...one, block: { ...one.block, brush: 'none' } };
	}

	#sourceAt(at: number): OpenSource | null {
		return this.filters?.sources.find((source) => source.at === at) ?? null;
	}

	#placeOf(block: Block): number {
		return this.whole.blocks.findIndex((one) => one.block === block);
	}
}
