// Laws of cutting and reading delimited text.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecordReader } from '#core/ingest/record-reader.ts';
import { countLines, lastBorder } from '#core/ingest/record-splitter.ts';

const comma = { delimiter: ',', quote: '"', escape: '"', comment: '' };
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function readAll(text: string, line = 1): { cells: readonly string[]; line: number }[] {
	const reader = new RecordReader(text, comma, line);
	const records = [];
	for (let record = reader.next(); record; record = reader.next())
		records.push({ cells: record.cells, line: record.line });
	return records;
}

/** Cuts as a stream would: pieces arrive, a chunk ends at the last border of what is there. */
function cutAll(bytes: Uint8Array, pieceLength: number, step: number): Uint8Array[] {
	const chunks: Uint8Array[] = [];
	let held = new Uint8Array();
	for (let at = 0; at < bytes.length; at += pieceLength) {
		const piece = bytes.subarray(at, at + pieceLength);
		const joined = new Uint8Array(held.length + piece.length);
		joined.set(held);
		joined.set(piece, held.length);
		const border = lastBorder(joined, comma, step);
		if (border > 0) chunks.push(joined.slice(0, border));
		held = joined.slice(border);
	}
	return held.length > 0 ? [...chunks, held] : chunks;
}

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '7', '漢'), maxLength: 8 });
const quoted = (text: string): string => (/[",\n\r ]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 12 });
const lineEnd = fc.constantFrom('\n', '\r\n');
/** A row of one empty cell is an empty line, which nothing can tell from no row; the generator makes none. */
const written = fc
	.tuple(table, lineEnd)
	.map(([rows, end]) => ({ rows, text: rows.map((row) => row.map(quoted).join(',') + end).join('') }));

describe('the record splitter', () => {
	test('loses no byte and cuts only where records end', () => {
		fc.assert(
			fc.property(
				written,
				fc.integer({ min: 1, max: 40 }),
				fc.integer({ min: 1, max: 3 }),
				({ text }, pieceLength, step) => {
					const bytes = encode(text);
					const chunks = cutAll(bytes, pieceLength, step);
					expect(chunks.flatMap((chunk) => [...chunk])).toEqual([...bytes]);
					const whole = readAll(text);
					let line = 1;
					const parts = chunks.flatMap((chunk) => {
						const records = readAll(new TextDecoder().decode(chunk), line);
						line += countLines(chunk).lineCount;
						return records;
					});
					expect(parts).toEqual(whole);
				}
			),
			{ numRuns: 500 }
		);
	});

	test('takes any bytes without losing one', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (bytes, pieceLength) => {
				expect(cutAll(bytes, pieceLength, 1).flatMap((chunk) => [...chunk])).toEqual([...bytes]);
			})
		);
	});

	test('a step cuts after so many records, where there are so many', () => {
		for (const text of ['a,b\nc,d\ne,f\n', 'a,"\n"\nc,d\ne,f\n', 'a,"\n"\r\nc,d\r\ne,f\r\n']) {
			const border = (step: number): string => text.slice(lastBorder(encode(text), comma, step));
			expect([1, 2, 3, 4].map(border).map((left) => left.trim())).toEqual(['', 'e,f', '', '']);
		}
	});

	test('a CR at the end is no border while an LF may follow', () => {
		expect(lastBorder(encode('a,b\r'), comma)).toBe(0);
		expect(lastBorder(encode('a,b\rc'), comma)).toBe(4);
	});
});

describe('the record reader', () => {
	test('reads back what was written', () => {
		fc.assert(
			fc.property(written, ({ rows, text }) => {
				expect(readAll(text).map((record) => record.cells)).toEqual(rows);
			}),
			{ numRuns: 500 }
		);
	});

	test('tells each record its own line behind quoted line ends', () => {
		expect(readAll('a,"x\ny"\r\nb,c\rd,"\r\n"\ne,f').map((record) => record.line)).toEqual([1, 3, 4, 6]);
	});

	test('goes on at the line after a quote that nobody closed', () => {
		const text = '1,"a\n2,b\n3,c\n';
		const reader = new RecordReader(text, comma, 1);
		const broken = reader.next();
		expect(broken?.unterminated).toBe(true);
		expect(broken && reader.resumeAfterFirstLine(broken)).toBe('1,"a');
		expect(reader.next()).toMatchObject({ cells: ['2', 'b'], line: 2 });
	});
});
