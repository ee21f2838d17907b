// Renders a report: every block asks the engine for its rows, one after another, and a block that fails leaves the others as they are.
import { readTable } from '../core/report/edition-table.ts';
import type { Edition, EditionBlock, Shown } from '../core/report/edition.ts';
import { planChart, type BlockPlan, type PlanFailure } from '../core/report/plan-chart.ts';
import { planInput, planTable, planValues } from '../core/report/plan-rows.ts';
import { valueOf } from '../core/report/relation-sql.ts';
import type { Block, Measure } from '../core/report/report.ts';
import { chartId } from '../core/report/row-filter.ts';
import type { DocumentVersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { listDatasets } from './list-datasets.ts';
import { pinned, ReportRows, type BlockFailure, type ReportAsked, type Rows } from './report-rows.ts';

export type RenderedEdition = Edition<BlockFailure>;
export type RenderedBlock = EditionBlock<BlockFailure>;

export type RenderInput = ReportAsked & {
	readonly name: string;
	readonly version: DocumentVersionId | null;
	/** Told after each block, with its number. */
	readonly onBlock?: (block: RenderedBlock, at: number) => void;
};

export type RenderFailure = StoreFailure | { readonly kind: 'cancelled' };

export async function renderReport(
	input: RenderInput,
	effects: Effects
): Promise<Result<RenderedEdition, RenderFailure>> {
	const listed = await listDatasets(effects);
	if (!listed.ok) return listed;
	const rows = new ReportRows(input, pinned(listed.value, input.pins), effects);
	const renderer = new Renderer(input, rows, effects);
	const blocks: RenderedBlock[] = [];
	for (const [at, block] of input.report.blocks.entries()) {
		if (input.signal?.aborted) return err({ kind: 'cancelled' });
		const rendered = await renderer.block(block);
		blocks.push(rendered);
		input.onBlock?.(rendered, at);
	}
	if (input.signal?.aborted) return err({ kind: 'cancelled' });
	const { title, description, layout } = input.report;
	return ok({
		report: input.name,
		version: input.version,
		title,
		description,
		layout,
		renderedAtMs: effects.now(),
		sources: rows.sources,
		blocks
	});
}

class Renderer {
	readonly #input: RenderInput;
	readonly #rows: ReportRows;
	readonly #effects: Effects;

	constructor(input: RenderInput, rows: ReportRows, effects: Effects) {
		this.#input = input;
		this.#rows = rows;
		this.#effects = effects;
	}

	async block(block: Block): Promise<RenderedBlock> {
		switch (block.kind) {
			case 'prose':
				return { block, values: await this.#values(block.values) };
			case 'query':
				return { block, table: null, failure: null };
			case 'chart':
				return { block, shown: await this.#shown(block.from, (over) => planChart(block, over), chartId(block)) };
			case 'table':
				return { block, shown: await this.#shown(block.from, (over) => planTable(block, over), null) };
			case 'metric': {
				const values = [{ name: 'value', measure: block.value }];
				if (block.compare) values.push({ name: 'compare', measure: block.compare });
				return { block, shown: await this.#shown(block.from, (over) => planValues(values, over), null) };
			}
			case 'input': {
				const value = valueOf(block, this.#input.chosen);
				if (block.from === null) {
					const values = block.options;
					const table = { rowCount: values.length, columns: [{ name: 'value', type: 'text' as const, values }] };
					return {
						block,
						value,
						shown: { ok: true, table, totalRows: values.length, sources: [], sql: null, elapsedMs: 0 }
					};
				}
				return { block, value, shown: await this.#choices(block, block.from) };
			}
		}
	}

	async #values(
		values: readonly { readonly from: string; readonly value: Measure }[]
	): Promise<readonly Shown<BlockFailure>[]> {
		const shown: Shown<BlockFailure>[] = [];
		for (const { from, value } of values)
			shown.push(await this.#shown(from, (over) => planValues([{ name: 'value', measure: value }], over), null));
		return shown;
	}

	async #choices(block: Block & { readonly kind: 'input' }, from: string): Promise<Shown<BlockFailure>> {
		const rows = await this.#rows.over(from);
		if (!rows.ok) return { ok: false, failure: rows.error };
		const plan = planInput(block, { ...rows.value, from });
		if (!plan.ok) return { ok: false, failure: plan.error };
		// All there is to choose stays to be chosen, whatever is chosen now.
		if ('sql' in plan.value)
			return this.#shown(from, () => ok(plan.value as BlockPlan), `input ${block.name.toLowerCase()}`);
		const { low, high, type } = plan.value;
		const columns = [
			{ name: 'from', type, values: [low] },
			{ name: 'to', type, values: [high] }
		];
		return { ok: true, table: { rowCount: 1, columns }, totalRows: 1, sources: [], sql: null, elapsedMs: 0 };
	}

	/** `by`: whose own filter is left out. */
	async #shown(
		from: string,
		plan: (over: Rows & { readonly from: string }) => Result<BlockPlan, PlanFailure>,
		by: string | null
	): Promise<Shown<BlockFailure>> {
		const rows = await this.#rows.over(from);
		if (!rows.ok) return { ok: false, failure: rows.error };
		const planned = plan({ ...rows.value, from });
		if (!planned.ok) return { ok: false, failure: planned.error };
		const text = planned.value.sql(this.#rows.filtered(from, rows.value, by));
		const sql = this.#rows.whole(rows.value, text);
		const startedAtMs = this.#effects.now();
		const answered = await this.#rows.ask(sql, (bound) => this.#effects.engine.answer(bound));
		if (!answered.ok) return { ok: false, failure: answered.error };
		const { table, totalRows } = readTable(answered.value.value, planned.value);
		const sources = answered.value.inputs.flatMap((id) => this.#rows.source(id) ?? []);
		return { ok: true, table, totalRows, sources, sql, elapsedMs: this.#effects.now() - startedAtMs };
	}
}
