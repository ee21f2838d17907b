// The recipes of the workspace, and the one that is open.
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { listDocuments } from '#lib/flows/list-documents.ts';
import { removeDocument, renameDocument } from '#lib/flows/change-document.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { openSample } from '#lib/flows/open-sample.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import { samples } from '#core/samples/samples.ts';
import { sampleRecipe } from '#core/transform/sample-recipe.ts';
import { freeName } from '#core/version/dataset-name.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { RecipeEditor } from './recipe-editor.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Recipes {
	#items = $state.raw<readonly DocumentItem[]>([]);
	#isLoaded = $state(false);
	#open = $state.raw<RecipeEditor | null>(null);
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
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
	get open(): RecipeEditor | null {
		return this.#open;
	}

	async refresh(): Promise<void> {
		const items = await listDocuments('recipe', this.#effects);
		if (items.ok) this.#items = items.value;
		else this.#toasts.fail(items.error);
		this.#isLoaded = true;
		this.#follow();
		this.#open?.plan();
	}

	/** What was typed into the one that was open and not saved is kept as long as the page is. */
	show(name: string): void {
		const item = this.#items.find(({ document }) => document.name.toLowerCase() === name.toLowerCase());
		if (!item || this.#open?.id === item.document.id) return;
		this.#open?.close();
		this.#open = new RecipeEditor(item, this.#effects, this.#catalogue, this.#toasts);
	}

	async create(): Promise<void> {
		const input = this.#catalogue.items[0]?.dataset.name ?? 'dataset';
		await this.#write('recipe', `input: ${JSON.stringify(input)}\nsteps: []\n`);
	}

	/** Brings the sample's table in, and the recipe that reads it. */
	async createSample(): Promise<void> {
		const sample = samples.find(({ id }) => id === sampleRecipe.sample);
		if (!sample) return;
		const opened = await openSample({ sample }, this.#effects);
		if (!opened.ok) return this.#toasts.fail(opened.error);
		await this.#catalogue.refresh();
		const { name } = opened.value.dataset;
		await this.#write(sampleRecipe.name, sampleRecipe.text.replace('input: stocks', `input: ${name}`));
	}

	async rename(name: string, to: string): Promise<boolean> {
		const renamed = await renameDocument({ kind: 'recipe', name, to }, this.#effects);
		if (!renamed.ok) this.#toasts.fail(renamed.error);
		else if (name !== to) this.#toasts.show('good', `${name} is now ${to}`, '', await this.#catalogue.undoAction());
		return renamed.ok;
	}

	async remove(name: string): Promise<void> {
		const removed = await removeDocument({ kind: 'recipe', name }, this.#effects);
		if (!removed.ok) return this.#toasts.fail(removed.error);
		this.#toasts.show('good', `Removed the recipe ${name}`, '', await this.#catalogue.undoAction());
	}

	async #write(name: string, text: string): Promise<void> {
		const taken = this.#items.map(({ document }) => document.name);
		const free = freeName(name, taken);
		const saved = await saveDocument({ kind: 'recipe', name: free, text }, this.#effects);
		if (!saved.ok) return this.#toasts.fail(saved.error);
		await this.refresh();
		this.show(free);
	}

	/** Undo, redo and other tabs change recipes too. */
	#follow(): void {
		const open = this.#open;
		if (!open) return;
		const item = this.#items.find(({ document }) => document.id === open.id);
		if (item) return open.follow(item);
		open.close();
		this.#open = null;
	}
}
