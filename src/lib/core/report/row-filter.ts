// Which rows a block shows: what inputs and brushes leave of them. A filter is of one column; all of them hold.
import { quoteName, quoteTyped } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import { valueOf, type ChosenInputs } from './relation-sql.ts';
import type { AxisSpan, ChartSpan } from './chart-span.ts';
import type { ChartBlock, InputBlock, Report } from './report.ts';

export type RowFilter = {
	/** What set it: no block filters itself. */
	readonly by: string;
	readonly column: string;
} &
	/** Texts as the column's values are cast to, or numbers; null among them is a row without a value. */
	(
		| { readonly kind: 'among'; readonly values: readonly (string | number | null)[] }
		/** Both inclusive, but for an open `to`; null has no end. Numbers, or of dates UTC epoch milliseconds or ISO texts. */
		| {
				readonly kind: 'span';
				readonly from: string | number | null;
				readonly to: string | number | null;
				readonly isOpen?: boolean;
		  }
		| { readonly kind: 'contains'; readonly text: string }
	);

/** Those that the inputs of the report set on rows of `from`. */
export function inputFilters(
	{ blocks }: Pick<Report, 'blocks'>,
	from: string,
	chosen: ChosenInputs
): readonly RowFilter[] {
	return blocks.flatMap((block) =>
		block.kind === 'input' && block.from?.toLowerCase() === from.toLowerCase() ? (inputFilter(block, chosen) ?? []) : []
	);
}

/** Null where nothing is chosen in it. */
export function inputFilter(input: InputBlock, chosen: ChosenInputs): RowFilter | null {
	const value = valueOf(input, chosen);
	const { column } = input;
	if (value === null || value === '' || column === null) return null;
	const base = { by: inputId(input), column };
	if (typeof value === 'object' && 'from' in value)
		return value.from === null && value.to === null ? null : { ...base, kind: 'span', from: value.from, to: value.to };
	if (typeof value === 'object') return value.length === 0 ? null : { ...base, kind: 'among', values: value };
	if (input.type === 'search') return { ...base, kind: 'contains', text: String(value) };
	return { ...base, kind: 'among', values: [String(value)] };
}

/** What an input's own filter is `by`. */
export function inputId({ name }: Pick<InputBlock, 'name'>): string {
	return `input ${name.toLowerCase()}`;
}

/** What a chart's own filters are `by`. */
export function chartId({ place }: Pick<ChartBlock, 'place'>): string {
	return `chart ${place.from}`;
}

/** Those that a span marked in a chart sets on the rows it shows. */
export function brushFilters(block: ChartBlock, { x, y }: ChartSpan): readonly RowFilter[] {
	const [measure] = block.y;
	const isPlane = block.type === 'scatter' || block.type === 'heatmap' || block.type === 'points';
	return [
		...(block.x === null || x === null ? [] : spanFilter(block, block.x, x)),
		...(isPlane && y !== null && measure?.kind === 'column' ? spanFilter(block, measure.column, y) : [])
	];
}

/** What all of them leave, by the rows they are of in small letters. */
export function markFilters(
	marks: readonly { readonly block: ChartBlock; readonly span: ChartSpan }[]
): ReadonlyMap<string, readonly RowFilter[]> {
	const filters = new Map<string, readonly RowFilter[]>();
	for (const { block, span } of marks) {
		const from = block.from.toLowerCase();
		filters.set(from, [...(filters.get(from) ?? []), ...brushFilters(block, span)]);
	}
	return filters;
}

function spanFilter(block: ChartBlock, column: string, span: AxisSpan): readonly RowFilter[] {
	const base = { by: chartId(block), column };
	if (span.kind === 'range') {
		const { from, to, isOpen = false } = span;
		return [{ ...base, kind: 'span', from, to, isOpen }];
	}
	const values = span.values.map((value) => (typeof value === 'boolean' ? String(value) : value));
	return [{ ...base, kind: 'among', values }];
}

/** A predicate over the columns, `TRUE` for none; a filter of a column that is not there is left out. */
export function filterSql(filters: readonly RowFilter[], columns: readonly Column[]): string {
	const parts = filters.flatMap((filter) => {
		const column = columns.find(({ name }) => name.toLowerCase() === filter.column.toLowerCase());
		return column ? [predicate(filter, column)] : [];
	});
	return parts.length === 0 ? 'TRUE' : parts.join(' AND ');
}

function predicate(filter: RowFilter, column: Column): string {
	const name = quoteName(column.name);
	const family = typeFamily(column.type);
	switch (filter.kind) {
		case 'among': {
			const values = filter.values.filter((value) => value !== null);
			const none = filter.values.includes(null) ? `${name} IS NULL` : 'FALSE';
			if (values.length === 0) return none;
			// A number's text depends on its type: 1 is `1.0` as a DOUBLE.
			const isNumbers = family === 'number' && values.every((value) => typeof value === 'number');
			const literals = values.map((value) => quoteTyped(isNumbers ? value : String(value), 'text')).join(', ');
			const isText = family === 'text' && !column.type.startsWith('ENUM');
			const value = isNumbers ? `CAST(${name} AS DOUBLE)` : isText ? name : `CAST(${name} AS VARCHAR)`;
			const among = `${value} IN (${literals})`;
			return none === 'FALSE' ? among : `(${among} OR ${none})`;
		}
		case 'contains':
			return `contains(lower(CAST(${name} AS VARCHAR)), lower(${quoteTyped(filter.text, 'text')}))`;
		case 'span': {
			const literal = (end: string | number): string =>
				family !== 'date'
					? quoteTyped(end, 'text')
					: typeof end === 'number'
						? quoteTyped(new Date(end).toISOString(), 'timestamp')
						: quoteTyped(end, 'timestamp');
			// A day named as the last one is in it whole.
			const isDay = typeof filter.to === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(filter.to) && family === 'date';
			const parts = [
				filter.from === null ? [] : [`${name} >= ${literal(filter.from)}`],
				filter.to === null
					? []
					: [
							isDay
								? `${name} < ${literal(filter.to)} + INTERVAL 1 DAY`
								: `${name} ${filter.isOpen ? '<' : '<='} ${literal(filter.to)}`
						]
			].flat();
			return parts.length === 0 ? 'TRUE' : parts.join(' AND ');
		}
	}
}
