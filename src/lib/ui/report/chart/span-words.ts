// What is marked in a chart, in words, and the texts of fields in which its ends are written.
import type { AxisSpan, ChartSpan } from '#core/report/chart-span.ts';
import type { CellType } from '#core/report/edition.ts';
import { formatFor, NO_VALUE } from '#core/report/format-value.ts';
import type { ChartBlock } from '#core/report/report.ts';
import { markedColumns } from '#core/report/cube-grid.ts';
import { displayText } from '#core/sql/cell-text.ts';

export function axisText(span: AxisSpan, type: CellType): string {
	if (span.kind === 'values') {
		const names = span.values.map((value) => (value === null ? '(none)' : displayText(String(value), 40)));
		return names.length > 3 ? `${names[0] ?? ''} and ${names.length - 1} more` : names.join(', ');
	}
	const [from, to] = [span.from, lastOf(span, type)].map((end) => endText(end, type));
	return from === to ? (from ?? NO_VALUE) : `${from} – ${to}`;
}

/** Of days and whole numbers, the last one that is in the span; of anything else its end. */
export function lastOf(
	{ to, isOpen = false, isWhole = false }: AxisSpan & { readonly kind: 'range' },
	type: CellType
): number {
	return isOpen && (type === 'date' || isWhole) ? to - 1 : to;
}

function endText(end: number, type: CellType): string {
	if (type === 'date' || type === 'time') return formatFor(type === 'date' ? 'day' : null, type)(end);
	return formatFor(null, 'number')(end);
}

export function spanText(block: ChartBlock, span: ChartSpan, typeOf: (axis: 'x' | 'y') => CellType): string {
	const columns = markedColumns(block);
	return (['x', 'y'] as const)
		.flatMap((axis) => {
			const own = span[axis];
			return own ? [`${columns[axis] ?? axis}: ${axisText(own, typeOf(axis))}`] : [];
		})
		.join(', ');
}

export type FieldKind = { readonly input: 'number' | 'date' | 'datetime-local'; readonly type: CellType };

export function fieldKind(type: CellType): FieldKind {
	return { input: type === 'date' ? 'date' : type === 'time' ? 'datetime-local' : 'number', type };
}

export function fieldText(span: AxisSpan | null, which: 'from' | 'to', { type }: FieldKind): string {
	if (span?.kind !== 'range') return '';
	const end = which === 'from' ? span.from : lastOf(span, type);
	if (type !== 'date' && type !== 'time') return String(end);
	const date = new Date(end);
	return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, type === 'date' ? 10 : 16);
}

/** Null where the text is no end; a day that is written as the last one is in it whole. */
export function spanOfFields(
	{ from, to }: { readonly from: string; readonly to: string },
	{ type }: FieldKind,
	{ low, high }: { readonly low: number; readonly high: number }
): AxisSpan | null {
	const isTime = type === 'date' || type === 'time';
	const read = (text: string, open: number): number =>
		text === '' ? open : isTime ? Date.parse(type === 'date' ? text : `${text}Z`) : Number(text);
	const [start, last] = [read(from, low), read(to, high)];
	if (!Number.isFinite(start) || !Number.isFinite(last) || start > last || (from === '' && to === '')) return null;
	if (type === 'date' && to !== '') return { kind: 'range', from: start, to: last + 86_400_000, isOpen: true };
	return { kind: 'range', from: start, to: last };
}
