import { expect, test } from 'vitest';
import { worstSlices } from '#core/model/evaluate/slices.ts';

const ROWS = 1000;
const rows = Array.from({ length: ROWS }, (_, row) => row);
const numbers = (name: string, of: (row: number) => number) => ({
	name,
	kind: 'numbers' as const,
	values: Float64Array.from(rows, of)
});

test('a value of few is a slice of its own, and a range of many', () => {
	const columns = [
		numbers('is open', (row) => (row % 10 === 0 ? 1 : 0)),
		numbers('year', (row) => 1900 + (row % 97)),
		{ name: 'city', kind: 'texts' as const, codes: Int32Array.from(rows, (row) => (row % 2) - 1), texts: ['Bern'] }
	];
	const losses = rows.map((row) => (row % 10 === 0 ? 5 : 1) + (row % 97 < 19 ? 3 : 0));
	const told = worstSlices(columns, losses, 3).map(({ column, where, rowCount }) => [column, where, rowCount]);
	expect(told[0]).toEqual(['is open', { from: 1, to: 1 }, 100]);
	expect(told[1]?.[0]).toBe('year');
	expect(told[1]?.[1]).toMatchObject({ from: 1900 });
});

test('losses that chance tells apart, and slices of a few rows, are none', () => {
	const chance = rows.map((row) => (row * 7919) % 13);
	expect(worstSlices([numbers('year', (row) => (row * 31) % 97)], chance, 3)).toEqual([]);
	const rare = rows.map((row) => (row < 20 ? 100 : 1));
	expect(worstSlices([numbers('odd', (row) => (row < 20 ? 1 : 0))], rare, 3)).toEqual([]);
});
