// Blocks of cells from the clipboard.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBlock } from '#lib/ui/grid/paste-block.ts';

test('cells stand between tabs, rows between line ends of any kind, and the last one ends the last row', () => {
	expect(parseBlock('a\tb\r\nc\td\n')).toEqual([
		['a', 'b'],
		['c', 'd']
	]);
	expect(parseBlock('a\t\n\tb')).toEqual([
		['a', ''],
		['', 'b']
	]);
	expect(parseBlock('')).toEqual([['']]);
	expect(parseBlock('one\rtwo')).toEqual([['one'], ['two']]);
});

test('quotes hold tabs, line ends and quotes; a text that only begins with one is taken as it stands', () => {
	expect(parseBlock('"a\tb\nc ""d"""\te')).toEqual([['a\tb\nc "d"', 'e']]);
	expect(parseBlock('"quoted" and more\tb')).toEqual([['"quoted" and more', 'b']]);
	expect(parseBlock('"never ends\tb\nc')).toEqual([['"never ends', 'b'], ['c']]);
});

test('what a grid copies is pasted as it was', () => {
	const cell = fc.string({ unit: fc.constantFrom('a', '"', '\t', '\n', '\r', ' ', 'ä'), maxLength: 6 });
	const block = fc
		.integer({ min: 2, max: 4 })
		.chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 4 }));
	const field = (text: string): string => (/["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
	fc.assert(
		fc.property(block, (rows) => {
			expect(parseBlock(rows.map((row) => row.map(field).join('\t')).join('\n'))).toEqual(rows);
		})
	);
});
