// Branches, tags and going back, as the page offers them.
import {
	addTag,
	createBranch,
	removeBranch,
	removeTag,
	restoreVersion,
	switchBranch,
	type RefAtInput,
	type RefInput
} from '#lib/flows/change-refs.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import type { Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Refs {
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
	}

	createBranch(input: RefAtInput): Promise<boolean> {
		return this.#say(
			createBranch(input, this.#effects),
			`${input.dataset} is on the new branch ${input.name}`,
			'What is saved next goes there; the other branches stay as they are.'
		);
	}

	switchBranch(input: RefInput): Promise<boolean> {
		return this.#say(switchBranch(input, this.#effects), `${input.dataset} is on the branch ${input.name}`, '');
	}

	removeBranch(input: RefInput): Promise<boolean> {
		return this.#say(
			removeBranch(input, this.#effects),
			`Removed the branch ${input.name}`,
			'Its versions stay until you do something else.'
		);
	}

	addTag(input: RefAtInput): Promise<boolean> {
		return this.#say(
			addTag(input, this.#effects),
			`Tagged ${input.name}`,
			`In SQL it is ${input.dataset}@${input.name}.`
		);
	}

	removeTag(input: RefInput): Promise<boolean> {
		return this.#say(removeTag(input, this.#effects), `Removed the tag ${input.name}`, '');
	}

	/** `at` names a version, as after `@` in SQL. */
	restore({ dataset }: CatalogueItem, at: string): Promise<boolean> {
		return this.#say(
			restoreVersion({ dataset: dataset.name, at }, this.#effects),
			`${dataset.name} has the rows of ${at} again`,
			'As a new version: nothing in between is lost.'
		);
	}

	async #say(answer: Promise<Result<unknown, StoreFailure>>, title: string, detail: string): Promise<boolean> {
		const changed = await answer;
		if (changed.ok) this.#toasts.show('good', title, detail, await this.#catalogue.undoAction());
		else this.#toasts.fail(changed.error);
		return changed.ok;
	}
}
