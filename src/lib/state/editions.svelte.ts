// Editions of a report that pipelines published, and the one that is read.
import type { Failure } from '#core/failure.ts';
import type { OpenedShare } from '#core/share/bundle.ts';
import type { KeptEdition } from '#core/share/kept-edition.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { listEditions, openEdition, removeEdition } from '#lib/flows/kept-editions.ts';
import type { Toasts } from './toasts.svelte.ts';

export type ReadEdition = { readonly id: string; readonly opened: OpenedShare };

export class Editions {
	#items = $state.raw<readonly KeptEdition[]>([]);
	#read = $state.raw<ReadEdition | null>(null);
	#failure = $state.raw<Failure | null>(null);
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
	}

	/** Of the report that was looked for last, newest first. */
	get items(): readonly KeptEdition[] {
		return this.#items;
	}
	get read(): ReadEdition | null {
		return this.#read;
	}
	get failure(): Failure | null {
		return this.#failure;
	}

	async look(report: string): Promise<void> {
		const listed = await listEditions(report, this.#effects);
		if (listed.ok) this.#items = listed.value;
		else this.#toasts.fail(listed.error);
	}

	/** Null closes the one that is read. */
	async open(id: string | null): Promise<void> {
		this.#failure = null;
		if (id === null || id === this.#read?.id) {
			if (id === null) this.#read = null;
			return;
		}
		this.#read = null;
		const opened = await openEdition(id, this.#effects);
		if (opened.ok) this.#read = { id, opened: opened.value };
		else this.#failure = opened.error;
	}

	async remove({ id, report }: KeptEdition): Promise<void> {
		const removed = await removeEdition(id, this.#effects);
		if (!removed.ok) this.#toasts.fail(removed.error);
		else if (this.#read?.id === id) this.#read = null;
		await this.look(report);
	}

	/** With this page's address before it. */
	linkOf({ share }: KeptEdition): string | null {
		return share?.isThere && share.expiresAtMs > this.#effects.now() ? this.#effects.sharing.origin + share.link : null;
	}
}
