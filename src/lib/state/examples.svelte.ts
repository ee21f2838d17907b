// The ready-made examples: which one is being opened.
import type { Example, ExampleStage } from '#core/examples/example.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { openExample } from '#lib/flows/open-example.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Examples {
	#opening = $state<ExampleStage | null>(null);
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
	}

	get opening(): ExampleStage | null {
		return this.#opening;
	}

	/** Whether all it needs is there now. */
	async open(example: Example): Promise<boolean> {
		if (this.#opening !== null) return false;
		this.#opening = example.stage;
		try {
			const opened = await openExample({ example }, this.#effects);
			await this.#catalogue.refresh();
			if (opened.ok) this.#toasts.show('good', example.title, example.next);
			else this.#toasts.fail(opened.error);
			return opened.ok;
		} finally {
			this.#opening = null;
		}
	}
}
