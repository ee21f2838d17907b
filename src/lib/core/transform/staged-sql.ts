// SQL in parts: where a function stands between them, the part behind reads what it gives.
import type { UserFunction } from '../script/user-function.ts';
import { quoteName } from '../sql/quote.ts';
import { rewrite, type Rewritten } from '../sql/rewrite.ts';
import { identifierOf, tokenize } from '../sql/tokens.ts';
import type { Column } from '../version/version.ts';

/** A function that is called before the SQL behind it can be asked. */
export type FunctionStage = {
	/** The step's place in the text's list. */
	readonly step: number;
	/** What the SQL behind it calls the rows it gives. */
	readonly name: string;
	/** Gives the rows that go in, over what stages before it gave. */
	readonly sql: string;
	readonly fn: UserFunction;
};

/** SQL in which some tables are what functions give. Those are called first, in their order: see `overRows`. */
export type StagedSql = { readonly stages: readonly FunctionStage[]; readonly sql: string };

/** A table that no dataset is: its name begins with an `@`. */
const givenTable = (stage: string): string => `@${stage}`;

/** The rows of a stage, as a common table expression of its name selects them. */
export function stageRowsSql(name: string): string {
	return `SELECT *\nFROM ${quoteName(givenTable(name))}`;
}

/** The SQL with queries in the place of the rows of stages, by the stages' names. */
export function overRows(sql: string, queries: ReadonlyMap<string, string>): Rewritten {
	if (queries.size === 0) return { sql, toOriginal: (position) => position };
	const byTable = new Map([...queries].map(([name, query]) => [givenTable(name), query]));
	const edits = tokenize(sql).flatMap((token) => {
		const query = token.kind === 'quoted' ? byTable.get(identifierOf(sql, token)) : undefined;
		return query === undefined ? [] : [{ start: token.start, end: token.end, text: `(${query})` }];
	});
	return rewrite(sql, edits);
}

/** No row, of the columns that a stage gives: whoever asks for columns alone asks over it. */
export function noRowsSql(columns: readonly Column[]): string {
	const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`);
	return `SELECT ${nulls.join(', ')} WHERE false`;
}

/** The rows of all of them, one below the other; null where there is none. They read stages of one recipe. */
export function allOf(parts: readonly StagedSql[]): StagedSql | null {
	const last = parts.at(-1);
	return last ? { stages: last.stages, sql: parts.map(({ sql }) => `(${sql}\n)`).join('\nUNION ALL\n') } : null;
}
