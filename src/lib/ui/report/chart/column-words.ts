// What the columns of a chart's rows are called.
import type { ChartTable } from '#core/report/chart-table.ts';
import type { ChartBlock } from '#core/report/report.ts';
import { displayText } from '#core/sql/cell-text.ts';
import { wordsOf } from './draw-chart.ts';

export function columnWords(block: ChartBlock, table: ChartTable, name: string): string {
	const { xLabel, yLabel } = wordsOf(block, table);
	const x = xLabel === '' ? (block.x ?? 'x') : xLabel;
	const y = yLabel === '' ? 'Value' : yLabel;
	const words: Readonly<Record<string, string>> = {
		x: table.x2 ? `${x}, from` : x,
		x2: `${x}, to`,
		y: table.y2 ? `${y}, from` : y,
		y2: `${y}, to`,
		color: block.color ?? 'Series',
		series: 'Series',
		facet: block.facet ?? 'Panel',
		size: block.size === null ? 'Rows' : 'Size',
		low: 'Lower whisker',
		q1: 'Lower quartile',
		median: 'Median',
		q3: 'Upper quartile',
		high: 'Upper whisker',
		below: 'Rows below',
		above: 'Rows above'
	};
	return displayText(words[name] ?? name, 80);
}
