// Whether a SQL text gives the same rows from the same inputs. What is not known to do so is taken not to.
import type { SqlToken } from '../sql/tokens.ts';
import { TablePositions } from '../sql/table-positions.ts';
import { identifierOf, tokenize } from '../sql/tokens.ts';
import { tableNames } from './table-names.ts';

/** Words that may stand before a bracket without being a function, besides types. */
const grammar = words(
	'in exists any all some over filter values as from select where and or not on using by when then else case cast try_cast ' +
		'coalesce nullif extract position substring trim overlay row grouping grouping_id columns exclude replace rename within ' +
		'group having join lateral union except intersect limit offset distinct between like ilike is end partition order set ' +
		'with recursive materialized qualify window pivot unpivot map struct array list ifnull'
);
const types = words('decimal numeric varchar char character bpchar time timestamp timestamptz interval enum bit float');
/** Table functions that make rows of their arguments alone, and the one that compares versions. */
const tables = words('range generate_series unnest diff repeat repeat_row json_each json_tree');
/** They are written without brackets. */
export const changingWords = words(
	'current_date current_timestamp current_time localtime localtimestamp current_user session_user current_role ' +
		'current_schema current_catalog user sample tablesample'
);

/** Pure to the engine, but not to us: they read settings, variables or chance. */
const excluded = words('getvariable current_setting getenv reservoir_quantile current_schemas in_search_path');

/** Null, or what may make it give other rows. `pure` are the engine's functions that depend on their arguments alone. */
export function whyUnrepeatable(
	sql: string,
	pure: ReadonlySet<string>,
	isDataset: (name: string) => boolean
): string | null {
	const tokens = tokenize(sql).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
	const text = (token: SqlToken | undefined): string => (token ? sql.slice(token.start, token.end).toLowerCase() : '');
	const defined = new Set<string>();
	for (const [index, token] of tokens.entries()) {
		const isNamed = token.kind === 'word' || token.kind === 'quoted';
		const [next, after] = [text(tokens[index + 1]), text(tokens[index + 2])];
		if (isNamed && next === 'as' && (after === '(' || after === 'materialized' || after === 'not'))
			defined.add(identifierOf(sql, token).toLowerCase());
	}
	const positions = new TablePositions();
	for (const [index, token] of tokens.entries()) {
		const word = text(token);
		const before = text(tokens[index - 1]);
		if (token.kind === 'string' && positions.expectsFile) return `it reads the file ${word}`;
		positions.take(word, token.kind);
		if (token.kind !== 'word' && token.kind !== 'quoted') continue;
		if (text(tokens[index + 1]) !== '(') {
			if (token.kind === 'word' && changingWords.has(word) && before !== '.' && before !== 'as')
				return `it uses ${word}`;
			continue;
		}
		const name = identifierOf(sql, token).toLowerCase();
		if (token.kind === 'word' && (grammar.has(name) || types.has(name))) continue;
		if (isOwnTable(name) || isRepeatable(name, pure)) continue;
		return `it uses ${name}(), which may give something else each time`;
	}
	const unknown = tableNames(sql).find(
		({ name }) => !isDataset(name) && !defined.has(name.toLowerCase()) && !isPart(name)
	);
	return unknown ? `it reads ${unknown.name}, which is no dataset` : null;
}

/** Whether a table function makes its rows of its arguments alone. */
export function isOwnTable(name: string): boolean {
	return tables.has(name);
}

/** Whether a function answers the same of the same arguments. `pure` as of `whyUnrepeatable`. */
export function isRepeatable(name: string, pure: ReadonlySet<string>): boolean {
	return pure.has(name) && !excluded.has(name);
}

/** Words at the place of a table that are none. */
function isPart(name: string): boolean {
	return grammar.has(name.toLowerCase()) || isOwnTable(name.toLowerCase()) || name.toLowerCase() === 'table';
}

/** Asks the engine for the names of its pure functions. A name that a person defined anew is not among them. */
export const PURE_FUNCTIONS_SQL = `SELECT lower(function_name) AS name, current_setting('TimeZone') AS zone
FROM duckdb_functions()
GROUP BY ALL
HAVING bool_and(internal AND CASE function_type
  WHEN 'scalar' THEN coalesce(stability, '') = 'CONSISTENT'
  WHEN 'aggregate' THEN true
  WHEN 'macro' THEN NOT regexp_matches(coalesce(macro_definition, ''), 'current_|now\\(|random|pg_|duckdb_|getvariable|txid|uuid')
  ELSE false END)`;

function words(text: string): ReadonlySet<string> {
	return new Set(text.split(' '));
}
