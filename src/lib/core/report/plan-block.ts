// What a block asks of rows: a chart, a table or a metric one thing, prose one for each number in it, a select what there is to choose.
import type { Result } from '../result.ts';
import { planChart, type BlockPlan, type PlanFailure } from './plan-chart.ts';
import { planInput, planTable, planValues, type ColumnEnds } from './plan-rows.ts';
import type { Block } from './report.ts';
import { chartId, inputId } from './row-filter.ts';

export type PlanOver = Parameters<typeof planChart>[1];

export type BlockAsk = {
	readonly from: string;
	/** Whose own filter is left out. */
	readonly by: string | null;
	readonly plan: (over: PlanOver) => Result<BlockPlan | ColumnEnds, PlanFailure>;
};

export function asksOf(block: Block): readonly BlockAsk[] {
	switch (block.kind) {
		case 'query':
			return [];
		case 'prose':
			return block.values.map(({ from, value }) => ({
				from,
				by: null,
				plan: (over) => planValues([{ name: 'value', measure: value }], over)
			}));
		case 'chart':
			return [{ from: block.from, by: chartId(block), plan: (over) => planChart(block, over) }];
		case 'table':
			return [{ from: block.from, by: null, plan: (over) => planTable(block, over) }];
		case 'metric': {
			const values = [{ name: 'value', measure: block.value }];
			if (block.compare) values.push({ name: 'compare', measure: block.compare });
			return [{ from: block.from, by: null, plan: (over) => planValues(values, over) }];
		}
		case 'input':
			if (block.from === null) return [];
			// All there is to choose stays to be chosen, whatever is chosen now.
			return [{ from: block.from, by: inputId(block), plan: (over) => planInput(block, over) }];
	}
}
