// What a person marked in a chart to filter the others by: a span of an axis, or some of its names.
import type { CellValue } from './edition.ts';

/** Times are UTC epoch milliseconds. Names are the values of the rows, null among them. */
export type AxisSpan =
	| {
			readonly kind: 'range';
			readonly from: number;
			readonly to: number;
			/** Whether `to` itself is outside; both ends are inside where nothing is said. */
			readonly isOpen?: boolean;
			/** Whether it is of whole numbers, of which the last one inside of an open span is told. */
			readonly isWhole?: boolean;
	  }
	| { readonly kind: 'values'; readonly values: readonly CellValue[] };

/** Null: nothing of that axis is marked. */
export type ChartSpan = { readonly x: AxisSpan | null; readonly y: AxisSpan | null };
