// The formatter with Weir's names: loaded on first use, by format-sql.ts alone. Throws on text it cannot parse.
import { duckdb, formatDialect } from 'sql-formatter';

/** `name@version` is one name to Weir; DuckDB's own dialect would part it. */
const VERSIONED_NAME = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_]*)@[A-Za-z_][A-Za-z0-9_]*`;

/** One object for good: the formatter keeps a tokenizer for each it is given. */
const dialect = {
	...duckdb,
	tokenizerOptions: {
		...duckdb.tokenizerOptions,
		identTypes: [{ regex: VERSIONED_NAME }, ...duckdb.tokenizerOptions.identTypes]
	}
};

export function layOut(text: string): string {
	return formatDialect(text, {
		dialect,
		keywordCase: 'preserve',
		tabWidth: 2,
		expressionWidth: 80,
		linesBetweenQueries: 1
	});
}
