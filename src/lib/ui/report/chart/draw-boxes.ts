// A box for each name: the middle half of the values, the median in it, whiskers, and how many values lie beyond them.
import { link, rect, text } from '@observablehq/plot';
import { extentOf, numberAt } from '#core/report/chart-table.ts';
import { namesAxis, namesOf, numbersAxis } from './axis.ts';
import { bandsOf, panels, rowsOf } from './channels.ts';
import { yOptions } from './draw-lines.ts';
import type { Facets, Scene, SceneInput } from './scene.ts';

export function drawBoxes(input: SceneInput, facets: Facets): Scene {
	const { block, table, before } = input;
	const tables = before ? [before, table] : [table];
	const parts = table.box;
	const names = table.x === null ? [null] : namesOf(tables, 'x');
	const x = namesAxis(table.x, names, {
		format: input.xFormat,
		isFormatGiven: block.xFormat !== null,
		label: input.xLabel,
		count: input.width / 90
	});
	const y = numbersAxis(extentOf(tables.flatMap(({ box }) => (box ? [box.low, box.high] : []))), yOptions(input), {
		scale: block.yScale,
		isFromZero: block.isFromZero && block.yScale !== 'log'
	});
	const bands = table.x === null ? rowsOf(table).map(() => ({ from: 0, to: 1 })) : bandsOf(table.x, null, x);
	const boxes = rowsOf(table).flatMap((row) => {
		const band = bands[row];
		if (!parts || !band || !Number.isFinite(band.from)) return [];
		const [low, q1, median, q3, high] = [parts.low, parts.q1, parts.median, parts.q3, parts.high].map((part) =>
			numberAt(part, row)
		);
		if (low == null || q1 == null || median == null || q3 == null || high == null) return [];
		const middle = (band.from + band.to) / 2;
		const half = Math.min(0.32, 40 / Math.max(1, input.width / names.length));
		return [{ row, low, q1, median, q3, high, middle, from: middle - half, to: middle + half }];
	});
	const rows = boxes.map(({ row }) => row);
	const own = panels(rows, facets);
	const stem = { stroke: 'var(--chart-1)', strokeWidth: 1.5, ...own };
	const beyond = boxes.flatMap((box) => [
		{ ...box, at: box.high, count: numberAt(table.above, box.row) ?? 0, dy: -9 },
		{ ...box, at: box.low, count: numberAt(table.below, box.row) ?? 0, dy: 9 }
	]);
	const told = beyond.filter(({ count }) => count > 0);
	const words = (dy: number): Parameters<typeof text>[1] => {
		const side = told.filter((one) => one.dy === dy);
		return {
			x: side.map(({ middle }) => middle),
			y: side.map(({ at }) => at),
			...panels(
				side.map(({ row }) => row),
				facets
			),
			text: side.map(({ count }) => `+${count.toLocaleString('en')}`),
			dy,
			fill: 'var(--text-3)'
		};
	};
	return {
		x,
		y,
		marks: [
			link(rows, {
				x1: boxes.map((b) => b.middle),
				x2: boxes.map((b) => b.middle),
				y1: boxes.map((b) => b.low),
				y2: boxes.map((b) => b.q1),
				...stem
			}),
			link(rows, {
				x1: boxes.map((b) => b.middle),
				x2: boxes.map((b) => b.middle),
				y1: boxes.map((b) => b.q3),
				y2: boxes.map((b) => b.high),
				...stem
			}),
			...(['low', 'high'] as const).map((end) =>
				link(rows, {
					x1: boxes.map((b) => (b.middle + b.from) / 2),
					x2: boxes.map((b) => (b.middle + b.to) / 2),
					y1: boxes.map((b) => b[end]),
					y2: boxes.map((b) => b[end]),
					...stem
				})
			),
			rect(rows, {
				x1: boxes.map((b) => b.from),
				x2: boxes.map((b) => b.to),
				y1: boxes.map((b) => b.q1),
				y2: boxes.map((b) => b.q3),
				...own,
				fill: 'color-mix(in oklab, var(--chart-1) 24%, var(--bg))',
				stroke: 'var(--chart-1)',
				className: 'boxes'
			}),
			link(rows, {
				x1: boxes.map((b) => b.from),
				x2: boxes.map((b) => b.to),
				y1: boxes.map((b) => b.median),
				y2: boxes.map((b) => b.median),
				...own,
				stroke: 'var(--chart-1)',
				strokeWidth: 2.5
			}),
			...[-9, 9].map((dy) =>
				text(
					told.filter((one) => one.dy === dy),
					words(dy)
				)
			)
		],
		stops: boxes.map(({ row, middle, median }) => ({ row, x: middle, y: median, lane: 0 })),
		along: 'x',
		legend: { kind: 'none' },
		ends: [],
		notes: []
	};
}
