import { expect, test } from 'vitest';
import type { GridView } from '#core/sql/relation.ts';
import { shareText } from '#lib/ui/grid/profile-text.ts';
import { HEADER_ROW, keyCommand, moveTo, rectangle, selectAll, START } from '#lib/ui/grid/selection.ts';
import { shortType, typeFamily } from '#lib/ui/grid/type-family.ts';
import { cycleOrder, filterText, setFilter, setOrder } from '#lib/ui/grid/view-change.ts';

const none: GridView = { orderBy: [], filters: [] };
const size = { rowCount: 100, columnCount: 5 };
const press = { key: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

test('a header goes from ascending to descending to none', () => {
	const first = cycleOrder(none, 'a', false);
	const second = cycleOrder(first, 'a', false);
	expect(first.orderBy).toEqual([{ column: 'a', descending: false }]);
	expect(second.orderBy).toEqual([{ column: 'a', descending: true }]);
	expect(cycleOrder(second, 'a', false).orderBy).toEqual([]);
});

test('a further key is put last and keeps its place when it turns', () => {
	const two = cycleOrder(cycleOrder(none, 'a', false), 'b', true);
	expect(two.orderBy.map(({ column }) => column)).toEqual(['a', 'b']);
	expect(setOrder(two, 'a', true, true).orderBy).toEqual([
		{ column: 'a', descending: true },
		{ column: 'b', descending: false }
	]);
	expect(setOrder(two, 'a', null, true).orderBy).toEqual([{ column: 'b', descending: false }]);
});

test('a column has one filter, and its chip tells an empty value', () => {
	const once = setFilter(none, { column: 'a', operator: 'equals', value: '' });
	const twice = setFilter(once, { column: 'a', operator: 'at-least', value: '5' });
	expect(twice.filters).toEqual([{ column: 'a', operator: 'at-least', value: '5' }]);
	expect(once.filters.map(filterText)).toEqual(["a = ''"]);
	expect(twice.filters.map(filterText)).toEqual(['a ≥ 5']);
});

test('the selection is the rectangle between its corners, whichever moved', () => {
	const down = moveTo(moveTo(START, { row: 4, column: 3 }, false, size), { row: 2, column: 1 }, true, size);
	expect(rectangle(down)).toEqual({ top: 2, bottom: 4, left: 1, right: 3 });
	expect(rectangle(selectAll(size, down.active))).toEqual({ top: 0, bottom: 99, left: 0, right: 4 });
});

test('the active cell enters the header, a growing selection does not', () => {
	expect(moveTo(START, { row: -9, column: 0 }, false, size).active.row).toBe(HEADER_ROW);
	expect(moveTo(START, { row: -9, column: 0 }, true, size).active.row).toBe(0);
});

test('keys follow the grid pattern', () => {
	const at = { row: 10, column: 2 };
	const of = (keys: Partial<typeof press>): unknown => keyCommand({ ...press, ...keys }, at, size, 20);
	expect(of({ key: 'End', ctrlKey: true })).toEqual({ kind: 'move', cell: { row: 99, column: 4 }, extend: false });
	expect(of({ key: 'PageDown', shiftKey: true })).toEqual({ kind: 'move', cell: { row: 30, column: 2 }, extend: true });
	expect(of({ key: 'F2' })).toEqual({ kind: 'open' });
	expect(of({ key: 'ArrowDown', altKey: true })).toEqual({ kind: 'open-menu' });
	expect(of({ key: 'c', metaKey: true })).toEqual({ kind: 'copy' });
	expect(of({ key: 'Tab' })).toBeNull();
	expect(keyCommand({ ...press, key: 'Enter', shiftKey: true }, { row: HEADER_ROW, column: 0 }, size, 20)).toEqual({
		kind: 'sort',
		add: true
	});
});

test('a share never rounds to nothing or to everything', () => {
	expect(shareText(0, 10)).toBe('0 %');
	expect(shareText(1, 1_000_000)).toBe('< 0.1 %');
	expect(shareText(999_999, 1_000_000)).toBe('> 99.9 %');
	expect(shareText(1, 8)).toBe('13 %');
	expect(shareText(5, 5)).toBe('100 %');
});

test.each([
	['DECIMAL(18,3)', 'number', 'decimal(18,3)'],
	['UTINYINT', 'number', 'utinyint'],
	['TIMESTAMP WITH TIME ZONE', 'timestamp', 'timestamp with time zone'],
	["ENUM('a', 'b')", 'text', 'enum(…)'],
	['STRUCT(a INTEGER)[]', 'list', 'struct(…)[]'],
	['INTERVAL', 'interval', 'interval'],
	['JSON', 'struct', 'json']
])('%s is of the family %s', (type, family, short) => {
	expect(typeFamily(type)).toBe(family);
	expect(shortType(type)).toBe(short);
});
