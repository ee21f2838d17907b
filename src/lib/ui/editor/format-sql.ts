// Lays SQL out. The formatter is loaded on first use.
import { err, ok, type Result } from '#core/result.ts';

/** `text` is what was given, unchanged. */
export type FormatSqlFailure = { readonly kind: 'unformattable-sql'; readonly text: string };

/** `name@version` is one word to Weir and two to the formatter, so it is passed off as a parameter. */
const VERSIONED_NAME = String.raw`(?:"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_]*)@[A-Za-z_][A-Za-z0-9_]*`;

export async function formatSql(text: string): Promise<Result<string, FormatSqlFailure>> {
	const { duckdb, formatDialect } = await import('sql-formatter');
	try {
		return ok(
			formatDialect(text, {
				dialect: duckdb,
				keywordCase: 'preserve',
				tabWidth: 2,
				expressionWidth: 80,
				linesBetweenQueries: 1,
				paramTypes: { custom: [{ regex: VERSIONED_NAME }], numbered: ['$'], positional: true, named: [], quoted: [] }
			})
		);
	} catch {
		// It throws on text it cannot parse, half-written SQL above all.
		return err({ kind: 'unformattable-sql', text });
	}
}
