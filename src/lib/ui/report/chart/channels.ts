// What the marks of every kind are given: values row by row, and colours that are constants of ours. A text of the rows never
// becomes a channel: Plot would take one that reads as a colour, such as url(…), for a colour.
import type { ChannelValueSpec } from '@observablehq/plot';
import { axisKind, numberAt, type ChartTable } from '#core/report/chart-table.ts';
import type { EditionColumn } from '#core/report/edition.ts';
import type { Axis } from './axis.ts';
import type { Facets } from './scene.ts';

export const rowsOf = (table: ChartTable): readonly number[] => Array.from({ length: table.rowCount }, (_, row) => row);

/** As they are: no scale of Plot's may take them for something else. */
export function constants(values: readonly string[]): ChannelValueSpec {
	return { value: [...values], scale: null };
}

export function panels(rows: readonly number[], facets: Facets): { fx?: number[]; fy?: number[] } {
	return facets.names.length === 0 ? {} : { fx: rows.map(facets.fx), fy: rows.map(facets.fy) };
}

/** The place of each row along an axis: a number, or the middle of its name's band; NaN where there is none. */
export function placesOf(column: EditionColumn | null, axis: Axis): readonly number[] {
	if (axis.kind !== 'category') return (column?.values ?? []).map((_, row) => numberAt(column, row) ?? Number.NaN);
	if (column === null) return [];
	const numbers = new Map(axis.names.map((name, at) => [name, at + 0.5]));
	return column.values.map((value) => numbers.get(value) ?? Number.NaN);
}

/** A band of an axis: between the edges of a bin, about a name, or as long as values stand apart. */
export type Band = { readonly from: number; readonly to: number };

export function bandsOf(column: EditionColumn | null, ends: EditionColumn | null, axis: Axis): readonly Band[] {
	const places = placesOf(column, axis);
	if (axis.kind === 'category') return places.map((place) => ({ from: place - 0.5, to: place + 0.5 }));
	const gap = ends === null ? gapOf(places, axisKind(column) === 'time' ? 86_400_000 : 1) : 0;
	return places.map((from, row) => ({ from, to: numberAt(ends, row) ?? from + gap }));
}

/** The least distance between two values that differ. */
export function gapOf(places: readonly number[], otherwise: number): number {
	const sorted = [...new Set(places.filter(Number.isFinite))].sort((one, other) => one - other);
	let least = Infinity;
	for (let at = 1; at < sorted.length; at++) least = Math.min(least, (sorted[at] ?? 0) - (sorted[at - 1] ?? 0));
	return Number.isFinite(least) ? least : otherwise;
}
