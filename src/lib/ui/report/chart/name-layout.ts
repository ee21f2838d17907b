// How names stand below an axis: flat where they fit, else slanted, and not all of them where they are too many.
import type { Axis, Tick } from './axis.ts';
import { fitLabel, labelWidth } from './label-text.ts';

export type NameLayout = {
	readonly ticks: readonly Tick[];
	readonly isSlanted: boolean;
	readonly height: number;
	/** How far the first one reaches beyond the axis to the left. */
	readonly overhang: number;
};

const SLANT_STEP = 15;
const SLANT_WIDTH = 96;
const [SLANT_ACROSS, SLANT_DOWN] = [Math.cos((38 * Math.PI) / 180), Math.sin((38 * Math.PI) / 180)];

export function layOutNames({ ticks, names }: Axis, width: number): NameLayout {
	const all = ticks ?? [];
	const step = width / Math.max(1, names.length);
	const longest = Math.max(0, ...all.slice(0, 300).map(({ text }) => labelWidth(text)));
	if (longest <= step - 6 || step >= 110)
		return {
			ticks: all.map(({ at, text }) => ({ at, text: fitLabel(text, step - 6) })),
			isSlanted: false,
			height: 24,
			overhang: 0
		};
	const every = Math.max(1, Math.ceil(SLANT_STEP / step));
	const shown = all
		.filter((_, at) => at % every === 0)
		.map(({ at, text }) => ({ at, text: fitLabel(text, SLANT_WIDTH) }));
	const drawn = Math.max(0, ...shown.map(({ text }) => labelWidth(text)));
	const [first] = shown;
	const overhang = first ? Math.max(0, labelWidth(first.text) * SLANT_ACROSS - first.at * step) : 0;
	return { ticks: shown, isSlanted: true, height: Math.ceil(drawn * SLANT_DOWN) + 20, overhang };
}
