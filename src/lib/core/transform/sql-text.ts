// SQL put together from pieces, with the way back from a position in it to what a person wrote.
import type { Path } from './problem.ts';

/** What a person wrote is given with its path in the recipe, and where in what stands there it begins. */
export type Piece = string | { readonly text: string; readonly path: Path; readonly offset?: number };

export type Mark = {
	readonly start: number;
	/** Exclusive. */
	readonly end: number;
	readonly path: Path;
	/** Where the text between begins in what the person wrote, letter by letter; null where it is Weir's. */
	readonly offset: number | null;
};

export type MarkedSql = { readonly sql: string; readonly marks: readonly Mark[] };

export class SqlText {
	#sql = '';
	readonly #marks: Mark[] = [];

	add(...pieces: readonly Piece[]): this {
		for (const piece of pieces) {
			if (typeof piece === 'string') {
				this.#sql += piece;
				continue;
			}
			const start = this.#sql.length;
			this.#sql += piece.text;
			this.#marks.push({ start, end: this.#sql.length, path: piece.path, offset: piece.offset ?? 0 });
			// A comment would take the rest of the line with it.
			if (piece.text.includes('--')) this.#sql += '\n';
		}
		return this;
	}

	/** Another text inside of this one; the whole of it belongs to `path`. */
	addMarked({ sql, marks }: MarkedSql, path: Path): this {
		const base = this.#sql.length;
		this.#sql += sql;
		this.#marks.push({ start: base, end: this.#sql.length, path, offset: null });
		for (const mark of marks) this.#marks.push({ ...mark, start: mark.start + base, end: mark.end + base });
		return this;
	}

	get marked(): MarkedSql {
		return { sql: this.#sql, marks: this.#marks };
	}
}

/** The path, and the position inside what stands there, of a position in the SQL; null where no step wrote it. */
export function originOf(
	marks: readonly Mark[],
	position: number
): { readonly path: Path; readonly offset: number | undefined } | null {
	const round = marks.filter(({ start, end }) => start <= position && position <= end);
	const [innermost] = round.sort((one, other) => one.end - one.start - (other.end - other.start));
	if (!innermost) return null;
	const { path, start, offset } = innermost;
	return { path, offset: offset === null ? undefined : offset + position - start };
}
