// What separates cells and records in delimited text, and how a quoted cell ends. Shared by text reader and byte splitter.
import type { CsvOptions } from './options.ts';

export type Dialect = Pick<CsvOptions, 'delimiter' | 'quote' | 'escape' | 'comment'>;

// Note: how a quoted cell ends. A quote opens only at the start of a cell, and closes only where a delimiter, a line end or
// the end of the text follows (blanks between are allowed). Any other quote inside is text. So `"the 5" pipe",x` reads as a
// person means it, and a forgotten quote swallows rows only until the next cell that closes.

/** Longest quoted cell; a longer one counts as a quote that nobody closed. */
export const QUOTED_MAX_LENGTH = 4 * 1024 * 1024;

export const CR = 13;
export const LF = 10;
export const SPACE = 32;

export function utf8Bytes(text: string): number[] {
	const bytes: number[] = [];
	for (const character of text) {
		const point = character.codePointAt(0) ?? 0;
		if (point < 0x80) bytes.push(point);
		else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
		else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
		else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
	}
	return bytes;
}
