// Reads delimited text record by record, with exact line numbers. The careful reader: it accepts what people write.
import { CR, LF, QUOTED_MAX_LENGTH, SPACE, type Dialect } from './dialect.ts';

const BACKSLASH = 92;
const NONE: readonly number[] = [];

export type SourceRecord = {
	readonly cells: readonly string[];
	/** Which of them are quoted and empty. */
	readonly quotedEmpty: readonly number[];
	/** 1-based line where the record begins. */
	readonly line: number;
	/** How many lines it spans. */
	readonly lineCount: number;
	/** Offsets into the text, line end excluded. */
	readonly start: number;
	readonly end: number;
	/** A quote opened in it and nobody closed it. */
	readonly unterminated: boolean;
};

/** A quote in it was never closed, or closed in a later row. */
export function swallowsLines(record: SourceRecord, width: number): boolean {
	return record.unterminated || (record.lineCount > 1 && record.cells.length !== width && width > 1);
}

export class RecordReader {
	readonly #text: string;
	readonly #delimiter: string;
	readonly #delimiterCode: number;
	readonly #quoteCode: number;
	readonly #escapeCode: number;
	readonly #comment: string;
	#position = 0;
	#line: number;
	#closed = true;

	constructor(text: string, dialect: Dialect, firstLine: number) {
		this.#text = text;
		this.#delimiter = dialect.delimiter;
		this.#delimiterCode = dialect.delimiter.charCodeAt(0);
		this.#quoteCode = dialect.quote === '' ? -1 : dialect.quote.charCodeAt(0);
		this.#escapeCode = dialect.escape === '' ? -1 : dialect.escape.charCodeAt(0);
		this.#comment = dialect.comment;
		this.#line = firstLine;
	}

	/** Line of the next record. */
	get line(): number {
		return this.#line;
	}

	/** The next record that is neither empty nor a comment; null at the end. */
	next(): SourceRecord | null {
		const text = this.#text;
		while (this.#position < text.length) {
			const code = text.charCodeAt(this.#position);
			if (code === LF || code === CR) this.#skipLineEnd();
			else if (this.#comment !== '' && text.startsWith(this.#comment, this.#position)) this.#skipLine();
			else return this.#record();
		}
		return null;
	}

	/** As `next`, but lines whose quote spoils the rows behind them are left out; `width` is the usual count of cells. */
	nextWhole(width: number): SourceRecord | null {
		for (;;) {
			const record = this.next();
			if (record === null || !swallowsLines(record, width)) return record;
			this.resumeAfterFirstLine(record);
		}
	}

	/** Goes back to the second line of a record, to read what follows as records of their own. */
	resumeAfterFirstLine(record: SourceRecord): string {
		this.#position = record.start;
		this.#line = record.line;
		const start = this.#position;
		while (this.#position < this.#text.length && !this.#atLineEnd(this.#position)) this.#position++;
		const first = this.#text.slice(start, this.#position);
		if (this.#position < this.#text.length) this.#skipLineEnd();
		return first;
	}

	/** Offset behind a record and its line end. */
	offsetAfter(record: SourceRecord): number {
		const { end } = record;
		if (!this.#atLineEnd(end)) return end;
		return this.#text.charCodeAt(end) === CR && this.#text.charCodeAt(end + 1) === LF ? end + 2 : end + 1;
	}

	/** Skips one line as it stands, quotes or not. */
	skipLine(): void {
		this.#skipLine();
	}

	#record(): SourceRecord {
		const start = this.#position;
		const line = this.#line;
		const cells: string[] = [];
		let quotedEmpty = NONE;
		this.#closed = true;
		for (;;) {
			const isQuoted = this.#text.charCodeAt(this.#position) === this.#quoteCode;
			const cell = isQuoted ? this.#quoted() : this.#unquoted();
			if (isQuoted && cell === '') quotedEmpty = [...quotedEmpty, cells.length];
			cells.push(cell);
			if (!this.#text.startsWith(this.#delimiter, this.#position)) break;
			this.#position += this.#delimiter.length;
		}
		const end = this.#position;
		if (this.#position < this.#text.length) this.#skipLineEnd();
		else this.#line++;
		return { cells, quotedEmpty, line, lineCount: this.#line - line, start, end, unterminated: !this.#closed };
	}

	#unquoted(): string {
		const text = this.#text;
		// Fields read once: these loops see every character.
		const delimiterCode = this.#delimiterCode;
		const escapes = this.#escapeCode === BACKSLASH;
		const start = this.#position;
		let escaped = false;
		let at = start;
		for (; at < text.length; at++) {
			const code = text.charCodeAt(at);
			if (code === LF || code === CR) break;
			if (code === delimiterCode && this.#atDelimiter(at)) break;
			if (escapes && code === BACKSLASH && this.#atDelimiter(at + 1)) {
				escaped = true;
				at++;
			}
		}
		this.#position = at;
		const cell = text.slice(start, at);
		return escaped ? cell.replaceAll(`\\${this.#delimiter}`, this.#delimiter) : cell;
	}

	#quoted(): string {
		const text = this.#text;
		const quoteCode = this.#quoteCode;
		const escapeCode = this.#escapeCode;
		const openLine = this.#line;
		const open = this.#position;
		let cell = '';
		let from = open + 1;
		let at = from;
		for (; at < text.length && at - open <= QUOTED_MAX_LENGTH; at++) {
			const code = text.charCodeAt(at);
			if (code === LF || (code === CR && text.charCodeAt(at + 1) !== LF)) {
				this.#line++;
			} else if (code === escapeCode && code !== quoteCode) {
				const next = text.charCodeAt(at + 1);
				if (next === quoteCode || next === escapeCode) {
					cell += text.slice(from, at);
					from = at + 1;
					at++;
				}
			} else if (code === quoteCode) {
				const after = this.#closing(at + 1);
				if (text.charCodeAt(at + 1) === quoteCode && escapeCode === quoteCode) {
					cell += text.slice(from, at + 1);
					from = at + 2;
					at++;
				} else if (after >= 0) {
					cell += text.slice(from, at);
					this.#position = after;
					return cell;
				} else if (this.#line > openLine && this.#opensCell(at)) {
					// A cell opens inside a cell of several lines: the quote before was never closed.
					this.#closed = false;
				}
			}
		}
		this.#closed = false;
		this.#position = at;
		return cell + text.slice(from, at);
	}

	/** Where the delimiter, line end or end of text stands that a closing quote needs; -1 when something else follows. */
	#closing(at: number): number {
		if (this.#delimiterCode !== SPACE) while (this.#text.charCodeAt(at) === SPACE) at++;
		return at >= this.#text.length || this.#atLineEnd(at) || this.#atDelimiter(at) ? at : -1;
	}

	#opensCell(at: number): boolean {
		const before = this.#text.charCodeAt(at - 1);
		return before === LF || before === CR || this.#text.startsWith(this.#delimiter, at - this.#delimiter.length);
	}

	#atDelimiter(at: number): boolean {
		return this.#text.startsWith(this.#delimiter, at);
	}

	#atLineEnd(at: number): boolean {
		const code = this.#text.charCodeAt(at);
		return code === LF || code === CR;
	}

	#skipLine(): void {
		while (this.#position < this.#text.length && !this.#atLineEnd(this.#position)) this.#position++;
		if (this.#position < this.#text.length) this.#skipLineEnd();
		else this.#line++;
	}

	#skipLineEnd(): void {
		if (!this.#atLineEnd(this.#position)) return;
		const crlf = this.#text.charCodeAt(this.#position) === CR && this.#text.charCodeAt(this.#position + 1) === LF;
		this.#position += crlf ? 2 : 1;
		this.#line++;
	}
}
