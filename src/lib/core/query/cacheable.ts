// Whether the rows of a query are the same as long as its datasets and parameters are: only such rows may be kept.
import { identifierOf, tokenize } from '../sql/tokens.ts';
import { mayAskWorkspace } from '../sql/bind-workspace.ts';

export type Unkept =
	| { readonly reason: 'not-deterministic'; readonly word: string }
	/** Which version of a model answers may change without a version of a dataset. */
	| { readonly reason: 'asks-model' }
	/** Tables such as `check_results` have no versions. */
	| { readonly reason: 'reads-workspace' }
	| { readonly reason: 'reads-files'; readonly word: string }
	| { readonly reason: 'never' };

/** Functions with parentheses, and words that are calls without. */
const changing = new Set([
	...['now', 'today', 'random', 'uuid', 'uuidv4', 'uuidv7', 'gen_random_uuid', 'setseed', 'nextval', 'currval', 'age'],
	...['get_current_time', 'get_current_timestamp', 'transaction_timestamp', 'current_localtime', 'txid_current'],
	...['current_localtimestamp', 'current_setting', 'getvariable', 'getenv', 'version', 'pg_backend_pid']
]);
const changingWords = new Set([
	...['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp', 'tablesample']
]);

/** Null where rows may be kept. */
export function unkeptReason(sql: string, ttlMs: number | null): Unkept | null {
	if (ttlMs === 0) return { reason: 'never' };
	const tokens = tokenize(sql).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
	for (const [index, token] of tokens.entries()) {
		const next = tokens[index + 1];
		if (token.kind === 'string' && isTablePlace(sql, tokens[index - 1]))
			return { reason: 'reads-files', word: sql.slice(token.start, token.end) };
		if (token.kind !== 'word' && token.kind !== 'quoted') continue;
		const word = identifierOf(sql, token).toLowerCase();
		if (token.kind === 'word' && changingWords.has(word)) return { reason: 'not-deterministic', word };
		if (token.kind === 'word' && word === 'using' && next && /^sample$/i.test(sql.slice(next.start, next.end)))
			return { reason: 'not-deterministic', word: 'using sample' };
		if (!next || sql[next.start] !== '(') continue;
		if (changing.has(word)) return { reason: 'not-deterministic', word };
		if (word === 'predict' || word.startsWith('predict_')) return { reason: 'asks-model' };
		if (/^(read_|parquet_|sniff_|duckdb_|pragma_|glob$|query$|query_table$|parquet_scan$)/.test(word))
			return { reason: 'reads-files', word };
	}
	return mayAskWorkspace(sql) ? { reason: 'reads-workspace' } : null;
}

function isTablePlace(sql: string, before: { readonly start: number; readonly end: number } | undefined): boolean {
	return before !== undefined && /^(from|join)$/i.test(sql.slice(before.start, before.end));
}
