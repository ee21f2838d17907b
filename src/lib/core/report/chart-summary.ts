// What a chart says, in words: its kind, what stands over what, how far the values go, where they are highest and lowest, and which way they go.
import { axisKind, categoryName, chartTable, isDensity, numberAt, type ChartTable } from './chart-table.ts';
import type { EditionColumn, EditionTable } from './edition.ts';
import { formatFor, withUnit, type ValueFormat } from './format-value.ts';
import { shapeFinder } from './region-shapes.ts';
import { measureLabel } from './parse-measure.ts';
import type { ChartBlock, ChartType } from './report.ts';

/** `name` stands for a title where there is none. */
export type ChartSummary = { readonly name: string; readonly text: string };

const kinds: Readonly<Record<ChartType, string>> = {
	line: 'Line chart',
	area: 'Area chart',
	bar: 'Bar chart',
	histogram: 'Histogram',
	scatter: 'Scatter plot',
	heatmap: 'Heat map',
	box: 'Box plot',
	points: 'Map of points',
	regions: 'Map of regions'
};

const SERIES_TOLD = 4;
/** Of the range: less is no trend but noise. */
const TREND = 0.25;

/** `shapes`: of a map of a person's own regions. */
export function summariseChart(
	block: ChartBlock,
	rows: EditionTable,
	totalRows: number,
	shapes?: EditionTable
): ChartSummary {
	const table = chartTable(rows);
	const kind = isDensity(block, table) ? 'Density plot' : kinds[block.type];
	const what = block.yLabel ?? (block.y.length > 0 ? block.y.map(measureLabel).join(', ') : 'Rows');
	const over = block.xLabel ?? block.x;
	const name = over === null ? what : `${what} by ${over}`;
	const series = table.series.names;
	const sentences = [`${kind} of ${what}${over === null ? '' : ` by ${over}`}.`];
	if (rows.rowCount === 0) return { name, text: `${sentences.join(' ')} There are no rows.` };
	const facets = table.facets.names;
	if (facets[0] !== '') sentences.push(`${facets.length} panels, one for each ${block.facet ?? 'facet'}.`);
	const xFormat = formatFor(block.xFormat, table.x?.type ?? 'text');
	const along = spanWords(table.x, table.x2, xFormat);
	if (along !== null) sentences.push(along);
	const values =
		table.size && (isDensity(block, table) || block.type === 'heatmap') ? table.size : (table.box?.median ?? table.y);
	const format = withUnit(formatFor(block.yFormat, values?.type ?? 'number'), block.unit);
	if (series.length > 1) {
		sentences.push(`${series.length} series: ${listed(series)}.`);
		series.slice(0, SERIES_TOLD).forEach((one, number) => {
			const told = rangeWords(table, values, { format, xFormat, series: number, block });
			if (told !== null) sentences.push(`${one}: ${told}.`);
		});
	} else {
		const told = rangeWords(table, values, { format, xFormat, series: null, block });
		sentences.push(told === null ? 'Every value is missing.' : `${capital(told)}.`);
	}
	if (shapes) sentences.push(regionWords(table, shapes));
	const left = totalRows - rows.rowCount;
	if (left > 0 && (block.type === 'bar' || block.type === 'box'))
		sentences.push(`${left.toLocaleString('en')} more are not shown.`);
	return { name, text: sentences.join(' ') };
}

function regionWords({ x, y, rowCount }: ChartTable, shapes: EditionTable): string {
	const keys = shapes.columns.find(({ name }) => name === 'key')?.values ?? [];
	const find = shapeFinder(keys.map((key) => (key === null ? null : String(key))));
	const found = new Set<number>();
	let lost = 0;
	for (let row = 0; row < rowCount; row++) {
		if (x === null || numberAt(y, row) === null) continue;
		const at = find(categoryName(x.values[row] ?? null, x));
		if (at === null) lost++;
		else found.add(at);
	}
	const other =
		lost === 0 ? '' : ` ${lost.toLocaleString('en')} ${lost === 1 ? 'row is' : 'rows are'} of none of them.`;
	return `${found.size.toLocaleString('en')} of ${shapes.rowCount.toLocaleString('en')} regions have a value.${other}`;
}

function spanWords(x: EditionColumn | null, x2: EditionColumn | null, format: ValueFormat): string | null {
	if (x === null) return null;
	if (axisKind(x) === 'category') {
		const count = new Set(x.values).size;
		return count === 1 ? null : `${count.toLocaleString('en')} categories.`;
	}
	const numbers = [...x.values, ...(x2?.values ?? [])].filter((value) => typeof value === 'number');
	if (numbers.length === 0) return null;
	const low = numbers.reduce((one, other) => Math.min(one, other));
	const high = numbers.reduce((one, other) => Math.max(one, other));
	return low === high ? `At ${format(low)}.` : `From ${format(low)} to ${format(high)}.`;
}

type Told = {
	readonly format: ValueFormat;
	readonly xFormat: ValueFormat;
	readonly series: number | null;
	readonly block: ChartBlock;
};

/** `lowest 3 at May, highest 9 at July, rising`; null where there are no values. */
function rangeWords(
	table: ChartTable,
	values: EditionColumn | null,
	{ format, xFormat, series, block }: Told
): string | null {
	let low: number | null = null;
	let high: number | null = null;
	const points: [number, number][] = [];
	const valueAt = (row: number | null): number => (row === null ? 0 : (numberAt(values, row) ?? 0));
	for (let row = 0; row < table.rowCount; row++) {
		const value = numberAt(values, row);
		if (value === null || (series !== null && table.series.ofRow[row] !== series)) continue;
		if (low === null || value < valueAt(low)) low = row;
		if (high === null || value > valueAt(high)) high = row;
		const x = numberAt(table.x, row);
		if (x !== null) points.push([x, value]);
	}
	if (low === null || high === null) return null;
	if (valueAt(low) === valueAt(high)) return `always ${format(valueAt(low))}`;
	const where = (row: number): string => {
		const { x } = table;
		if (x === null) return '';
		const value = x.values[row] ?? null;
		const words = typeof value === 'number' ? xFormat(value) : categoryName(value, x);
		const panel = table.facets.names[0] === '' ? '' : ` in ${table.facets.names[table.facets.ofRow[row] ?? 0] ?? ''}`;
		return ` at ${words}${panel}`;
	};
	const parts = [`lowest ${format(valueAt(low))}${where(low)}`, `highest ${format(valueAt(high))}${where(high)}`];
	const isOverTime =
		block.type === 'line' || block.type === 'area' || (block.type === 'bar' && axisKind(table.x) === 'time');
	if (isOverTime && points.length > 2 && table.facets.names[0] === '')
		parts.push(trendWords(points, valueAt(high) - valueAt(low)));
	return parts.join(', ');
}

/** By least squares, from the first to the last place. */
function trendWords(points: readonly (readonly [number, number])[], range: number): string {
	const meanX = points.reduce((sum, [x]) => sum + x / points.length, 0);
	const meanY = points.reduce((sum, [, y]) => sum + y / points.length, 0);
	let covariance = 0;
	let variance = 0;
	let [first, last] = [Infinity, -Infinity];
	for (const [x, y] of points) {
		covariance += (x - meanX) * (y - meanY);
		variance += (x - meanX) ** 2;
		[first, last] = [Math.min(first, x), Math.max(last, x)];
	}
	const change = variance === 0 ? 0 : (covariance / variance) * (last - first);
	if (Math.abs(change) < range * TREND) return 'without a clear trend';
	return change > 0 ? 'rising' : 'falling';
}

function listed(names: readonly string[]): string {
	const shown = names.slice(0, 8).join(', ');
	return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
