// Whether a query reads no table at all, told by its words: then there is nothing that its columns come from.
import { tokenize } from '../sql/tokens.ts';

/** Words that name a table, or a function that is one, behind them. */
const reading: ReadonlySet<string> = new Set(
	'from join table pivot unpivot describe desc summarize show call pragma using update insert delete copy'.split(' ')
);

/** False where it cannot be told. */
export function readsNothing(sql: string): boolean {
	const words = tokenize(sql)
		.filter(({ kind }) => kind === 'word')
		.map(({ start, end }) => sql.slice(start, end).toLowerCase());
	const [first = ''] = words;
	return (first === 'select' || first === 'values') && !words.some((word) => reading.has(word));
}
