// How a dataset could be stored: what each choice saves, what a person chose, and what all of it saves together.
import type { Failure } from '#core/failure.ts';
import { resultId } from '#core/ids.ts';
import {
	layoutOf,
	type Layout,
	type LayoutChoices,
	type OrderColumn,
	type WriterSettings
} from '#core/version/layout.ts';
import type { Narrowing } from '#core/version/narrow.ts';
import { applyLayout } from '#lib/flows/apply-layout.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import { measureLayout, proposeLayout, type LayoutProposal } from '#lib/flows/propose-layout.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type OptimisingWork = 'measure' | 'add-up' | 'apply';

export class Optimising {
	readonly item: CatalogueItem;
	/** As the dataset is stored now. */
	readonly layout: Layout;
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;
	#proposal = $state.raw<LayoutProposal | null>(null);
	#failure = $state.raw<Failure | null>(null);
	#working = $state<OptimisingWork | null>(null);
	#narrowing = $state<Narrowing>('storage');
	#narrowed = $state.raw<ReadonlySet<string>>(new Set());
	#settings = $state.raw<Partial<WriterSettings>>({});
	#order = $state.raw<readonly OrderColumn[]>([]);
	#sortsAgain = $state(false);
	#together = $state.raw<number | null>(null);
	#controller: AbortController | null = null;

	constructor(
		item: CatalogueItem,
		{
			effects,
			catalogue,
			toasts
		}: { readonly effects: Effects; readonly catalogue: Catalogue; readonly toasts: Toasts }
	) {
		this.item = item;
		this.layout = layoutOf(item.version);
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
		this.#order = this.layout.order;
	}

	get proposal(): LayoutProposal | null {
		return this.#proposal;
	}
	get failure(): Failure | null {
		return this.#failure;
	}
	get working(): OptimisingWork | null {
		return this.#working;
	}
	get narrowing(): Narrowing {
		return this.#narrowing;
	}
	get narrowed(): ReadonlySet<string> {
		return this.#narrowed;
	}
	get settings(): Partial<WriterSettings> {
		return this.#settings;
	}
	get order(): readonly OrderColumn[] {
		return this.#order;
	}
	/** Whether rows that came behind are to be sorted in, in the order that is kept already. */
	get sortsAgain(): boolean {
		return this.#sortsAgain;
	}
	get isSameOrder(): boolean {
		return JSON.stringify(this.#order) === JSON.stringify(this.layout.order);
	}
	/** What all that is chosen saves; null until it is measured. */
	get together(): number | null {
		return this.#together;
	}

	get choices(): LayoutChoices {
		const narrow = (this.#proposal?.narrow ?? [])
			.filter(({ choice }) => this.#narrowed.has(choice.name))
			.map(({ choice }) => ({ name: choice.name, type: choice.narrow }));
		return {
			...this.#settings,
			...(this.isSameOrder && !this.#sortsAgain ? {} : { order: this.#order }),
			...(narrow.length > 0 ? { narrow } : {})
		};
	}

	get isChosen(): boolean {
		return Object.keys(this.choices).length > 0;
	}

	/** Measures every choice, and begins with what is recommended. */
	async measure(narrowing: Narrowing = this.#narrowing): Promise<void> {
		this.#narrowing = narrowing;
		const proposed = await this.#work('measure', (signal) =>
			proposeLayout({ id: this.#id(), item: this.item, narrowing, signal }, this.#effects)
		);
		if (!proposed) return;
		this.#failure = proposed.ok ? null : proposed.error;
		if (!proposed.ok) return;
		const { narrow = [], order: _order, ...settings } = proposed.value.recommended;
		this.#narrowed = new Set(narrow.map(({ name }) => name));
		// What a person chose of the rest stays.
		if (!this.#proposal) this.#settings = settings;
		this.#proposal = proposed.value;
		await this.#addUp();
	}

	toggleNarrow(name: string): void {
		const without = [...this.#narrowed].filter((one) => one !== name);
		this.#narrowed = new Set(without.length < this.#narrowed.size ? without : [...this.#narrowed, name]);
		void this.#addUp();
	}

	/** Settings as they are now are no choice. */
	choose(choice: Partial<WriterSettings>): void {
		const settings = { ...this.#settings, ...choice };
		const isNow = (name: string): boolean =>
			settings[name as keyof WriterSettings] === this.layout[name as keyof WriterSettings];
		const isSameCodec = isNow('codec') && isNow('level');
		const changed = Object.entries(settings).filter(([name]) =>
			name === 'codec' || name === 'level' ? !isSameCodec : !isNow(name)
		);
		this.#settings = Object.fromEntries(changed);
		void this.#addUp();
	}

	setOrder(order: readonly OrderColumn[]): void {
		this.#order = order;
		void this.#addUp();
	}

	sortAgain(sortsAgain: boolean): void {
		this.#sortsAgain = sortsAgain;
		void this.#addUp();
	}

	async apply(): Promise<boolean> {
		const { choices } = this;
		const before = this.item.version.table.sizeBytes;
		const applied = await this.#work('apply', (signal) =>
			applyLayout({ id: this.#id(), item: this.item, choices, signal }, this.#effects)
		);
		if (!applied) return false;
		this.#failure = applied.ok ? null : applied.error;
		if (!applied.ok) return false;
		const { dataset, version } = applied.value;
		const share = before > 0 ? Math.round((1 - version.table.sizeBytes / before) * 100) : 0;
		const title = share > 0 ? `${dataset.name} takes ${share} % less` : `${dataset.name} is stored as you chose`;
		this.#toasts.show('good', title, version.message, await this.#catalogue.undoAction());
		return true;
	}

	/** Ends what is going on, also when the dialog closes. */
	stop(): void {
		this.#controller?.abort();
	}

	async #addUp(): Promise<void> {
		this.#together = null;
		const { choices } = this;
		if (!this.isChosen) {
			this.stop();
			return;
		}
		const measured = await this.#work('add-up', (signal) =>
			measureLayout({ id: this.#id(), item: this.item, choices, signal }, this.#effects)
		);
		if (!measured) return;
		this.#failure = measured.ok ? null : measured.error;
		if (measured.ok) this.#together = measured.value.savedBytes;
	}

	/** One at a time: what is begun ends what was going on, whose answer is then null. */
	async #work<T>(what: OptimisingWork, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
		this.#controller?.abort();
		const controller = new AbortController();
		this.#controller = controller;
		this.#working = what;
		const answer = await work(controller.signal);
		if (this.#controller !== controller) return null;
		this.#working = null;
		return answer;
	}

	#id() {
		return resultId(`layout-${this.#effects.randomId()}`);
	}
}
