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
	#refused = $state.raw<Failure | null>(null);
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
	/** Why the server did not take the text that is looked at. */
	get refused(): Failure | null {
		return this.#refused;
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
		this.#refused = null;
		const plan = await planQueryPublication(input, this.#effects);
		// One that was asked for later is of a later text.
		if (asked !== this.#asked) return;
		this.#plan = plan;
		await this.#refresh();
	}

	async publish(input: PublishQueryInput): Promise<void> {
		await this.#do(() => publishQuery(input, this.#effects));
	}

	/** A name that others ask by is not changed by itself: what is published under it is said, and can take the new one. */
	async tellRenamed(from: string, to: string): Promise<void> {
		const listed = await listPublishedQueries(this.#effects);
		if (!listed.ok || !listed.value.some(({ title }) => title === from)) return;
		this.#published = listed;
		this.#toasts.show('plain', `It is still published as ${from}`, 'Others ask it at the same address either way.', {
			label: `Publish it as ${to}`,
			run: () => void this.#publishRenamed(from, to)
		});
	}

	async #publishRenamed(from: string, to: string): Promise<void> {
		const isDone = await this.#do(() => publishQuery({ name: to, inPlaceOf: from }, this.#effects));
		if (isDone) this.#toasts.show('good', `Published as ${to}`, 'At the same address as before.');
		// The tab of it need not be open.
		else if (this.#refused) this.#toasts.fail(this.#refused);
	}

	async withdraw(name: string): Promise<void> {
		await this.#do(() => withdrawQuery(name, this.#effects));
	}

	async #refresh(): Promise<void> {
		this.#published = await listPublishedQueries(this.#effects);
	}

	/** Whether it was done. */
	async #do(work: () => Promise<Result<unknown, Failure>>): Promise<boolean> {
		if (this.#isBusy) return false;
		this.#isBusy = true;
		this.#refused = null;
		try {
			const done = await work();
			if (!done.ok && isRefusal(done.error)) this.#refused = done.error;
			else if (!done.ok) this.#toasts.fail(done.error);
			await this.#refresh();
			return done.ok;
		} finally {
			this.#isBusy = false;
		}
	}
}

/** It is of this query, and stays until its text is another one. */
function isRefusal({ kind }: Failure): boolean {
	return /^(engine-(missing|busy|limit)|statement-refused)$/.test(kind);
}
