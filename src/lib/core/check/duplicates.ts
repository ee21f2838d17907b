// Rows that stand more than once: counted by grouping, which needs no window over the whole table, and shown with one.
import { quoteName } from '../sql/quote.ts';
import { queryPlan, type MapRule } from './map-plan.ts';
import type { Planned } from './plan.ts';

/** Missing values are equal to each other where the rule counts rows that have some. */
export function duplicatesPlan(columns: readonly string[], rule: MapRule): Planned {
	const names = columns.map(quoteName).join(', ');
	const where = rule.counted === null ? '' : ` WHERE ${rule.counted}`;
	const repeated = (rows: string): string =>
		`SELECT ${names} FROM ${rows}${where} GROUP BY ${names} HAVING count(*) > 1`;
	const equal = columns.map((name) => `r.${quoteName(name)} IS NOT DISTINCT FROM d.${quoteName(name)}`).join(' AND ');
	return queryPlan(
		rule,
		(rows) => `SELECT r.* FROM ${rows} AS r SEMI JOIN (${repeated(rows)}) AS d ON ${equal}`,
		(rows) =>
			`SELECT coalesce(sum("@n"), 0) FROM (SELECT count(*) AS "@n" FROM ${rows}${where} GROUP BY ${names}) WHERE "@n" > 1`
	);
}
