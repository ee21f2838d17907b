// Which rows a number of a report is made of: those of its mark or row, and of those the ones that count.
import { quoteName, quoteText, quoteValue } from '../sql/quote.ts';
import { measureLabel } from './parse-measure.ts';
import type { CellType, CellValue, EditionTable } from './edition.ts';
import type { BlockPlan } from './plan-chart.ts';
import type { Block, Measure } from './report.ts';

/** A number of a rendered report. */
export type NumberPlace = {
	/** Of the blocks of the report, from 0 on. */
	readonly block: number;
	/** Of the block's table: a mark of a chart, a row of a table; of prose, which of its values. */
	readonly row: number;
	/** Of a table, the column; left out for the row as a whole. */
	readonly column?: string | undefined;
};

/** What a block shows there: its rows' name, what is measured, and the value. Null where nothing is measured, as of an input. */
export type FoundNumber = {
	readonly from: string;
	readonly measure: Measure | null;
	readonly label: string;
	readonly format: string | null;
	readonly unit: string | null;
};

export function numberAt(
	block: Block | undefined,
	{ row, column }: NumberPlace,
	table: EditionTable | null
): FoundNumber | null {
	switch (block?.kind) {
		case 'prose': {
			const value = block.values[row];
			if (!value) return null;
			const { from, value: measure, format } = value;
			return { from, measure, label: measureLabel(measure), format, unit: null };
		}
		case 'metric': {
			const { from, value: measure, label, format, unit } = block;
			return { from, measure, label: label ?? measureLabel(measure), format, unit };
		}
		case 'chart': {
			const measures = block.y.length > 1 ? block.y : block.y.slice(0, 1);
			const series = table?.columns.find(({ name }) => name === 'series')?.values[row];
			const isGrid = block.type === 'heatmap' || block.type === 'scatter' || block.type === 'points';
			const measure = isGrid
				? block.size
				: (measures.find((one) => measures.length > 1 && measureLabel(one) === series) ?? measures[0] ?? null);
			const label = measure ? measureLabel(measure) : 'Rows';
			return {
				from: block.from,
				measure,
				label,
				format: isGrid ? null : block.yFormat,
				unit: isGrid ? null : block.unit
			};
		}
		case 'table': {
			const asked = block.columns?.find((one) => one.column.toLowerCase() === column?.toLowerCase());
			const label = asked?.label ?? column ?? `Row ${row + 1}`;
			return { from: block.from, measure: null, label, format: asked?.format ?? null, unit: null };
		}
		default:
			return null;
	}
}

/** The column of the block's table that holds the number. */
export function valueColumn(block: Block, { column }: NumberPlace, table: EditionTable): string | null {
	if (block.kind === 'table') return column ?? null;
	if (block.kind !== 'chart') return 'value';
	const names = new Set(table.columns.map(({ name }) => name));
	return (
		['size', 'median', 'y'].find(
			(name) => names.has(name) && (name !== 'size' || !names.has('y') || names.has('y2'))
		) ?? null
	);
}

/** A predicate over the rows that the block shows: what tells the mark apart holds, and what is measured is there. `TRUE` for all. */
export function numberRowsSql(
	keys: BlockPlan['keys'],
	measure: Measure | null,
	table: EditionTable,
	row: number
): string {
	const parts = keys.flatMap(({ name, sql }) => {
		const column = table.columns.find((one) => one.name === name);
		return column ? [isSame(sql, column.values[row] ?? null, column.type)] : [];
	});
	if (measure?.kind === 'aggregate' && measure.column !== null) parts.push(`${quoteName(measure.column)} IS NOT NULL`);
	return parts.length === 0 ? 'TRUE' : parts.join(' AND ');
}

/** A sum of doubles may end in another last digit when it is asked for again. */
function isSame(sql: string, value: CellValue, type: CellType): string {
	const isFraction = typeof value === 'number' && !Number.isInteger(value);
	return isFraction
		? `abs(${sql} - ${quoteValue(value)}) <= ${quoteValue(Math.abs(value) * 1e-12)}`
		: `${sql} IS NOT DISTINCT FROM ${literal(value, type)}`;
}

/** What JSON has no number for is a text in the table. */
function literal(value: CellValue, type: CellType): string {
	if (value === null || typeof value === 'boolean') return quoteValue(value);
	if (type === 'text') return quoteText(String(value));
	return typeof value === 'number' ? quoteValue(value) : `CAST(${quoteText(value)} AS DOUBLE)`;
}
