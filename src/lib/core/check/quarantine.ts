// Rows that a suite is against, apart from those that go on: two queries over one version.
import { quoteName, quoteText } from '../sql/quote.ts';
import { CHECKED, ROW, rowsOf, type ReadyPlan } from './compile-suite.ts';

export type Bad = {
	readonly check: string;
	readonly plan: ReadyPlan;
	/** Of a check with a function: the rows with their numbers and what it answered, as a FROM item. */
	readonly rows?: string;
};

export type Quarantine = {
	/** Rows that no check is against, as they are. */
	readonly good: string;
	/** As rejects are: `line` (from 1), `column`, `reason` and `text`; a row of two checks is told twice. */
	readonly bad: string;
};

/** Whether its rows can be told apart by their numbers: those of a query of one's own cannot. */
export function canQuarantine({ plan }: ReadyPlan): boolean {
	return plan.unexpected !== null && plan.unexpected.columns !== null;
}

export function quarantineSql(checks: readonly Bad[]): Quarantine {
	const row = quoteName(ROW);
	const against = checks.map(({ check, plan, rows }) => {
		const { unexpected } = plan.plan;
		const columns = unexpected?.columns?.join(', ') ?? '';
		const facts = `${quoteText(columns)} AS "@column", ${quoteText(check)} AS "@reason"`;
		return `SELECT ${row}, ${facts} FROM (${unexpected?.select(rows ?? rowsOf(plan, true)) ?? ''}\n)`;
	});
	const bad = `WITH "@bad" AS MATERIALIZED (${against.join(' UNION ALL ')})`;
	const numbered = `SELECT row_number() OVER () - 1 AS ${row}, "@all" FROM ${CHECKED} AS "@all"`;
	return {
		good: `${bad} SELECT * EXCLUDE (${row}) FROM (SELECT row_number() OVER () - 1 AS ${row}, * FROM ${CHECKED}) WHERE ${row} NOT IN (SELECT ${row} FROM "@bad")`,
		bad: `${bad} SELECT CAST(b.${row} + 1 AS BIGINT) AS line, b."@column" AS "column", b."@reason" AS reason, CAST(n."@all" AS VARCHAR) AS text FROM "@bad" AS b JOIN (${numbered}) AS n ON n.${row} = b.${row} ORDER BY line, reason`
	};
}
