// What a kind of chart says of itself before it is laid out: axes, marks, places to stop at, and what its colours mean.
import type { Markish } from '@observablehq/plot';
import type { ChartTable } from '#core/report/chart-table.ts';
import type { ValueFormat } from '#core/report/format-value.ts';
import type { ChartBlock } from '#core/report/report.ts';
import type { Axis } from './axis.ts';

export type SceneInput = {
	readonly block: ChartBlock;
	readonly table: ChartTable;
	/** The same rows before anything was filtered, drawn faint behind. */
	readonly before: ChartTable | null;
	/** Of one panel, in pixels, about. */
	readonly width: number;
	readonly height: number;
	readonly xFormat: ValueFormat;
	readonly yFormat: ValueFormat;
	readonly sizeFormat: ValueFormat;
	readonly xLabel: string;
	readonly yLabel: string;
};

/** A place that the pointer and the keys go to, in values of the axes. Left and right stay in a lane, up and down change it. */
export type SceneStop = { readonly row: number; readonly x: number; readonly y: number; readonly lane: number };

export type Legend =
	| { readonly kind: 'none' }
	| { readonly kind: 'series'; readonly shape: 'line' | 'square' | 'dot' }
	| { readonly kind: 'ramp'; readonly low: number; readonly high: number; readonly colours: readonly string[] };

export type Scene = {
	readonly x: Axis;
	readonly y: Axis;
	readonly marks: readonly Markish[];
	readonly stops: readonly SceneStop[];
	/** Which way the next stop lies, and what is nearest to a pointer. */
	readonly along: 'x' | 'y' | 'xy';
	readonly legend: Legend;
	/** Where each line ends, for its name beside it; none where a legend tells. */
	readonly ends: readonly { readonly series: number; readonly x: number; readonly y: number }[];
	/** What could not be drawn, in words. */
	readonly notes: readonly string[];
};

/** Which panel each row is drawn in. */
export type Facets = {
	readonly names: readonly string[];
	readonly columns: number;
	readonly fx: (row: number) => number;
	readonly fy: (row: number) => number;
};

export const NO_FACETS: Facets = { names: [], columns: 1, fx: () => 0, fy: () => 0 };

export function facetsOf(table: ChartTable, names: readonly string[], columns: number): Facets {
	const { facets } = table;
	const numbers = facets.names.map((name) => names.indexOf(name));
	const numberOf = (row: number): number => numbers[facets.ofRow[row] ?? 0] ?? 0;
	return {
		names,
		columns,
		fx: (row) => numberOf(row) % columns,
		fy: (row) => Math.floor(numberOf(row) / columns)
	};
}
