// What the page knows of a model that serves: every version it scored, and one of them looked at.
import type { Effects } from '#lib/flows/effects.ts';
import { watchedVersions, watchOne, type WatchedVersion } from '#lib/flows/watch-model.ts';
import type { WatchReport } from '#lib/flows/watch-version.ts';
import { Asked } from './asked.svelte.ts';

/** A version that the model scored, with what is known of it. */
export type Watched = WatchedVersion;
/** What was found when one of them was looked at. */
export type Looked = WatchReport;

export class ModelWatch {
	readonly model: string;
	readonly report = new Asked<WatchReport | null>();
	/** Newest first. */
	readonly versions = new Asked<readonly WatchedVersion[]>();
	readonly #effects: Effects;

	constructor(model: string, effects: Effects) {
		this.model = model;
		this.#effects = effects;
	}

	async read(): Promise<void> {
		await this.versions.ask(String(this.#effects.now()), async () => {
			const found = await watchedVersions(this.model, this.#effects);
			if (!found.ok) return found;
			const newest = found.value.toSorted((one, other) => other.version.createdAtMs - one.version.createdAtMs);
			return { ok: true, value: newest };
		});
	}

	/** `question` tells when the same version must be looked at anew. */
	async look({ item, version }: WatchedVersion, question: string): Promise<void> {
		const before = this.report.value;
		await this.report.ask(`${version.id} ${question}`, (signal) =>
			watchOne({ dataset: item.dataset.name, version: version.id, signal }, this.#effects)
		);
		if (this.report.value !== before) await this.read();
	}

	/** One after the other, so that all can be told. */
	async lookAtAll(question: string): Promise<void> {
		for (const one of this.versions.value ?? []) if (one.facts === null) await this.look(one, question);
	}

	close(): void {
		for (const asked of [this.report, this.versions]) asked.cancel();
	}
}
