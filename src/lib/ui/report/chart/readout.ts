// What the chart says of one of its marks: the words of a tooltip, and of a screen reader at the same place.
import { categoryName, isDensity, type ChartTable } from '#core/report/chart-table.ts';
import type { EditionColumn } from '#core/report/edition.ts';
import type { ValueFormat } from '#core/report/format-value.ts';
import type { ChartBlock } from '#core/report/report.ts';
import { displayText } from '#core/sql/cell-text.ts';
import { wordsOf } from './draw-chart.ts';

export type Reading = { readonly name: string; readonly value: string };

const NAME_MAX = 80;
const shown = (text: string): string => displayText(text, NAME_MAX);

export function readRow(block: ChartBlock, table: ChartTable, row: number): readonly Reading[] {
	const { xFormat, yFormat, sizeFormat, xLabel, yLabel } = wordsOf(block, table);
	const at = (column: EditionColumn, format: ValueFormat): string => {
		const value = column.values[row] ?? null;
		return shown(typeof value === 'number' ? format(value) : categoryName(value, column));
	};
	const span = (from: EditionColumn, to: EditionColumn | null, format: ValueFormat): string =>
		to === null ? at(from, format) : `${at(from, format)} – ${at(to, format)}`;
	const readings: Reading[] = [];
	const add = (name: string, value: string): number => readings.push({ name: shown(name), value });
	const xName = xLabel === '' ? (block.x ?? 'x') : xLabel;
	if (table.facets.names[0] !== '') add(block.facet ?? '', table.facets.names[table.facets.ofRow[row] ?? 0] ?? '');
	if (table.x) add(xName, span(table.x, table.x2, xFormat));
	if (table.box) {
		const words = {
			high: 'Upper whisker',
			q3: 'Upper quartile',
			median: 'Median',
			q1: 'Lower quartile',
			low: 'Lower whisker'
		};
		for (const part of ['high', 'q3', 'median', 'q1', 'low'] as const) add(words[part], at(table.box[part], yFormat));
		if (table.above) add('Above', at(table.above, sizeFormat));
		if (table.below) add('Below', at(table.below, sizeFormat));
		return readings;
	}
	const series = table.series.names[table.series.ofRow[row] ?? 0] ?? '';
	const isSeries = table.series.names.length > 1 || series !== '';
	if (isSeries && block.y.length <= 1) add(block.color ?? 'Series', series);
	const yName = isSeries && block.y.length > 1 ? series : yLabel.replace(/ \([^)]*\)$/, '');
	if (table.y) add(yName === '' ? 'y' : yName, span(table.y, table.y2, yFormat));
	if (table.size) add(sizeName(block, table), at(table.size, sizeFormat));
	return readings.map((reading) => ({ ...reading, value: shown(reading.value) }));
}

function sizeName(block: ChartBlock, table: ChartTable): string {
	if (block.size === null || isDensity(block, table)) return 'Rows';
	return block.size.kind === 'column' ? block.size.column : `${block.size.aggregate} ${block.size.column ?? ''}`.trim();
}

export function readingText(readings: readonly Reading[]): string {
	return readings.map(({ name, value }) => `${name} ${value}`).join(', ');
}
