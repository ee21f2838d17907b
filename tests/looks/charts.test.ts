// How charts of every kind look, wide and narrow, and those of rows that are hard to draw.
import { expect, test } from 'vitest';
import { chartTypes } from '#core/report/report.ts';
import { samples } from '../chart-samples.ts';
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
