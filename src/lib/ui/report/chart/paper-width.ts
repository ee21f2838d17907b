// How wide a chart is on paper, before there is any: a window is narrower or wider, and what is drawn for it would be stretched.
import type { BlockSpan } from '#core/report/report.ts';

/** A4 without the margins of its pages, in CSS pixels; other paper stretches a little. */
const PORTRAIT = 688;
const LANDSCAPE = 1016;
const GAP = 14;
/** Round a chart of a dashboard. */
const FRAME = 30;

export function paperWidth(span: BlockSpan, isWide: boolean): number {
	const column = ((isWide ? LANDSCAPE : PORTRAIT) - 11 * GAP) / 12;
	return Math.floor(span * column + (span - 1) * GAP - (isWide ? FRAME : 0));
}
