// Which column may tell the rows of two versions apart. A guess to be shown as one: that values are unique proves no meaning.
import { quoteName } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { ColumnPair } from './column-pairs.ts';

const SAMPLE_ROWS = 20_000;
const WORDS = /^(id|key|uuid|code|nr|no|number)$|[_ -]?id$|_key$/i;

/** Columns of both sides whose values could be a key, those called like one first. */
export function keyCandidates(pairs: readonly ColumnPair[]): readonly ColumnPair[] {
	const isFit = (type: string): boolean =>
		['number', 'text', 'date'].includes(typeFamily(type)) && !['FLOAT', 'DOUBLE'].includes(type);
	const fit = pairs.filter(({ from, to }) => from && to && isFit(from.type) && isFit(to.type));
	return [...fit.filter(({ name }) => WORDS.test(name)), ...fit.filter(({ name }) => !WORDS.test(name))];
}

/** One row: of each column whether its values are unique and none is null, as `u0`, …; among the first rows, or all. */
export function uniqueSql(table: string, names: readonly string[], rows: 'first' | 'all'): string {
	const source = rows === 'all' ? table : `(SELECT * FROM ${table} LIMIT ${SAMPLE_ROWS})`;
	const unique = names.map((name, index) => `count(DISTINCT ${quoteName(name)}) = count(*) AS u${index}`);
	return `SELECT ${unique.join(', ')} FROM ${source}`;
}
