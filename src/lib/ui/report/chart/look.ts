// What series look like: colours of the theme that stay apart for colour-blind eyes, then dashes, since colours come to an end.

const COLOURS = 8;
const dashes = ['none', '7 3', '2 3', '9 3 2 3'] as const;

export function seriesColour(series: number): string {
	return `var(--chart-${(series % COLOURS) + 1})`;
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
