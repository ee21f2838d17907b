// Reads UPDATE, DELETE, INSERT and ALTER TABLE over a dataset: which rows and columns they change, and the queries that tell the new values.
import { err, ok, type Result } from '../result.ts';
import type { SqlFailure } from './failure.ts';
import { identifierOf, splitStatements, tokenAt, type SqlToken } from './tokens.ts';

/** UTF-16 positions in the text; `end` is exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** `start` is where its name stands. */
export type NamedColumn = { readonly name: string; readonly start: number };

export type ChangeStatement = { readonly dataset: string } & (
	| { readonly kind: 'delete'; readonly alias: string; readonly where: Span | null }
	| {
			readonly kind: 'update';
			readonly alias: string;
			readonly sets: readonly { readonly column: NamedColumn; readonly value: Span }[];
			readonly where: Span | null;
	  }
	| { readonly kind: 'insert'; readonly columns: readonly NamedColumn[] | null; readonly query: Span }
	| { readonly kind: 'add-column'; readonly column: NamedColumn; readonly type: string; readonly value: Span | null }
	| { readonly kind: 'drop-column'; readonly column: NamedColumn }
	| { readonly kind: 'rename-column'; readonly column: NamedColumn; readonly to: string }
	| {
			readonly kind: 'retype-column';
			readonly column: NamedColumn;
			readonly type: string;
			readonly value: Span | null;
	  }
);

/**
 * The change a text asks of a dataset; null when it changes none.
 *
 * Fails: sql-error when a dataset is to be changed in a way that is not understood, or by one of several statements
 */
export function parseChange(
	sql: string,
	isDataset: (name: string) => boolean
): Result<ChangeStatement | null, SqlFailure> {
	const statements = splitStatements(sql);
	try {
		for (const span of statements) {
			const change = readChange(new Reader(sql, span), isDataset);
			if (change && statements.length > 1)
				throw new Misread('Run a statement that changes a dataset by itself', span.start);
			if (change) return ok(change);
		}
		return ok(null);
	} catch (thrown) {
		if (!(thrown instanceof Misread)) throw thrown;
		const { message, position } = thrown;
		return err({ kind: 'sql-error', type: 'Parser', message, position, candidates: [] });
	}
}

class Misread extends Error {
	readonly position: number;

	constructor(message: string, position: number) {
		super(message);
		this.position = position;
	}
}

/** The tokens of one statement that are neither spaces nor comments, from left to right. */
class Reader {
	readonly #sql: string;
	readonly #tokens: SqlToken[] = [];
	#at = 0;

	constructor(sql: string, { start, end }: Span) {
		this.#sql = sql;
		for (let at = start; at < end;) {
			const token = tokenAt(sql, at);
			at = token.end;
			if (token.kind !== 'space' && token.kind !== 'comment') this.#tokens.push(token);
		}
	}

	get next(): SqlToken | null {
		return this.#tokens[this.#at] ?? null;
	}

	/** Where the next token starts, or the last one ends. */
	get position(): number {
		return this.next?.start ?? this.#tokens.at(-1)?.end ?? 0;
	}

	/** Takes the words if all of them come next. */
	take(...words: readonly string[]): boolean {
		const here = words.every((word, ahead) => this.#text(this.#at + ahead) === word);
		if (here) this.#at += words.length;
		return here;
	}

	expect(...words: readonly string[]): void {
		if (!this.take(...words)) throw new Misread(`Expected ${words.join(' ')}`, this.position);
	}

	name(): NamedColumn {
		const token = this.next;
		if (token?.kind !== 'word' && token?.kind !== 'quoted') throw new Misread('Expected a name', this.position);
		this.#at++;
		return { name: identifierOf(this.#sql, token), start: token.start };
	}

	/** Up to the first of the words outside brackets, or the end. */
	upTo(...words: readonly string[]): Span {
		const start = this.position;
		let [depth, end] = [0, start];
		for (let token = this.next; token; token = this.next) {
			const text = this.#text(this.#at);
			if (depth === 0 && words.includes(text) && !(text === 'FROM' && this.#text(this.#at - 1) === 'DISTINCT')) break;
			if (token.kind === 'symbol' && '([{'.includes(text)) depth++;
			if (token.kind === 'symbol' && ')]}'.includes(text)) depth--;
			if (depth < 0) break;
			end = token.end;
			this.#at++;
		}
		if (end === start) throw new Misread('Expected an expression', start);
		return { start, end };
	}

	rest(): Span {
		return this.upTo();
	}

	end(): void {
		if (this.next) throw new Misread(`Unexpected ${this.#sql.slice(this.next.start, this.next.end)}`, this.next.start);
	}

	textOf({ start, end }: Span): string {
		return this.#sql.slice(start, end);
	}

	/** Of keywords and symbols alone. */
	#text(at: number): string {
		const token = this.#tokens[at];
		return token && (token.kind === 'word' || token.kind === 'symbol') ? this.textOf(token).toUpperCase() : '';
	}
}

function readChange(reader: Reader, isDataset: (name: string) => boolean): ChangeStatement | null {
	const verb = (['DELETE', 'UPDATE', 'INSERT', 'ALTER'] as const).find((word) => reader.take(word));
	if (verb === undefined) return null;
	if (verb === 'DELETE') reader.take('FROM');
	if (verb === 'ALTER' && reader.take('TABLE')) reader.take('IF', 'EXISTS');
	const choice = verb === 'INSERT' && reader.take('OR') ? reader.position : null;
	if (choice !== null) reader.name();
	if (verb === 'INSERT') reader.take('INTO');
	if (reader.next?.kind !== 'word' && reader.next?.kind !== 'quoted') return null;
	const { name: dataset, start } = reader.name();
	if (!isDataset(dataset) || reader.take('.')) return null;
	if (reader.take('@')) throw new Misread('Only the newest version can be changed', start);
	if (choice !== null) throw new Misread('Rows are replaced by key with an import or weir.ingest, not in SQL', choice);
	switch (verb) {
		case 'DELETE':
			return { kind: 'delete', dataset, alias: aliasOf(reader, dataset, 'WHERE'), where: whereOf(reader) };
		case 'UPDATE':
			return { kind: 'update', dataset, alias: aliasOf(reader, dataset, 'SET'), ...setsOf(reader) };
		case 'INSERT':
			return readInsert(reader, dataset);
		case 'ALTER':
			return readAlter(reader, dataset);
	}
}

function aliasOf(reader: Reader, dataset: string, before: string): string {
	if (reader.take('USING')) throw new Misread('Name the other tables in a subquery of WHERE', reader.position);
	if (!reader.next || reader.take(before)) return dataset;
	reader.take('AS');
	const { name } = reader.name();
	if (reader.next) reader.expect(before);
	return name;
}

/** What follows WHERE, which has been taken. */
function whereOf(reader: Reader): Span | null {
	if (!reader.next) return null;
	const where = reader.upTo('RETURNING');
	refuseReturning(reader);
	return where;
}

function refuseReturning(reader: Reader): void {
	if (reader.take('RETURNING'))
		throw new Misread('RETURNING is not supported; query the dataset, or its diff, afterwards', reader.position);
	reader.end();
}

function setsOf(reader: Reader) {
	const sets: { column: NamedColumn; value: Span }[] = [];
	do {
		const column = reader.name();
		reader.expect('=');
		sets.push({ column, value: reader.upTo(',', 'FROM', 'WHERE', 'RETURNING') });
	} while (reader.take(','));
	if (reader.take('FROM'))
		throw new Misread('Take values of other tables in a subquery: SET a = (SELECT …)', reader.position);
	const where = reader.take('WHERE') ? whereOf(reader) : null;
	refuseReturning(reader);
	return { sets, where };
}

function readInsert(reader: Reader, dataset: string): ChangeStatement {
	if (reader.take('BY'))
		throw new Misread('Name the columns in brackets: INSERT INTO t (a, b) SELECT …', reader.position);
	let columns: NamedColumn[] | null = null;
	if (reader.take('(')) {
		columns = [];
		do columns.push(reader.name());
		while (reader.take(','));
		reader.expect(')');
	}
	const query = reader.upTo('RETURNING', 'ON');
	if (reader.take('ON'))
		throw new Misread('Rows are taken in by key with an import or weir.ingest, not in SQL', reader.position);
	refuseReturning(reader);
	return { kind: 'insert', dataset, columns, query };
}

function readAlter(reader: Reader, dataset: string): ChangeStatement {
	if (reader.take('ADD')) {
		reader.take('COLUMN');
		const column = reader.name();
		const type = reader.textOf(reader.upTo('DEFAULT', 'AS'));
		const value = reader.take('DEFAULT') ? reader.rest() : null;
		reader.end();
		return { kind: 'add-column', dataset, column, type, value };
	}
	if (reader.take('DROP')) {
		reader.take('COLUMN');
		const column = reader.name();
		reader.take('CASCADE');
		reader.end();
		return { kind: 'drop-column', dataset, column };
	}
	if (reader.take('RENAME')) {
		if (reader.take('TO')) throw new Misread('Rename a dataset in the catalogue, or with weir.rename', reader.position);
		reader.take('COLUMN');
		const column = reader.name();
		reader.expect('TO');
		const to = reader.name().name;
		reader.end();
		return { kind: 'rename-column', dataset, column, to };
	}
	reader.expect('ALTER');
	reader.take('COLUMN');
	const column = reader.name();
	reader.take('SET', 'DATA');
	reader.expect('TYPE');
	const type = reader.textOf(reader.upTo('USING'));
	const value = reader.take('USING') ? reader.rest() : null;
	return { kind: 'retype-column', dataset, column, type, value };
}
