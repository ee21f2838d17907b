import { expect, test } from 'vitest';
import { formatProblems } from '#core/report/format-problems.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { unknownFormatWords } from '#lib/ui/explain-report.ts';
import type { CellType, CellValue } from '#core/report/edition.ts';
import { formatFor, parseFormat, withUnit } from '#core/report/format-value.ts';

const write = (format: string | null, type: CellType, value: CellValue): string => {
	const parsed = parseFormat(format, type);
	return parsed.ok ? parsed.value(value) : `refused: ${parsed.error.format}`;
};

test('a word or a specifier of d3-format writes numbers', () => {
	const cases: readonly (readonly [string | null, number, string])[] = [
		[null, 1234567, '1,234,567'],
		[null, 0.1 + 0.2, '0.3'],
		[null, 1234567.891, '1,234,568'],
		[null, 0.00001234, '1.234E-5'],
		[null, 1e21, '1E21'],
		[null, -0.5, '-0.5'],
		[null, Infinity, 'Infinity'],
		['integer', 2.6, '3'],
		['exact', 0.123456789, '0.123456789'],
		['short', 3_215_000, '3.22M'],
		['percent', 0.1234, '12.3%'],
		['currency EUR', 1234.5, '€1,234.50'],
		['bytes', 999, '999 B'],
		['bytes', 999_999, '1.0 MB'],
		['bytes', -13_500_000, '-13.5 MB'],
		['duration', 0.85, '850 ms'],
		['duration', 125, '2 min 5 s'],
		['duration', 7199, '2 h 0 min'],
		['duration', 180_000, '2 d 2 h'],
		['.2f', -3.14159, '-3.14'],
		['~s', 1500, '1.5k'],
		[',.0%', 12.5, '1,250%']
	];
	expect(cases.map(([format, value]) => write(format, 'number', value))).toEqual(cases.map(([, , text]) => text));
});

test('a word or a specifier of d3-time-format writes times, in UTC', () => {
	const time = Date.UTC(2025, 2, 9, 14, 5, 7);
	const cases: readonly (readonly [string | null, CellType, string])[] = [
		[null, 'date', '2025-03-09'],
		[null, 'time', '2025-03-09 14:05:07'],
		['date', 'time', '2025-03-09'],
		['time', 'time', '14:05'],
		['month', 'date', 'Mar 2025'],
		['quarter', 'date', '2025-Q1'],
		['week', 'date', '2025-W10'],
		['year', 'date', '2025'],
		['%d.%m.%Y', 'date', '09.03.2025']
	];
	expect(cases.map(([format, type]) => write(format, type, time))).toEqual(cases.map(([, , text]) => text));
	expect(write(null, 'time', Date.UTC(2025, 0, 1))).toBe('2025-01-01');
	expect(write(null, 'date', Date.UTC(12025, 0, 1))).toBe('+012025-01-01');
	expect(write('date', 'date', 9e15)).toBe('9000000000000000');
});

test('no value is a dash, and a value of another type is written as it is', () => {
	expect(write('percent', 'number', null)).toBe('–');
	expect(write('month', 'date', null)).toBe('–');
	expect(write('percent', 'number', '12345678901234567890')).toBe('12345678901234567890');
	expect(write(null, 'boolean', true)).toBe('true');
	expect(write(null, 'text', '')).toBe('');
});

test('a format that is not known is a problem that names the nearest word', () => {
	expect(parseFormat('pecent', 'number')).toMatchObject({
		ok: false,
		error: { kind: 'unknown-format', nearest: 'percent' }
	});
	expect(parseFormat('motnh', 'date')).toMatchObject({ ok: false, error: { nearest: 'month' } });
	for (const bad of ['', ' ', 'currency euro', '%Q%', '12345678d', 'constructor', '.2y', '%n%'.repeat(40)])
		expect([bad, parseFormat(bad, 'date').ok]).toEqual([bad, false]);
	for (const bad of ['currency euro', '12345678d', 'constructor', '.2y', 'toString'])
		expect([bad, parseFormat(bad, 'number').ok]).toEqual([bad, false]);
	expect(parseFormat('percent', 'text')).toMatchObject({ ok: false, error: { allowed: [] } });
	expect(formatFor('month', 'number')(3)).toBe('3');
});

test('a unit that is a word stands apart from its number', () => {
	const kilograms = withUnit(formatFor(null, 'number'), 'kg');
	expect(kilograms(12.5)).toBe('12.5\u202fkg');
	expect(kilograms(null)).toBe('–');
	expect(withUnit(formatFor(null, 'number'), '°')(21)).toBe('21°');
	expect(withUnit(formatFor(null, 'number'), null)(21)).toBe('21');
});

test('a format that does not fit its values is told, with the nearest word there is', () => {
	const parsed = parseReport(
		'```metric\nfrom: a\nvalue: count()\nformat: percnt\n```\n\n```table\nfrom: a\ncolumns: [{ column: b, format: month }]\n```'
	);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	const table = {
		rowCount: 1,
		columns: [
			{ name: 'value', type: 'number' as const, values: [1] },
			{ name: 'b', type: 'text' as const, values: ['x'] }
		]
	};
	const told = parsed.value.blocks.map((block) => formatProblems(block, table));
	expect(told).toMatchObject([[{ format: 'percnt', nearest: 'percent' }], [{ format: 'month', allowed: [] }]]);
	expect(told.flat().map((one) => unknownFormatWords(one).what)).toEqual([
		'“percnt” is no format for these values, which are written as usual',
		'“month” is no format for these values, which are written as usual'
	]);
});
