// Laws of the guesses: what was written in a dialect is recognised, and garbage is survived.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalNumber, numberType } from '#core/ingest/cell-types.ts';
import { columnNames } from '#core/ingest/column-names.ts';
import { guessEncoding, isUtf8 } from '#core/ingest/guess-encoding.ts';
import { planCsv } from '#core/ingest/guess-csv.ts';
import { guessFormat } from '#core/ingest/guess-format.ts';
import { planJson } from '#core/ingest/json-layout.ts';
import { readJson } from '#core/ingest/json-relax.ts';
import { splitJson } from '#core/ingest/json-splitter.ts';
import { decodeLz4Frame } from '#core/ingest/lz4-frame.ts';
import { readZipDirectory } from '#core/ingest/zip-directory.ts';
import { checkUrl, nameFromDisposition, nameFromUrl } from '#core/ingest/source-url.ts';

const plan = (head: string): ReturnType<typeof planCsv> =>
	planCsv({ head, later: [], complete: true, encoding: 'utf-8' }, {});

describe('the dialect guess', () => {
	test('does not take decimal commas for the delimiter, even where a row is broken', () => {
		const rows = ['id;product;price', '1;apples;1,50', '2;bread;20,25', '3;broken;1,00;too;many', '4;cheese;10,00'];
		const guessed = plan(`Sales\nMade by Ledger 3\n\n${rows.join('\n')}\n`);
		expect(guessed.csv).toMatchObject({ delimiter: ';', decimal: ',', header: true, skipLines: 3 });
	});
	test('takes titles above the header for a preamble, also where a spreadsheet filled them up with delimiters', () => {
		const rows = 'Kunde;Betrag;Datum\nMüller;1.234,50;03.02.2026\nÅse;12,00;28.02.2026\nIda;7,25;01.03.2026\n';
		const guessed = plan(`Übersicht 2026;;\n;;\n${rows}`);
		expect(guessed.csv).toMatchObject({ delimiter: ';', decimal: ',', header: true, skipLines: 2 });
		expect(guessed.columns.map(({ name, type }) => [name, type])).toEqual([
			['Kunde', 'VARCHAR'],
			['Betrag', 'DOUBLE'],
			['Datum', 'DATE']
		]);
		// No header follows, or the first row is one: every row counts.
		expect(plan('only;;\n1;2;3\n4;5;6\n').csv.skipLines).toBe(0);
		expect(plan('id;name;note\n1;;\n2;x;y\n').csv).toMatchObject({ header: true, skipLines: 0 });
	});
	test('keeps a first row that ends where its last value is, as many below it do', () => {
		const zones = [
			'AD\t+4230+00131\tEurope/Andorra',
			'AE\t+2518+05518\tAsia/Dubai\tCrozet',
			'AF\t+3431+06912\tAsia/Kabul'
		];
		const rows = [...zones, 'AQ\t-6617+11031\tAntarctica/Casey\tCasey', 'AQ\t-6835+07758\tAntarctica/Davis\tDavis'];
		const guessed = plan(`# codes and places\n${[...rows, 'AL\t+4120+01950\tEurope/Tirane'].join('\n')}\n`);
		expect(guessed.csv).toMatchObject({ delimiter: '\t', comment: '#', header: false, skipLines: 0 });
		expect([guessed.columns.length, guessed.fillShort, guessed.bodyLine]).toEqual([4, true, 2]);
	});
	const word = fc.constantFrom('alpha', 'beta', 'gamma, delta', 'x;y', 'a|b', 'say "hi"', 'Zürich', '');
	const rows = fc.array(
		fc.tuple(fc.integer({ min: 0, max: 99999 }), word, fc.double({ min: 0, max: 99, noNaN: true })),
		{
			minLength: 3,
			maxLength: 40
		}
	);
	test('recovers the dialect of a well-formed file', () => {
		fc.assert(
			fc.property(rows, fc.constantFrom(',', ';', '\t', '|'), fc.boolean(), (values, delimiter, header) => {
				const quote = (text: string): string =>
					text.includes(delimiter) || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
				const lines = values.map(([id, name, amount]) => [id, quote(name), amount.toFixed(2)].join(delimiter));
				const text = `${[...(header ? [['id', 'name', 'amount'].join(delimiter)] : []), ...lines].join('\n')}\n`;
				const guessed = plan(text);
				expect(guessed.csv).toMatchObject({ delimiter, header, skipLines: 0, decimal: '.' });
				expect(guessed.columns).toMatchObject([{ type: 'BIGINT' }, { type: 'VARCHAR' }, { type: 'DOUBLE' }]);
			}),
			{ numRuns: 200 }
		);
	});

	test('survives any text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
				const { columns } = plan(text);
				expect(new Set(columns.map(({ name }) => name.toLowerCase())).size).toBe(columns.length);
			}),
			{ numRuns: 300 }
		);
	});
});

describe('numbers', () => {
	test.each([
		['1.249,00', ',', '1249.00'],
		['1,249.5', '.', '1249.5'],
		['2 102 650', '.', '2102650'],
		["1'000", '.', '1000'],
		['12.5', ',', '12?5']
	] as const)('%s with decimal %s is %s', (text, decimal, plain) => {
		expect(canonicalNumber(text, decimal)).toBe(plain);
	});

	test.each(['007', '+4915112345678', '12345678901234567890', '1.2.3', '', '$5', '9223372036854775808'])(
		'%s stays text',
		(text) => {
			expect(numberType(text, '.')).toBeNull();
		}
	);
});

describe('encodings', () => {
	test('valid UTF-8 is UTF-8, wherever it is cut', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(), (text, at) => {
				const bytes = new TextEncoder().encode(text);
				expect(isUtf8(bytes, true)).toBe(true);
				expect(isUtf8(bytes.subarray(0, at % (bytes.length + 1)), false)).toBe(true);
			})
		);
	});

	test('agrees with the platform about any bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
				let valid = true;
				try {
					new TextDecoder('utf-8', { fatal: true }).decode(bytes);
				} catch {
					// The oracle's only way to say no.
					valid = false;
				}
				expect(isUtf8(bytes, true)).toBe(valid);
			}),
			{ numRuns: 2000 }
		);
	});

	test('bytes that are no UTF-8 are windows-1252', () => {
		expect(guessEncoding(new Uint8Array([0x63, 0x72, 0xe8, 0x6d, 0x65]), true).encoding).toBe('windows-1252');
	});
});

describe('JSON', () => {
	test('array elements come back whole, wherever the bytes end', () => {
		fc.assert(
			fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 8 }), fc.nat(), (records, cut) => {
				const text = JSON.stringify(records, null, 1);
				const bytes = new TextEncoder().encode(text).subarray(1);
				const at = cut % (bytes.length + 1);
				const first = splitJson(bytes.subarray(0, at), false);
				const rest = first.closed ? { values: [], next: 0 } : splitJson(bytes.subarray(first.next), true);
				const decode = (from: number, to: number): unknown =>
					JSON.parse(new TextDecoder().decode(bytes.subarray(from, to)));
				const found = [
					...first.values.map(({ start, end }) => decode(start, end)),
					...rest.values.map(({ start, end }) => decode(start + first.next, end + first.next))
				];
				expect(found).toEqual(JSON.parse(text));
			}),
			{ numRuns: 300 }
		);
	});

	test('repairs change no string', () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				expect(readJson(`{"a":${JSON.stringify(text)},"b":NaN,}`)?.value).toEqual({ a: text, b: null });
			})
		);
	});

	test('any bytes end in a plan or none', () => {
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', 'a', '1', '\\', '/', '*', '\n') }),
				(text) => {
					const bytes = new TextEncoder().encode(text);
					planJson({ bytes, complete: true, decode: (part) => new TextDecoder().decode(part) }, undefined, false);
					expect(splitJson(bytes, true).next).toBeLessThanOrEqual(bytes.length);
				}
			),
			{ numRuns: 2000 }
		);
	});
});

describe('bombs and garbage', () => {
	test('an LZ4 frame of any bytes decodes or throws', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 64 }), (body) => {
				const frame = new Uint8Array([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, ...body]);
				let decoded: Uint8Array | null = null;
				try {
					decoded = decodeLz4Frame(frame);
				} catch (thrown) {
					expect(thrown).toBeInstanceOf(Error);
				}
				expect(decoded === null || decoded.length < 1e9).toBe(true);
			})
		);
	});

	test('an LZ4 frame that claims a terabyte is refused before it is unpacked', () => {
		const frame = new Uint8Array([0x04, 0x22, 0x4d, 0x18, 0x68, 0x40, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x82]);
		expect(() => decodeLz4Frame(frame)).toThrow('1 GB');
	});

	test('a ZIP directory of any bytes is read or refused', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				const directory = readZipDirectory(
					new Uint8Array([...bytes, 0x50, 0x4b, 5, 6, ...bytes]),
					bytes.length * 2 + 4
				);
				expect(directory === null || directory.names.length >= 0).toBe(true);
			})
		);
	});

	test('binary files of other kinds are no tables', () => {
		const pdf = new TextEncoder().encode('%PDF-1.7\n');
		expect(guessFormat(pdf, 'a.csv')).toBe('unknown');
		expect(
			guessFormat(
				new Uint8Array(100).map((_, at) => at % 9),
				'a.csv'
			)
		).toBe('unknown');
		const text = (letters: string): Uint8Array => new TextEncoder().encode(letters);
		expect(guessFormat(text('\n<!DOCTYPE html>\n<html><title>Sign in</title>'), 'a.csv')).toBe('html');
		expect(guessFormat(text('<!-- made by hand -->\n<html lang="en">'), 'download')).toBe('html');
		expect(guessFormat(text('html,head\n<b>1</b>,2\n'), 'a.csv')).toBe('csv');
		expect(guessFormat(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), 'a.xlsx')).toBe('xls');
	});
});

describe('names', () => {
	test('are present and different without regard to case', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom('a', 'A', 'a_2', '', ' ', '__proto__', 'x\ny')), (cells) => {
				const names = columnNames(cells, cells.length);
				expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(cells.length);
				expect(names.every((name) => name.trim() !== '')).toBe(true);
			})
		);
	});
});

describe('addresses', () => {
	test.each([
		'ftp://x/a.csv',
		'file:///etc/passwd',
		'javascript:alert(1)',
		'https://me:secret@x.org/a.csv',
		'x.org/a.csv',
		'http://'
	])('%s is refused, and no password is repeated', (url) => {
		const checked = checkUrl(url);
		expect(checked).toMatchObject({ ok: false, error: { kind: 'url-refused' } });
		expect(JSON.stringify(checked)).not.toContain('secret');
	});

	test('a name comes from the header before the path, and never brings a path along', () => {
		expect(nameFromDisposition('attachment; filename="../../etc/a.csv"')).toBe('a.csv');
		expect(nameFromDisposition("attachment; filename=b.csv; filename*=UTF-8''z%C3%BC.csv")).toBe('zü.csv');
		expect(nameFromUrl('https://x.org/d/My%20file.csv?token=1#f', false)).toBe('My file.csv');
		expect(nameFromUrl('https://x.org/', false)).toBe('download');
	});
});
