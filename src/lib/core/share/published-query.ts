// What a query of a published version asks, read from the texts of its address.
//
// | part | text | |
// | --- | --- | --- |
// | columns | `a,"b, c"` | names with commas or quotes stand in double quotes, which are doubled inside |
// | where | `a>=3,b=x,c!=` | all of them hold; `=`, `!=`, `<`, `<=`, `>`, `>=`, and `~`: the text contains it; nothing after `=` or `!=` is null |
// | order | `-a,b` | `-` is from the greatest on; nulls are last |
import { err, ok, type Result } from '../result.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~';
/** `value` is null where nothing was said. */
export type Condition = {
	readonly column: string;
	readonly comparison: Comparison;
	readonly value: string | null;
	/** Where it stands in the text. */
	readonly at: number;
};
export type Ordering = { readonly column: string; readonly isDescending: boolean };

export type InvalidQuery = {
	readonly kind: 'invalid-query';
	readonly part: 'columns' | 'where' | 'order' | 'limit' | 'cursor';
	readonly reason: 'unknown-column' | 'syntax' | 'not-a-value' | 'not-comparable' | 'out-of-range';
	readonly at: number | null;
};

export function parseColumns(
	text: string | undefined,
	known: readonly string[]
): Result<readonly string[], InvalidQuery> {
	if (text === undefined) return ok(known);
	const names = readList(text, (reader) => ({ name: reader.name(','), at: reader.from }));
	if (!names) return err({ kind: 'invalid-query', part: 'columns', reason: 'syntax', at: null });
	const unknown = names.find(({ name }) => !known.includes(name));
	if (unknown) return err({ kind: 'invalid-query', part: 'columns', reason: 'unknown-column', at: unknown.at });
	return ok([...new Set(names.map(({ name }) => name))]);
}

export function parseOrder(
	text: string | undefined,
	known: readonly string[]
): Result<readonly Ordering[], InvalidQuery> {
	if (text === undefined || text === '') return ok([]);
	const terms = readList(text, (reader) => {
		const isDescending = reader.take('-');
		return { isDescending, column: reader.name(','), at: reader.from };
	});
	if (!terms) return err({ kind: 'invalid-query', part: 'order', reason: 'syntax', at: null });
	const unknown = terms.find(({ column }) => !known.includes(column));
	if (unknown) return err({ kind: 'invalid-query', part: 'order', reason: 'unknown-column', at: unknown.at });
	return ok(terms.map(({ column, isDescending }) => ({ column, isDescending })));
}

// The longer ones first.
const comparisons = ['!=', '<=', '>=', '=', '<', '>', '~'] as const satisfies readonly Comparison[];

export function parseWhere(
	text: string | undefined,
	known: readonly string[]
): Result<readonly Condition[], InvalidQuery> {
	if (text === undefined || text === '') return ok([]);
	const conditions = readList(text, (reader) => {
		const column = reader.name('!<>=~,');
		const at = reader.from;
		const comparison = comparisons.find((one) => reader.take(one));
		if (!comparison) return null;
		const isQuoted = reader.isAt('"');
		const value = reader.name(',');
		return { column, comparison, value: value === '' && !isQuoted ? null : value, at };
	});
	if (!conditions) return err({ kind: 'invalid-query', part: 'where', reason: 'syntax', at: null });
	for (const { column, comparison, value, at } of conditions) {
		if (!known.includes(column)) return err({ kind: 'invalid-query', part: 'where', reason: 'unknown-column', at });
		if (value === null && comparison !== '=' && comparison !== '!=')
			return err({ kind: 'invalid-query', part: 'where', reason: 'not-a-value', at });
	}
	return ok(conditions);
}

/** Members with commas between; null when something else is between them, or one of them is none. */
function readList<T>(text: string, read: (reader: Reader) => T | null): readonly T[] | null {
	const reader = new Reader(text);
	const members: T[] = [];
	for (;;) {
		const member = read(reader);
		if (member === null || reader.isBroken) return null;
		members.push(member);
		if (reader.isAtEnd) return members;
		if (!reader.take(',')) return null;
	}
}

class Reader {
	readonly #text: string;
	#at = 0;
	/** Where the last name began. */
	from = 0;
	/** A quote was not closed. */
	isBroken = false;

	constructor(text: string) {
		this.#text = text;
	}

	get isAtEnd(): boolean {
		return this.#at >= this.#text.length;
	}

	isAt(letters: string): boolean {
		return this.#text.startsWith(letters, this.#at);
	}

	take(letters: string): boolean {
		if (!this.isAt(letters)) return false;
		this.#at += letters.length;
		return true;
	}

	/** In quotes, or up to one of the letters of `ends`. */
	name(ends: string): string {
		this.from = this.#at;
		if (!this.take('"')) {
			while (!this.isAtEnd && !ends.includes(this.#text.charAt(this.#at))) this.#at++;
			return this.#text.slice(this.from, this.#at);
		}
		let name = '';
		for (;;) {
			const close = this.#text.indexOf('"', this.#at);
			if (close < 0) {
				this.isBroken = true;
				return name;
			}
			name += this.#text.slice(this.#at, close);
			this.#at = close + 1;
			if (!this.take('"')) return name;
			name += '"';
		}
	}
}
