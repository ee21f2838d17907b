// How keys move what is marked in a chart, and what is written in fields.
import { expect, test } from 'vitest';
import { edgesOf, moveSpan } from '#lib/ui/report/chart/brush.ts';
import { boxBetween, isInPanel, panelAt } from '#lib/ui/report/chart/panels.ts';
import { axisText, fieldKind, fieldText, spanOfFields } from '#lib/ui/report/chart/span-words.ts';
import type { Axis } from '#lib/ui/report/chart/axis.ts';

const base = { scale: 'linear', ticks: null, format: String, isFormatGiven: false, label: '', names: [] } as const;
const numbers: Axis = { ...base, kind: 'number', low: 0, high: 10 };
const names: Axis = { ...base, kind: 'category', low: 0, high: 4, names: ['a', 'b', null, 'd'] };
const bins = [0, 2, 4, 6, 8, 10];

test('an end goes from edge to edge, and stops one before the other end and at the end of the axis', () => {
	const span = { kind: 'range', from: 2, to: 6, isOpen: true } as const;
	const move = (part: 'from' | 'to' | 'both', by: number) => moveSpan(span, numbers, bins, { part, by });
	expect(move('to', 1)).toEqual({ kind: 'range', from: 2, to: 8 });
	expect(move('to', -9)).toEqual({ kind: 'range', from: 2, to: 4 });
	expect(move('from', 9)).toEqual({ kind: 'range', from: 4, to: 6 });
	expect(move('both', -1)).toEqual({ kind: 'range', from: 0, to: 4 });
	expect(move('both', 9)).toEqual({ kind: 'range', from: 6, to: 10 });
});

test('names are moved over whole, a missing one too', () => {
	const span = { kind: 'values', values: ['a', 'b'] } as const;
	expect(moveSpan(span, names, [], { part: 'both', by: 1 })).toEqual({ kind: 'values', values: ['b', null] });
	expect(moveSpan(span, names, [], { part: 'to', by: 2 })).toEqual({ kind: 'values', values: ['a', 'b', null, 'd'] });
});

test('of many values a few dozen edges are left, both ends of the axis among them', () => {
	const values = Array.from({ length: 1000 }, (_, at) => at / 100);
	const edges = edgesOf(numbers, { name: 'x', type: 'number', values }, null);
	expect(edges.length).toBeLessThan(60);
	expect([edges[0], edges.at(-1)]).toEqual([0, 10]);
});

test('a day written as the last one is in the span whole, and is told as the last one', () => {
	const day = fieldKind('date');
	const span = spanOfFields({ from: '2024-02-01', to: '2024-02-29' }, day, { low: 0, high: 1 });
	expect(span).toEqual({ kind: 'range', from: Date.UTC(2024, 1, 1), to: Date.UTC(2024, 2, 1), isOpen: true });
	expect(fieldText(span, 'to', day)).toBe('2024-02-29');
	expect(span && axisText(span, 'date')).toMatch(/29/);
});

test('an end that is left out is that of the axis, and ends in the wrong order are no span', () => {
	const number = fieldKind('number');
	expect(spanOfFields({ from: '3', to: '' }, number, numbers)).toEqual({ kind: 'range', from: 3, to: 10 });
	expect(spanOfFields({ from: '3', to: '2' }, number, numbers)).toBeNull();
	expect(spanOfFields({ from: 'x', to: '2' }, number, numbers)).toBeNull();
});

test('of whole numbers the last one that is in the span is told', () => {
	const span = { kind: 'range', from: 20, to: 40, isOpen: true, isWhole: true } as const;
	expect(axisText(span, 'number')).toBe('20 – 39');
	expect(fieldText(span, 'to', fieldKind('number'))).toBe('39');
	expect(axisText({ ...span, from: 39 }, 'number')).toBe('39');
	expect(axisText({ kind: 'range', from: 20, to: 40, isOpen: true }, 'number')).toBe('20 – 40');
});

const panels = [
	{ left: 10, right: 110, top: 10, bottom: 60 },
	{ left: 130, right: 230, top: 10, bottom: 60 }
];

test('a drag in any panel marks the same span of the first, and not beyond its end', () => {
	expect(boxBetween(panels, { x: 150, y: 20 }, { x: 190, y: 40 }, 'x')).toEqual({
		left: 30,
		right: 70,
		top: 10,
		bottom: 60
	});
	expect(boxBetween(panels, { x: 190, y: 20 }, { x: 400, y: 90 }, 'xy')).toEqual({
		left: 70,
		right: 110,
		top: 20,
		bottom: 60
	});
	expect(boxBetween(panels, { x: 150, y: 20 }, { x: 152, y: 55 }, 'x')).toBeNull();
});

test('a place between panels is in none of them, and means the first', () => {
	expect([panelAt(panels, { x: 150, y: 20 }), panelAt(panels, { x: 120, y: 90 })]).toEqual([1, 0]);
	expect([isInPanel(panels, { x: 112, y: 20 }), isInPanel(panels, { x: 120, y: 20 })]).toEqual([true, false]);
});
