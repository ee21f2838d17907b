// The axes of a frame as Plot draws them: grid lines, and labels that neither run into each other nor say the same again and again.
import { axisX, axisY, gridX, gridY, type Markish } from '@observablehq/plot';
import { formatFor } from '#core/report/format-value.ts';
import type { Axis } from './axis.ts';
import { fitLabel, labelWidth } from './label-text.ts';
import type { NameLayout } from './name-layout.ts';
import type { Scene } from './scene.ts';

/** Of the labels of its ticks, in pixels; at most `most`. */
export function widestLabel({ ticks }: Axis, most: number): number {
	return Math.min(most, Math.max(0, ...(ticks ?? []).slice(0, 2000).map((tick) => labelWidth(tick.text))));
}

export function gridLines({ x, y, along }: Scene): readonly Markish[] {
	const look = { stroke: 'var(--line-soft)', strokeOpacity: 1 };
	const lines: Markish[] = [];
	if (along !== 'y' && y.kind !== 'category')
		lines.push(gridY({ ...look, ...(y.ticks ? { ticks: y.ticks.map(({ at }) => at) } : {}) }));
	if (along !== 'x' && x.kind !== 'category')
		lines.push(gridX({ ...look, ...(x.ticks ? { ticks: x.ticks.map(({ at }) => at) } : { ticks: 6 }) }));
	return lines;
}

const tickLook = { fill: 'var(--text-2)', label: null, tickSize: 0, tickPadding: 7 } as const;

export function xAxisMark(axis: Axis, names: NameLayout | null, width: number): Markish {
	if (names)
		return axisX({
			...tickLook,
			ticks: names.ticks.map(({ at }) => at),
			text: textOf(names.ticks),
			...(names.isSlanted ? { tickRotate: -38, textAnchor: 'end', lineAnchor: 'middle' } : {})
		});
	if (axis.ticks)
		return axisX({ ...tickLook, ticks: thinned(axis.ticks, width).map(({ at }) => at), text: textOf(axis.ticks) });
	if (!axis.isFormatGiven)
		return axisX({
			text: timeTicks(axis, width / 90),
			...tickLook,
			tickSize: 4,
			tickPadding: 4,
			stroke: 'var(--line)',
			ticks: Math.max(2, width / 90)
		});
	let last = '';
	return axisX({
		...tickLook,
		ticks: Math.max(2, width / 100),
		text: (time: Date) => {
			const told = axis.format(time.getTime());
			// A format that is coarser than the ticks would say the same again and again.
			if (told === last) return '';
			last = told;
			return told;
		}
	});
}

const clock = formatFor('time', 'time');
const day = formatFor('day', 'time');
const month = formatFor('%b', 'time');
const year = formatFor('year', 'time');
const HOUR = 3_600_000;

/** As fine as the ticks are apart, with the coarser part on a second line where it changes. */
function timeTicks({ low, high }: Axis, count: number): (time: Date) => string {
	const apart = (high - low) / Math.max(1, count);
	const [fine, coarse] =
		apart < 15 * HOUR
			? [clock, day]
			: apart < 20 * 24 * HOUR
				? [day, year]
				: apart < 300 * 24 * HOUR
					? [month, year]
					: [year, null];
	let last = '';
	return (time) => {
		const at = time.getTime();
		const second = coarse?.(at) ?? '';
		const told = second === last ? fine(at) : `${fine(at)}\n${second}`;
		last = second;
		return told;
	};
}

export function yAxisMark(axis: Axis, width: number, height: number): Markish {
	if (!axis.ticks) {
		const ticks = axis.isDown ? Math.max(2, height / 24) : 5;
		const told = axis.isFormatGiven ? (time: Date) => axis.format(time.getTime()) : timeTicks(axis, ticks);
		return axisY({ ...tickLook, ticks, text: { transform: (times: readonly Date[]) => firstToLast(times, told) } });
	}
	const ticks = axis.kind === 'category' ? everyOf(axis.ticks, 60) : axis.ticks;
	return axisY({
		...tickLook,
		ticks: ticks.map(({ at }) => at),
		text: textOf(ticks.map((tick) => ({ at: tick.at, text: fitLabel(tick.text, width) })))
	});
}

/** Of an axis that begins at the top Plot gives the last one first; where the year changes is told by their order. */
function firstToLast(times: readonly Date[], told: (time: Date) => string): string[] {
	const sorted = times.toSorted((one, other) => one.getTime() - other.getTime());
	const texts = new Map(sorted.map((time) => [time.getTime(), told(time)]));
	return times.map((time) => texts.get(time.getTime()) ?? '');
}

function textOf(ticks: readonly { readonly at: number; readonly text: string }[]): (at: number) => string {
	const byPlace = new Map(ticks.map((tick) => [tick.at, tick.text]));
	return (at) => byPlace.get(at) ?? '';
}

/** So that neighbours do not run into each other. */
function thinned(ticks: NonNullable<Axis['ticks']>, width: number): NonNullable<Axis['ticks']> {
	const room = Math.max(...ticks.map((tick) => labelWidth(tick.text))) + 14;
	return everyOf(ticks, Math.max(2, Math.floor(width / room)));
}

function everyOf(ticks: NonNullable<Axis['ticks']>, most: number): NonNullable<Axis['ticks']> {
	const every = Math.ceil(ticks.length / most);
	return ticks.filter((_, at) => at % every === 0);
}
