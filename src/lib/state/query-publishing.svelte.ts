// Opening named queries to everybody, as the page shows it: whether the server could answer the one that is open, and which are published.
import type { Failure } from '#core/failure.ts';
import type { Result } from '#core/result.ts';
import type { Effects } from '#lib/flows/effects.ts';
import {
	listPublishedQueries,
	planQueryPublication,
	publishQuery,
	withdrawQuery,
	type PublishQueryInput,
	type QueryPublication,
	type ShownQuery
} from '#lib/flows/publish-query.ts';
import type { Toasts } from './toasts.svelte.ts';

export class QueryPublishing {
	#plan = $state.raw<Result<QueryPublication, Failure> | null>(null);
	#published = $state.raw<Result<readonly ShownQuery[], Failure> | null>(null);
	#isBusy = $state(false);
	#asked = 0;
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
	}

	/** Null until it is known. */
	get plan(): Result<QueryPublication, Failure> | null {
		return this.#plan;
	}
	get published(): Result<readonly ShownQuery[], Failure> | null {
		return this.#published;
	}
	get isBusy(): boolean {
		return this.#isBusy;
	}

	async look(input: PublishQueryInput): Promise<void> {
		const asked = ++this.#asked;
		this.#plan = null;
		const plan = await planQueryPublication(input, this.#effects);
		// One that was asked for later is of a later text.
		if (asked === this.#asked) this.#plan = plan;
		await this.#refresh();
	}

	publish(input: PublishQueryInput): Promise<void> {
		return this.#do(() => publishQuery(input, this.#effects));
	}

	withdraw(name: string): Promise<void> {
		return this.#do(() => withdrawQuery(name, this.#effects));
	}

	async #refresh(): Promise<void> {
		this.#published = await listPublishedQueries(this.#effects);
	}

	async #do(work: () => Promise<Result<unknown, Failure>>): Promise<void> {
		if (this.#isBusy) return;
		this.#isBusy = true;
		try {
			const done = await work();
			if (!done.ok) this.#toasts.fail(done.error);
			await this.#refresh();
		} finally {
			this.#isBusy = false;
		}
	}
}
