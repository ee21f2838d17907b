// Prepares a person's text to run: views made, parameters put in, earlier statements run, the last one's columns known.
import type { ErrorOrigin } from '#core/sql/duckdb-error.ts';
import { bindParams } from '#core/sql/quote.ts';
import { splitStatements, tokenize } from '#core/sql/tokens.ts';
import type { Column } from '#core/version/version.ts';
import type { RunInput } from './api.ts';
import { FailureError, from } from './attempt.ts';
import type { Duck } from './duck.ts';
import type { Job } from './job.ts';
import type { Relations } from './relations.ts';

/** The last statement of a text, ready to run on the connection it was prepared on. */
export type Statement = {
	readonly sql: string;
	/** The whole text it ends. */
	readonly text: string;
	/** Null where only running it tells, as for EXPLAIN, and where nobody asked. */
	readonly columns: readonly Column[] | null;
	/** Whether its rows are what a person asked for; a CREATE or INSERT gives a count instead. */
	readonly givesRows: boolean;
	/** The way back from positions in `prefix + sql` to the person's text. */
	origin(prefix: string, suffix?: string): ErrorOrigin;
};

export async function prepare(
	duck: Duck,
	relations: Relations,
	connection: number,
	input: RunInput,
	job: Job,
	/** Without, no columns are known: to ask for them is a statement of its own. */
	isDescribed = true
): Promise<Statement> {
	await relations.ensure(input.relations);
	const bound = bindParams(input.sql, input.params);
	if (!bound.ok) throw new FailureError(bound.error);
	const { sql, toOriginal } = bound.value;
	const whole: ErrorOrigin = { sql, toOriginal };
	const statements = splitStatements(sql);
	const last = statements.at(-1);
	if (!last) {
		throw new FailureError({
			kind: 'sql-error',
			type: 'Parser',
			message: 'The text holds no statement.',
			position: null,
			candidates: []
		});
	}
	if (statements.length > 1) {
		for (const { start, end } of statements) {
			const alone = { sql: sql.slice(start, end), toOriginal: (position: number) => toOriginal(position + start) };
			await from(alone, () => checkSyntax(duck, connection, alone.sql, job));
		}
		await from(whole, () => duck.execute(connection, sql.slice(0, last.start), job));
	}
	const statement = sql.slice(last.start, last.end);
	const origin = (prefix: string, suffix = ''): ErrorOrigin => ({
		sql: prefix + statement + suffix,
		toOriginal: (position) =>
			position < prefix.length ? null : toOriginal(Math.min(position - prefix.length, statement.length) + last.start)
	});
	const kind = statementKind(statement);
	const columns =
		isDescribed && kind === 'query'
			? await from(origin('DESCRIBE '), () => describe(duck, connection, statement, job))
			: null;
	return { sql: statement, text: sql, columns, givesRows: kind !== 'command', origin };
}

export async function describe(duck: Duck, connection: number, query: string, job: Job): Promise<Column[]> {
	const rows = await duck.rows(connection, `DESCRIBE ${query}`, job);
	return rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
}

type StatementKind = 'query' | 'rows' | 'command';

function statementKind(statement: string): StatementKind {
	const words = tokenize(statement)
		.filter((token) => token.kind === 'word')
		.map((token) => statement.slice(token.start, token.end).toLowerCase());
	const first = words[0] ?? '';
	if (['select', 'from', 'values', 'table', 'pivot', 'unpivot'].includes(first)) return 'query';
	if (first === 'with')
		return words.some((word) => ['insert', 'update', 'delete', 'merge'].includes(word)) ? 'rows' : 'query';
	if (['show', 'describe', 'desc', 'summarize', 'explain', 'pragma', 'call', 'execute'].includes(first)) return 'rows';
	return words.includes('returning') ? 'rows' : 'command';
}

/** Throws what is wrong with a statement's syntax, so that nothing of a text runs when a later part cannot be read. */
async function checkSyntax(duck: Duck, connection: number, statement: string, job: Job): Promise<void> {
	try {
		duck.db.closePrepared(connection, duck.db.createPrepared(connection, statement));
	} catch (error) {
		// Names may be unknown as yet. Of a syntax error only a query tells the position; it fails before it runs.
		if (/Parser/.test(String(error))) await duck.start(connection, statement, job);
	}
}
