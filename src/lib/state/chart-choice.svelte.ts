// What a person is offered when they look for a chart: proposals for the columns they chose, and each of them drawn.
import { resultId } from '#core/ids.ts';
import { parseReport } from '#core/report/parse-report.ts';
import type { Report } from '#core/report/report.ts';
import type { Column } from '#core/version/version.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { chartsFor, type ChartProposals } from '#lib/flows/propose-charts.ts';
import { renderReport, type RenderedBlock } from '#lib/flows/render-report.ts';
import type { BlockFailure } from '#lib/flows/report-rows.ts';

export type OfferedChart = ChartProposals['charts'][number] & {
	/** Null before its rows are there. */
	readonly rendered: RenderedBlock | null;
};

const NO_BLOCKS: Report = { title: null, description: null, layout: 'page', blocks: [] };
/** Of a drawing among others. */
const HEIGHT = 190;

export class ChartChoice {
	#from = $state('');
	/** None: all. */
	#columns = $state.raw<readonly string[]>([]);
	#known = $state.raw<readonly Column[]>([]);
	#charts = $state.raw<readonly OfferedChart[]>([]);
	#failure = $state.raw<BlockFailure | null>(null);
	#isAsking = $state(false);
	#abort: AbortController | null = null;
	readonly #effects: Effects;
	readonly #report: Report;

	/** `report`: whose queries may be asked too. */
	constructor(effects: Effects, report: Report | null) {
		this.#effects = effects;
		this.#report = report ?? NO_BLOCKS;
	}

	get from(): string {
		return this.#from;
	}
	get columns(): readonly string[] {
		return this.#columns;
	}
	get known(): readonly Column[] {
		return this.#known;
	}
	get charts(): readonly OfferedChart[] {
		return this.#charts;
	}
	get failure(): BlockFailure | null {
		return this.#failure;
	}
	get isAsking(): boolean {
		return this.#isAsking;
	}

	ask(from: string, columns: readonly string[]): void {
		if (from !== this.#from) this.#known = [];
		this.#from = from;
		this.#columns = columns;
		void this.#ask(from, columns);
	}

	end(): void {
		this.#abort?.abort();
		this.#abort = null;
	}

	async #ask(from: string, columns: readonly string[]): Promise<void> {
		this.#abort?.abort();
		const abort = new AbortController();
		this.#abort = abort;
		this.#isAsking = true;
		const { signal } = abort;
		const id = resultId(`charts-${this.#effects.randomId()}`);
		const proposed = await chartsFor({ id, from, columns, report: this.#report, signal }, this.#effects);
		if (this.#abort !== abort) return;
		this.#failure = proposed.ok || proposed.error.kind === 'cancelled' ? null : proposed.error;
		this.#charts = proposed.ok ? proposed.value.charts.map((chart) => ({ ...chart, rendered: null })) : [];
		if (proposed.ok) this.#known = proposed.value.columns;
		const text = this.#charts.map((chart) => chart.text).join('\n');
		const parsed = parseReport(text);
		if (parsed.ok && this.#charts.length > 0) {
			const drawn = parsed.value.blocks.map((block) =>
				block.kind === 'chart' ? { ...block, height: HEIGHT, brush: 'none' as const } : block
			);
			const queries = this.#report.blocks.filter(({ kind }) => kind === 'query' || kind === 'input');
			const report = { ...NO_BLOCKS, blocks: [...drawn, ...queries] };
			const onBlock = (rendered: RenderedBlock, at: number): void => {
				if (this.#abort !== abort) return;
				this.#charts = this.#charts.map((chart, place) => (place === at ? { ...chart, rendered } : chart));
			};
			await renderReport({ id, report, name: '', version: null, chosen: new Map(), signal, onBlock }, this.#effects);
		}
		if (this.#abort === abort) this.#isAsking = false;
	}
}
