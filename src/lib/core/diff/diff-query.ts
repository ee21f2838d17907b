// A comparison as a SQL text, for a query tab, a dataset or a file.
import { quoteName, quoteText } from '../sql/quote.ts';
import type { ChangeFilter, ChangesPlan } from './changes-sql.ts';
import { differsSql, type Renames } from './column-pairs.ts';

export type DiffQuery = {
	/** What people call the sides, such as `people@v1`. */
	readonly left: string;
	readonly right: string;
	readonly renames: Renames;
	readonly plan: Pick<ChangesPlan, 'keys' | 'values'>;
	readonly filter: ChangeFilter;
};

/** The rows that a filter leaves, as `diff()` gives them. */
export function diffQuery({ left, right, renames, plan, filter }: DiffQuery): string {
	const told = Object.entries(renames).map(([before, after]) => `${before} => ${after}`);
	const call = [left, right, ...plan.keys.map(({ name }) => name), ...told].map(quoteText).join(', ');
	const pair = plan.values.find(({ name }) => name === filter.column);
	const differs = pair && differsSql(pair, quoteName(`from_${pair.name}`), quoteName(`to_${pair.name}`));
	const kind = differs ? 'changed' : filter.kind;
	const wanted = [...(kind === null ? [] : [`diff_type = '${kind}'`]), ...(differs ? [differs] : [])];
	return `SELECT *\nFROM diff(${call})${wanted.length === 0 ? '' : `\nWHERE ${wanted.join(' AND ')}`}`;
}
