// The number of a report that a person asks about, and what is found out of it.
import type { NumberPlace } from '#core/report/number-rows.ts';
import type { RenderedEdition } from '#lib/flows/render-report.ts';
import type { Result } from '#core/result.ts';
import type { Effects } from '#lib/flows/effects.ts';
import {
	explainNumber,
	type ExplainedNumber,
	type ExplainNumberFailure,
	type ExplainNumberInput
} from '#lib/flows/explain-number.ts';

/** As the report is shown: no edition while it is being rendered. */
type Asked = Omit<ExplainNumberInput, 'at' | 'table' | 'signal'> & { readonly edition: RenderedEdition | null };

export class ExplainedNumbers {
	#at = $state.raw<NumberPlace | null>(null);
	#result = $state.raw<Result<ExplainedNumber, ExplainNumberFailure> | null>(null);
	#abort: AbortController | null = null;
	readonly #asked: () => Asked;
	readonly #effects: Effects;

	constructor(asked: () => Asked, effects: Effects) {
		this.#asked = asked;
		this.#effects = effects;
	}

	/** Null while none is asked about. */
	get at(): NumberPlace | null {
		return this.#at;
	}
	/** Null until it is known. */
	get result(): Result<ExplainedNumber, ExplainNumberFailure> | null {
		return this.#result;
	}

	/** Explains a number of the edition that is shown, from the versions that it shows. */
	ask(at: NumberPlace): void {
		this.end();
		this.#at = at;
		void this.#ask(at);
	}

	end(): void {
		this.#abort?.abort();
		this.#abort = null;
		this.#at = null;
		this.#result = null;
	}

	async #ask(at: NumberPlace): Promise<void> {
		const abort = new AbortController();
		this.#abort = abort;
		const { edition, ...asked } = this.#asked();
		const shown = edition?.blocks[at.block];
		const table = shown && 'shown' in shown && shown.shown.ok ? shown.shown.table : undefined;
		const result = await explainNumber({ ...asked, at, table, signal: abort.signal }, this.#effects);
		if (this.#abort === abort) this.#result = result;
	}
}
