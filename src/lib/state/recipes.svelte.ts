// The recipes of the workspace, and the one that is open.
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { samples } from '#core/samples/samples.ts';
import { sampleRecipe } from '#core/transform/sample-recipe.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { Documents } from './documents.svelte.ts';
import { RecipeEditor } from './recipe-editor.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Recipes extends Documents<RecipeEditor> {
	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		super('recipe', effects, catalogue, toasts);
	}

	async create(): Promise<void> {
		const input = this.catalogue.items[0]?.dataset.name ?? 'dataset';
		await this.#begin('recipe', `input: ${JSON.stringify(input)}\nsteps: []\n`);
	}

	/** Brings the sample's table in, and the recipe that reads it. */
	async createSample(): Promise<void> {
		const sample = samples.find(({ id }) => id === sampleRecipe.sample);
		const name = sample ? await this.bringSample(sample) : null;
		if (name === null) return;
		await this.#begin(sampleRecipe.name, sampleRecipe.text.replace('input: stocks', `input: ${name}`));
	}

	protected edit(item: DocumentItem): RecipeEditor {
		return new RecipeEditor(item, this.effects, this.catalogue, this.toasts);
	}

	protected override followed(open: RecipeEditor): void {
		open.plan();
	}

	async #begin(name: string, text: string): Promise<void> {
		const written = await this.write(name, text);
		if (written !== null) this.show(written);
	}
}
