// How charts of every kind look, wide and narrow, and those of rows that are hard to draw.
import { expect, test } from 'vitest';
import { chartTypes } from '#core/report/report.ts';
import { ShapeReader } from '#core/report/region-shapes.ts';
import { avg, chartBlock, chartRows, samples } from '../chart-samples.ts';
import { drawingOf } from './chart-drawing.ts';
import { edgeSamples } from './edge-samples.ts';
import { expectLook } from './look.ts';

test('there is a sample of each kind of chart', () => {
	const kinds = new Set(Object.values(samples).map(({ block }) => block.type));
	expect([...kinds].sort()).toEqual([...chartTypes].sort());
});

for (const [name, sample] of Object.entries({ ...samples, ...edgeSamples }))
	test(`a chart looks as it did: ${name}`, async () => {
		await expectLook(`chart-${name}`, drawingOf(sample));
	});

test("a chart looks as it did: a person's own regions", async () => {
	const reader = new ShapeReader();
	for (const [at, name] of ['North', 'East', 'South', 'West', 'Middle'].entries()) {
		const [west, south] = [8 + (at % 3), 47 + Math.floor(at / 3)];
		const ring = [
			[west, south],
			[west + 1, south],
			[west + 0.8, south + 1],
			[west + 0.1, south + 0.9],
			[west, south]
		];
		reader.add(name, JSON.stringify({ type: 'Polygon', coordinates: [ring] }));
	}
	const block = chartBlock('regions', { x: 'district', y: [avg('rent')], title: 'Rent by district', unit: '€' });
	const table = chartRows({ x: ['text', ['North', 'South', 'West', 'Abroad']], y: ['number', [900, 1450, 1120, 700]] });
	await expectLook('chart-own-regions', drawingOf({ block, table }, reader.finish()));
});
