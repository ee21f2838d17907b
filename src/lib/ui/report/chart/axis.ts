// An axis as it is drawn: where it begins and ends, its ticks with their texts, and what a place along it stands for.
// Names stand on whole numbers, the first one between 0 and 1: bars side by side, cells and bands need no scale of their own.
import { categoryName, type AxisKind, type ChartTable } from '#core/report/chart-table.ts';
import type { CellValue, EditionColumn } from '#core/report/edition.ts';
import type { ValueFormat } from '#core/report/format-value.ts';
import { numberAxis, type Extent, type NumberScale } from '#core/report/number-axis.ts';

export type Axis = {
	readonly kind: AxisKind;
	readonly scale: NumberScale;
	readonly low: number;
	readonly high: number;
	/** Null: as Plot chooses, which knows calendars. */
	readonly ticks: readonly Tick[] | null;
	readonly format: ValueFormat;
	/** Whether the person chose the format, which ticks of times then follow. */
	readonly isFormatGiven: boolean;
	readonly label: string;
	/** Of names: their values, in order. */
	readonly names: readonly CellValue[];
	/** Whether it begins at the top where it stands upright, as lines of a text do. */
	readonly isDown?: boolean;
};

export type Tick = { readonly at: number; readonly text: string };

type AxisOptions = {
	readonly format: ValueFormat;
	readonly isFormatGiven: boolean;
	readonly label: string;
	/** About how many ticks there is room for. */
	readonly count: number;
};

export function numbersAxis(
	extent: Extent | null,
	{ format, isFormatGiven, label, count }: AxisOptions,
	{
		scale,
		isFromZero,
		isSnug = false
	}: { readonly scale: NumberScale; readonly isFromZero: boolean; readonly isSnug?: boolean }
): Axis {
	const { low, high, ticks } = numberAxis(extent, { scale, isFromZero, count });
	// Bins and cells end where they end: an axis that goes on beside them looks as if rows were missing.
	const ends = isSnug && extent && extent.low < extent.high ? extent : { low, high };
	const text = isFormatGiven ? format : scale === 'log' ? shortNumber : shortNumbers(ticks);
	return {
		kind: 'number',
		scale,
		...ends,
		ticks: ticks.filter((at) => at >= ends.low && at <= ends.high).map((at) => ({ at, text: text(at) })),
		format,
		isFormatGiven,
		label,
		names: []
	};
}

export function timeAxis(extent: { readonly low: number; readonly high: number } | null, options: AxisOptions): Axis {
	const { low, high } = extent ?? { low: 0, high: 0 };
	const room = low < high ? 0 : 43_200_000;
	return { kind: 'time', scale: 'linear', low: low - room, high: high + room, ticks: null, ...options, names: [] };
}

export function namesAxis(column: EditionColumn | null, names: readonly CellValue[], options: AxisOptions): Axis {
	const text = (value: CellValue): string =>
		column === null ? '' : options.isFormatGiven ? options.format(value) : categoryName(value, column);
	return {
		kind: 'category',
		scale: 'linear',
		low: 0,
		high: Math.max(1, names.length),
		ticks: names.map((value, at) => ({ at: at + 0.5, text: text(value) })),
		...options,
		names,
		isDown: true
	};
}

/** Each value once, in the order in which they come. */
export function namesOf(tables: readonly ChartTable[], of: 'x' | 'y'): readonly CellValue[] {
	return [...new Set(tables.flatMap((table) => table[of]?.values ?? []))];
}

/** As precise as the steps between them, with thousands, millions and so on as one letter. */
function shortNumbers(ticks: readonly number[]): (value: number) => string {
	const most = Math.max(...ticks.map(Math.abs));
	const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
	if (most >= 1e15 || (most < 1e-4 && most > 0)) {
		const scientific = new Intl.NumberFormat('en', { notation: 'scientific', maximumFractionDigits: 2 });
		return (value) => scientific.format(value);
	}
	if (most >= 10_000) {
		const unit = most >= 1e12 ? 1e12 : most >= 1e9 ? 1e9 : most >= 1e6 ? 1e6 : 1e3;
		const letter = { 1e12: 'T', 1e9: 'B', 1e6: 'M', 1e3: 'k' }[unit] ?? '';
		const rounded = new Intl.NumberFormat('en', { maximumFractionDigits: Math.min(6, digitsOf(step / unit)) });
		return (value) => (value === 0 ? '0' : `${rounded.format(value / unit)}${letter}`);
	}
	const rounded = new Intl.NumberFormat('en', { maximumFractionDigits: Math.min(12, digitsOf(step)) });
	return (value) => rounded.format(value);
}

/** Of numbers that differ by powers of ten, each with a letter of its own. */
function shortNumber(value: number): string {
	const most = Math.abs(value);
	const notation = most >= 1e15 || (most < 1e-4 && most > 0) ? 'scientific' : 'compact';
	const told = new Intl.NumberFormat('en', { notation, maximumSignificantDigits: 3 }).format(value);
	return told.replace('K', 'k');
}

function digitsOf(step: number): number {
	return step > 0 && step < 1 ? Math.ceil(-Math.log10(step) - 1e-9) + 1 : step % 1 === 0 ? 0 : 2;
}
