// The named queries of the workspace, the one that is open, and what is kept of their rows.
import { sampleQuery } from '#core/query/sample-query.ts';
import { samples } from '#core/samples/samples.ts';
import { writeName } from '#core/sql/quote.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import type { QueryCache } from '#lib/flows/query-cache.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { Documents } from './documents.svelte.ts';
import { QueryEditor } from './query-editor.svelte.ts';
import { QueryPublishing } from './query-publishing.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Queries extends Documents<QueryEditor> {
	readonly publishing: QueryPublishing;
	#figures = $state.raw<QueryCache['figures']>();

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		super('query', effects, catalogue, toasts);
		this.#figures = effects.queries.figures;
		this.publishing = new QueryPublishing(effects, toasts);
	}

	get figures(): QueryCache['figures'] {
		return this.#figures ?? this.effects.queries.figures;
	}

	/** Returns the stop function. */
	followCache(): () => void {
		this.#figures = this.effects.queries.figures;
		return this.effects.queries.watch(() => (this.#figures = this.effects.queries.figures));
	}

	clearCache(): void {
		this.effects.queries.clear();
	}

	setBudget(budgetBytes: number): void {
		this.effects.queries.setBudget(budgetBytes);
	}

	async create(): Promise<void> {
		const dataset = this.catalogue.items[0]?.dataset.name;
		const from = dataset === undefined ? "VALUES ('no dataset yet')" : `SELECT * FROM ${writeName(dataset)} LIMIT 100`;
		await this.#begin('query', `sql: |\n  ${from}\n`);
	}

	/** Brings the sample's table in, and the query that reads it. */
	async createSample(): Promise<void> {
		const sample = samples.find(({ id }) => id === sampleQuery.sample);
		const name = sample ? await this.bringSample(sample) : null;
		if (name === null) return;
		await this.#begin(sampleQuery.name, sampleQuery.text.replace('FROM seattle_weather', `FROM ${writeName(name)}`));
		await this.open?.ask();
	}

	/** Opens it, and asks with the values that it has by itself. */
	async askNamed(name: string): Promise<void> {
		await this.refresh();
		this.show(name);
		await this.open?.ask();
	}

	override async rename(name: string, to: string): Promise<boolean> {
		const isRenamed = await super.rename(name, to);
		if (isRenamed && name !== to) void this.publishing.tellRenamed(name, to);
		return isRenamed;
	}

	protected edit(item: DocumentItem): QueryEditor {
		return new QueryEditor(item, this.effects, this.catalogue, this.toasts);
	}

	async #begin(name: string, text: string): Promise<void> {
		const written = await this.write(name, text);
		if (written !== null) this.show(written);
	}
}
