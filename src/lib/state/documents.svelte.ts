// The documents of one kind in the workspace, and the one that is open.
import type { Sample } from '#core/samples/samples.ts';
import { freeName } from '#core/version/dataset-name.ts';
import { removeDocument, renameDocument } from '#lib/flows/change-document.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { listDocuments, type DocumentItem } from '#lib/flows/list-documents.ts';
import { openSample } from '#lib/flows/open-sample.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { DocumentEditor } from './document-editor.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export abstract class Documents<Editor extends DocumentEditor> {
	protected readonly effects: Effects;
	protected readonly catalogue: Catalogue;
	protected readonly toasts: Toasts;
	readonly #kind: DocumentItem['document']['kind'];
	#items = $state.raw<readonly DocumentItem[]>([]);
	#isLoaded = $state(false);
	#open = $state.raw<Editor | null>(null);
	/** What was typed into those that were left without saving, by their ids. */
	#drafts = $state.raw<ReadonlyMap<string, string>>(new Map());
	readonly #unsaved = $derived.by(() => {
		const ids = this.#items.map(({ document }): string => document.id);
		return new Set(ids.filter((id) => (id === this.#open?.id ? this.#open.isChanged : this.#drafts.has(id))));
	});

	constructor(kind: DocumentItem['document']['kind'], effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#kind = kind;
		this.effects = effects;
		this.catalogue = catalogue;
		this.toasts = toasts;
		effects.store.watch(() => {
			if (this.#isLoaded) void this.refresh();
		});
	}

	get items(): readonly DocumentItem[] {
		return this.#items;
	}
	get isLoaded(): boolean {
		return this.#isLoaded;
	}
	get open(): Editor | null {
		return this.#open;
	}
	/** The ids of those with typed text that is not saved. */
	get unsaved(): ReadonlySet<string> {
		return this.#unsaved;
	}

	/** Undo, redo and other tabs change documents too: the one that is open follows. */
	async refresh(): Promise<void> {
		const items = await listDocuments(this.#kind, this.effects);
		if (items.ok) this.#items = items.value;
		else this.toasts.fail(items.error);
		await this.readBeside();
		this.#isLoaded = true;
		const open = this.#open;
		if (!open) return;
		const item = this.#items.find(({ document }) => document.id === open.id);
		if (!item) return this.show(null);
		open.follow(item);
		this.followed(open);
	}

	/** Null, and a name that none has, close the one that is open. What was typed into it and not saved is there when it is shown again. */
	show(name: string | null): void {
		const item = this.#items.find(({ document }) => document.name.toLowerCase() === name?.toLowerCase());
		if (item && this.#open?.id === item.document.id) return;
		this.#leave();
		this.#open = item ? this.edit(item) : null;
		const draft = this.#drafts.get(item?.document.id ?? '');
		if (draft !== undefined) this.#open?.type(draft);
	}

	async rename(name: string, to: string): Promise<boolean> {
		const renamed = await renameDocument({ kind: this.#kind, name, to }, this.effects);
		if (!renamed.ok) this.toasts.fail(renamed.error);
		else if (name !== to) this.toasts.show('good', `${name} is now ${to}`, '', await this.catalogue.undoAction());
		return renamed.ok;
	}

	async remove(name: string): Promise<void> {
		const removed = await removeDocument({ kind: this.#kind, name }, this.effects);
		if (!removed.ok) return this.toasts.fail(removed.error);
		this.toasts.show('good', `Removed the ${this.#kind} ${name}`, '', await this.catalogue.undoAction());
	}

	#leave(): void {
		const open = this.#open;
		if (!open) return;
		open.close();
		const others = [...this.#drafts].filter(([id]) => id !== open.id);
		this.#drafts = new Map(open.isChanged ? [...others, [open.id, open.text]] : others);
	}

	protected abstract edit(item: DocumentItem): Editor;

	/** What is shown beside the items, read whenever they are. */
	protected async readBeside(): Promise<void> {
		// Most kinds have nothing there.
	}

	/** Told after what is open has followed the workspace. */
	protected followed(_open: Editor): void {
		// Most editors do all of it by themselves.
	}

	/** A name like this one that none has. */
	protected free(name: string): string {
		return freeName(
			name,
			this.#items.map(({ document }) => document.name)
		);
	}

	/** A new document, under a free name like the one given; answers its name, null where it could not be kept, which was told. */
	protected async write(name: string, text: string): Promise<string | null> {
		const saved = await saveDocument({ kind: this.#kind, name: this.free(name), text }, this.effects);
		if (!saved.ok) {
			this.toasts.fail(saved.error);
			return null;
		}
		await this.refresh();
		return saved.value.document.name;
	}

	/** Brings a sample's table in; answers the dataset's name, null where that failed, which was told. */
	protected async bringSample(sample: Sample): Promise<string | null> {
		const opened = await openSample({ sample }, this.effects);
		if (!opened.ok) {
			this.toasts.fail(opened.error);
			return null;
		}
		await this.catalogue.refresh();
		return opened.value.dataset.name;
	}
}
