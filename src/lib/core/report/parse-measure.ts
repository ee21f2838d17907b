// Measures as a report writes them: `reading`, `"net weight"`, `avg(reading)`, `count()`.
import { aggregates, type Aggregate, type Measure } from './report.ts';

/** Null where it is neither a column nor an aggregate that is known. */
export function parseMeasure(text: string): Measure | null {
	const told = text.trim();
	const call = /^([a-z]+)\s*\(\s*(.*?)\s*\)$/s.exec(told);
	if (!call) {
		const column = columnOf(told);
		return column === null ? null : { kind: 'column', column };
	}
	const [, name = '', inside = ''] = call;
	if (!isAggregate(name)) return null;
	if (inside === '' || inside === '*')
		return name === 'count' ? { kind: 'aggregate', aggregate: name, column: null } : null;
	const column = columnOf(inside);
	return column === null ? null : { kind: 'aggregate', aggregate: name, column };
}

export function measureText(measure: Measure): string {
	if (measure.kind === 'column') return written(measure.column);
	return `${measure.aggregate}(${measure.column === null ? '' : written(measure.column)})`;
}

/** In words, for a label. */
export function measureLabel(measure: Measure): string {
	if (measure.kind === 'column') return measure.column;
	const { aggregate, column } = measure;
	if (column === null) return 'Rows';
	const words: Readonly<Record<Aggregate, string>> = {
		count: 'Number of',
		sum: 'Sum of',
		avg: 'Mean of',
		min: 'Lowest',
		max: 'Highest',
		median: 'Median of',
		distinct: 'Distinct'
	};
	return `${words[aggregate]} ${column}`;
}

function isAggregate(name: string): name is Aggregate {
	return aggregates.some((one) => one === name);
}

/** Without quotes a name may have blanks, but nothing that reads as a call. */
function columnOf(text: string): string | null {
	if (/^"(?:[^"]|"")+"$/.test(text)) return text.slice(1, -1).replaceAll('""', '"');
	return text === '' || /[()"]/.test(text) ? null : text;
}

function written(column: string): string {
	return /[()"]/.test(column) ? `"${column.replaceAll('"', '""')}"` : column;
}
