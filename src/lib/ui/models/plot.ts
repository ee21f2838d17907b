// Where the points of a chart with two axes stand.
import { ticksOf } from '../controls/chart-axis.ts';

export type Point = readonly [x: number, y: number];
export type Span = { readonly low: number; readonly high: number };

export type Line = {
	readonly name: string;
	readonly points: readonly Point[];
	/** `main` and `second` are told apart by colour and dashes; `guide` is what they are held against; `faint` is one of many. */
	readonly look: 'main' | 'second' | 'guide' | 'faint';
	/** Marks each point. */
	readonly hasDots?: boolean;
	/** Without the line, as a cloud. */
	readonly isCloud?: boolean;
};

export type Axis = {
	readonly label: string;
	/** Null: as the points need it. */
	readonly span: Span | null;
	readonly text: (value: number) => string;
};

export type Plot = {
	readonly lines: readonly { readonly line: Line; readonly path: string; readonly places: readonly Point[] }[];
	readonly xTicks: readonly { readonly value: number; readonly at: number }[];
	readonly yTicks: readonly { readonly value: number; readonly at: number }[];
};

export const PLOT_LEFT = 58;
/** The label of the y axis stands above. */
export const PLOT_TOP = 22;
const PAD = { top: PLOT_TOP, right: 14, bottom: 40 };

export type PlotSize = { readonly width: number; readonly height: number };

export function layOutPlot(lines: readonly Line[], { x, y }: Readonly<Record<'x' | 'y', Axis>>, size: PlotSize): Plot {
	const all = lines.flatMap(({ points }) => points);
	const xSpan = x.span ?? spanOf(all.map((point) => point[0]));
	const ySpan = y.span ?? spanOf(all.map((point) => point[1]));
	const [width, height] = [Math.max(1, size.width - PLOT_LEFT - PAD.right), size.height - PAD.top - PAD.bottom];
	const across = (value: number): number => PLOT_LEFT + shareOf(value, xSpan) * width;
	const down = (value: number): number => PAD.top + (1 - shareOf(value, ySpan)) * height;
	const most = Math.max(2, Math.floor(width / 70));
	return {
		lines: lines.map((line) => {
			const places = line.points
				.filter((point) => point.every(Number.isFinite))
				.map((point): Point => [across(point[0]), down(point[1])]);
			return { line, places, path: line.isCloud === true ? '' : pathOf(places) };
		}),
		xTicks: sparse(ticksOf(xSpan), most).map((value) => ({ value, at: across(value) })),
		yTicks: ticksOf(ySpan).map((value) => ({ value, at: down(value) }))
	};
}

/** The place of the lowest end of the y axis. */
export function floorOf(size: PlotSize): number {
	return size.height - PAD.bottom;
}

/** With some room at both ends. */
export function spanOf(values: readonly number[]): Span {
	let [low, high] = [Infinity, -Infinity];
	for (const value of values)
		if (Number.isFinite(value)) {
			low = Math.min(low, value);
			high = Math.max(high, value);
		}
	if (low > high) return { low: 0, high: 1 };
	if (low === high)
		return { low: low - Math.max(0.5, Math.abs(low) * 0.1), high: high + Math.max(0.5, Math.abs(high) * 0.1) };
	const room = (high - low) * 0.04;
	return { low: low - room, high: high + room };
}

function shareOf(value: number, { low, high }: Span): number {
	return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

function pathOf(places: readonly Point[]): string {
	return places.length < 2 ? '' : `M ${places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' L ')}`;
}

function sparse(ticks: readonly number[], most: number): readonly number[] {
	const step = Math.ceil(ticks.length / most);
	return ticks.filter((_, at) => at % step === 0);
}
