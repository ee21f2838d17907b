import { expect, onTestFinished, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page, userEvent } from 'vitest/browser';
import '#lib/ui/base.css';
import type { ChartSpan } from '#core/report/chart-span.ts';
import ChartView from '#lib/ui/report/chart/ChartView.svelte';
import { samples, type ChartSample } from '../chart-samples.ts';

type Shown = { readonly frame: HTMLElement; readonly spans: (ChartSpan | null)[] };

async function show({ block, table }: ChartSample, width = 640): Promise<Shown> {
	const frame = document.createElement('div');
	Object.assign(frame.style, { width: `${width}px`, padding: '16px', background: 'var(--bg)' });
	document.body.append(frame);
	onTestFinished(() => {
		frame.remove();
	});
	const spans: (ChartSpan | null)[] = [];
	await render(ChartView, {
		target: frame,
		props: { block, table, totalRows: table.rowCount, onbrush: (span: ChartSpan | null) => spans.push(span) }
	});
	await expect.element(page.getByRole('slider')).toBeInTheDocument();
	return { frame, spans };
}

const sample = (name: string): ChartSample => {
	const found = samples[name];
	if (!found) throw new Error(`No sample ${name}`);
	return found;
};
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
		box: ['g.boxes rect', 4]
	};
	for (const [name, [selector, expected]] of Object.entries(marks)) {
		const { frame } = await show(sample(name));
		expect([name, count(frame, selector)]).toEqual([name, expected]);
		const tags = new Set([...frame.querySelectorAll('.host *')].map(({ localName }) => localName));
		expect([...tags].filter((tag) => !/^(svg|g|path|rect|circle|line|text|tspan)$/.test(tag))).toEqual([]);
		frame.remove();
	}
});

test('arrow keys go from mark to mark and tell each', async () => {
	await show(sample('bar'));
	const slider = page.getByRole('slider');
	slider.element().focus();
	await userEvent.keyboard('{ArrowRight}');
	await expect.element(slider).toHaveAttribute('aria-valuetext', 'country Germany, Sum of sales 1.82M');
	await userEvent.keyboard('{End}{ArrowLeft}');
	await expect.element(slider).toHaveAttribute('aria-valuetext', 'country Belgium, Sum of sales 377K');
});

test('a span is marked by Shift with the arrow keys, and taken away by Escape', async () => {
	const { spans } = await show(sample('bar'));
	page.getByRole('slider').element().focus();
	await userEvent.keyboard('{ArrowRight}{Shift>}{ArrowRight}{ArrowRight}{/Shift}');
	expect(spans.at(-1)).toEqual({ x: { kind: 'values', values: ['Germany', 'France', 'Netherlands'] }, y: null });
});
