// The indexes of an open report that were made: who goes on to another chart or input and comes back finds its own again.
import type { ChartBlock, InputBlock, Report } from '#core/report/report.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { indexInput, type InputIndex } from '#lib/flows/index-input.ts';
import { indexReport, type IndexInput, type ReportIndex } from '#lib/flows/index-report.ts';

export type Active = ChartBlock | InputBlock;
/** Made for a chart or for an input. */
export type Indexed =
	{ readonly kind: 'chart'; readonly index: ReportIndex } | { readonly kind: 'input'; readonly index: InputIndex };

export type Made = {
	/** What it stands on. */
	readonly key: string;
	readonly report: Report;
	readonly abort: AbortController;
	/** Null where nothing can be answered without the engine, or what it needs could not be read. */
	index: Indexed | null;
	isDone: boolean;
};

/** Of all together; the one that was used last stays in any case. */
const KEPT_BYTES = 96 * 1024 * 1024;

export class KeptIndexes {
	/** The one that was used last is the last one. */
	#kept: readonly Made[] = [];

	find(key: string, report: Report): Made | null {
		const found = this.#kept.find((made) => made.key === key && made.report === report) ?? null;
		if (found) this.keep(found);
		return found;
	}

	keep(made: Made): void {
		const all = [...this.#kept.filter((one) => one !== made && one.report === made.report), made];
		let sizeBytes = 0;
		const newest = all.toReversed().filter((one) => {
			sizeBytes += one.index?.index.sizeBytes ?? 0;
			return one === made || sizeBytes <= KEPT_BYTES;
		});
		this.#kept = newest.toReversed();
	}

	clear(): void {
		this.#kept = [];
	}
}

/** Null where nothing can be answered without the engine, or what it needs could not be read. */
export async function indexOf(input: IndexInput, effects: Effects): Promise<Indexed | null> {
	const { active } = input;
	if (active.kind === 'chart') {
		const made = await indexReport({ ...input, active }, effects);
		return made.ok && made.value ? { kind: 'chart', index: made.value } : null;
	}
	const made = await indexInput({ ...input, active }, effects);
	return made.ok && made.value ? { kind: 'input', index: made.value } : null;
}
