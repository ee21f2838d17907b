// Cuts a stream of UTF-8 bytes at record borders. Knows quotes, not cells: the same rules as RecordReader, over bytes.
import { CR, LF, QUOTED_MAX_LENGTH, SPACE, utf8Bytes, type Dialect } from './dialect.ts';

/**
 * Index after the last record border of bytes that begin at a border; 0 when there is none.
 *
 * A CR at the very end is no border yet, since an LF may follow. A quoted cell longer than QUOTED_MAX_LENGTH counts as
 * unterminated, and its last line end as a border. With a `step`, the last border after a multiple of so many records is
 * taken, where there is one.
 */
export function lastBorder(
	bytes: Uint8Array,
	dialect: Pick<Dialect, 'delimiter' | 'quote' | 'escape'>,
	step = 1
): number {
	const quote = utf8Bytes(dialect.quote)[0] ?? -1;
	if (quote < 0 || bytes.indexOf(quote) < 0) return steppedLineEnd(bytes, step) || lastLineEnd(bytes);
	const delimiter = utf8Bytes(dialect.delimiter);
	const escape = utf8Bytes(dialect.escape)[0] ?? -1;
	const first = delimiter[0] ?? -1;
	const length = bytes.length;
	let border = 0;
	let records = 0;
	let stepped = 0;
	const end = (at: number): void => {
		border = at;
		if (++records % step === 0) stepped = at;
	};
	let at = 0;
	let cellStart = true;
	while (at < length) {
		const byte = bytes[at] ?? 0;
		if (byte === LF) {
			end(++at);
			cellStart = true;
		} else if (byte === CR) {
			at++;
			if (at < length && bytes[at] !== LF) end(at);
			cellStart = true;
		} else if (byte === quote && cellStart) {
			const close = quotedEnd(bytes, at, { quote, escape, delimiter });
			if (close === -1) {
				if (length - at <= QUOTED_MAX_LENGTH) return stepped || border;
				return Math.max(border, lastLineEnd(bytes));
			}
			at = close;
			cellStart = false;
		} else if (byte === first && startsWith(bytes, delimiter, at)) {
			at += delimiter.length;
			cellStart = true;
		} else {
			if (byte === escape && escape !== quote && startsWith(bytes, delimiter, at + 1)) at += delimiter.length;
			at++;
			cellStart = false;
		}
	}
	return stepped || border;
}

/** Lines that begin in these bytes: LF, CRLF and lone CR each end one. `loneCr` tells whether any CR stands alone. */
export function countLines(bytes: Uint8Array): { readonly lineCount: number; readonly loneCr: boolean } {
	let lineCount = 0;
	const length = bytes.length;
	for (let at = 0; at < length; at++) if (bytes[at] === LF) lineCount++;
	let loneCr = 0;
	if (bytes.indexOf(CR) >= 0) {
		for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) if (bytes[at + 1] !== LF) loneCr++;
	}
	return { lineCount: lineCount + loneCr, loneCr: loneCr > 0 };
}

type Quoting = { readonly quote: number; readonly escape: number; readonly delimiter: readonly number[] };

/** Index after the closing quote and the blanks behind it; -1 when the bytes end first. See note: how a quoted cell ends. */
function quotedEnd(bytes: Uint8Array, open: number, { quote, escape, delimiter }: Quoting): number {
	const limit = Math.min(bytes.length, open + QUOTED_MAX_LENGTH + 1);
	for (let at = open + 1; at < limit; at++) {
		const byte = bytes[at];
		if (byte === escape && escape !== quote) {
			const next = bytes[at + 1];
			if (next === quote || next === escape) at++;
		} else if (byte === quote) {
			if (escape === quote && bytes[at + 1] === quote) {
				at++;
				continue;
			}
			let after = at + 1;
			if (delimiter[0] !== SPACE) while (bytes[after] === SPACE) after++;
			if (after >= bytes.length) return -1;
			if (bytes[after] === LF || bytes[after] === CR || startsWith(bytes, delimiter, after)) return after;
		}
	}
	return -1;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[], at: number): boolean {
	for (let index = 0; index < prefix.length; index++) if (bytes[at + index] !== prefix[index]) return false;
	return prefix.length > 0;
}

/** After the last multiple of `step` lines; 0 when there is none, or when lines end in CR alone. */
function steppedLineEnd(bytes: Uint8Array, step: number): number {
	if (step === 1) return 0;
	let stepped = 0;
	let lines = 0;
	for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) if (++lines % step === 0) stepped = at + 1;
	return stepped;
}

function lastLineEnd(bytes: Uint8Array): number {
	const lf = bytes.lastIndexOf(LF);
	let cr = bytes.lastIndexOf(CR);
	if (cr === bytes.length - 1) cr = cr > 0 ? bytes.lastIndexOf(CR, cr - 1) : -1;
	return Math.max(lf, cr) + 1;
}
