// What series look like: colours of the theme that stay apart for colour-blind eyes, then dashes, since colours come to an end.
// Outcomes of checks have colours of their own, whichever of them are there: a pass is calm, and a fail alarms.
import type { CellValue } from '#core/report/edition.ts';

const COLOURS = 8;
const dashes = ['none', '7 3', '2 3', '9 3 2 3'] as const;

const outcomes: ReadonlyMap<string, string> = new Map([
	...['pass', 'passed', 'succeeded'].map((word) => [word, 'pass'] as const),
	...['warn', 'warning'].map((word) => [word, 'warn'] as const),
	...['fail', 'failed'].map((word) => [word, 'fail'] as const),
	['error', 'error']
]);

/** `names` are those of all series of the chart. */
export function seriesColour(series: number, names: readonly CellValue[]): string {
	const told = names.map((name) => outcomes.get(String(name).toLowerCase()));
	const outcome = told.includes(undefined) ? undefined : told[series];
	return outcome ? `var(--outcome-${outcome})` : `var(--chart-${(series % COLOURS) + 1})`;
}

/** Of lines: with few series each has a dash of its own besides its colour. */
export function seriesDash(series: number, count: number): string {
	const round = count <= dashes.length ? series : Math.floor(series / COLOURS);
	return dashes[round % dashes.length] ?? 'none';
}

/** `share` is 0..1 from the least to the most. */
export function heatColour(share: number): string {
	const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
	return `color-mix(in oklab, var(--heat-most) ${percent}%, var(--heat-least))`;
}

/** `share` is -1..1: how far from zero. */
export function balanceColour(share: number): string {
	const percent = Math.round(100 * Math.min(1, Math.abs(share)));
	return `color-mix(in oklab, var(${share < 0 ? '--heat-below' : '--heat-most'}) ${percent}%, var(--heat-least))`;
}
