import { describe, expect, test } from 'vitest';
import { cellText, displayText, prettyCellText, type CellShape } from '#core/sql/cell-text.ts';

const micros: CellShape = { kind: 'timestamp', unitsPerSecond: 1_000_000n, zoned: false };

describe('cellText', () => {
	test.each<readonly [string, unknown, CellShape, string]>([
		['a 64-bit integer keeps every digit', 9_007_199_254_740_993n, { kind: 'integer' }, '9007199254740993'],
		['a double is its shortest text', 0.1 + 0.2, { kind: 'double' }, '0.30000000000000004'],
		['a single-precision float is its own shortest text', Math.fround(0.1), { kind: 'single' }, '0.1'],
		['a decimal keeps its scale', -5n, { kind: 'decimal', scale: 2 }, '-0.05'],
		['a decimal of 38 digits is exact', 10n ** 37n + 1n, { kind: 'decimal', scale: 0 }, String(10n ** 37n + 1n)],
		['a date is ISO', 86_400_000 * 20_254, { kind: 'date' }, '2025-06-15'],
		['a date before 1970 is ISO', -86_400_000, { kind: 'date' }, '1969-12-31'],
		['a date beyond what Date can hold is exact', 86_400_000 * 200_000_000, { kind: 'date' }, '549551-05-28'],
		['a date before year 1 says so', 86_400_000 * -719_163, { kind: 'date' }, '0001-12-31 BC'],
		['an infinite date is a word', 86_400_000 * 2_147_483_647, { kind: 'date' }, 'infinity'],
		['a timestamp keeps microseconds', 1_750_000_000_000_001n, micros, '2025-06-15 15:06:40.000001'],
		['a timestamp before 1970 rounds to no other day', -1n, micros, '1969-12-31 23:59:59.999999'],
		['a timestamp with a zone is UTC', 0n, { ...micros, zoned: true }, '1970-01-01 00:00:00Z'],
		['an infinite timestamp is a word', 2n ** 63n - 1n, micros, 'infinity'],
		['a time keeps its fraction', 3_661_500_000n, { kind: 'time', unitsPerSecond: 1_000_000n }, '01:01:01.5'],
		[
			'an interval reads as DuckDB words it',
			[14, 3, 4_500_000_000],
			{ kind: 'interval' },
			'1 year 2 months 3 days 00:00:04.5'
		],
		['an empty interval is a time', [0, 0, 0], { kind: 'interval' }, '00:00:00'],
		['bytes are hex', new Uint8Array([0, 255]), { kind: 'binary' }, '0x00ff'],
		['an empty text is an empty text', '', { kind: 'text' }, '']
	])('%s', (_promise, value, shape, text) => {
		expect(cellText(value, shape)).toBe(text);
	});

	test('a null is null, never a text', () => {
		expect(cellText(null, { kind: 'text' })).toBeNull();
		expect(cellText(undefined, { kind: 'integer' })).toBeNull();
	});

	test('nested values are compact JSON with exact numbers', () => {
		const shape: CellShape = {
			kind: 'struct',
			fields: [
				{ name: 'id', shape: { kind: 'integer' } },
				{ name: 'at', shape: { kind: 'list', item: { kind: 'date' } } },
				{ name: 'by', shape: { kind: 'map', key: { kind: 'text' }, value: { kind: 'double' } } }
			]
		};
		const value = { id: 2n ** 60n, at: [0, null], by: new Map([['x"', Infinity]]) };
		expect(cellText(value, shape)).toBe('{"id":1152921504606846976,"at":["1970-01-01",null],"by":{"x\\"":"Infinity"}}');
		expect(prettyCellText({ id: 1n, at: [], by: new Map() }, shape)).toBe('{\n  "id": 1,\n  "at": [],\n  "by": {}\n}');
	});

	test('a text that holds JSON is indented for reading, one that only looks like it is left alone', () => {
		expect(prettyCellText('{"a":[1]}', { kind: 'text' })).toBe('{\n  "a": [\n    1\n  ]\n}');
		expect(prettyCellText('[not json', { kind: 'text' })).toBe('[not json');
	});
});

describe('displayText', () => {
	test('breaks, tabs and controls become pictures', () => {
		expect(displayText('a\r\nb\nc\td\u0000\u007f', 100)).toBe('a⏎b⏎c⇥d␀␡');
	});

	test('characters that reorder or hide text are named', () => {
		expect(displayText('evil\u202etxt.exe\u200b', 100)).toBe('evil⟨U+202E⟩txt.exe⟨U+200B⟩');
	});

	test('joined emoji stay whole', () => {
		expect(displayText('👩‍🚀', 100)).toBe('👩‍🚀');
	});

	test('a long text is cut with an ellipsis, never inside a surrogate pair', () => {
		expect(displayText('abcdef', 3)).toBe('abc…');
		expect(displayText('ab😀cd', 3)).toBe('ab…');
	});
});
