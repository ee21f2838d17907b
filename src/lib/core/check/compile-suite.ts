// Many checks in few texts: one aggregate over the rows for each row condition, and one more for whatever needs a query of its own.
import { err, ok, type Result } from '../result.ts';
import { quoteName } from '../sql/quote.ts';
import { expectationOf } from './catalogue.ts';
import type { Plan, PlanContext } from './plan.ts';
import { rowConditionSql } from './row-condition.ts';
import type { Check } from './suite.ts';
import type { EvaluationProblem } from './verdict.ts';

/** What stands for the table in every text that is compiled here: `atTable` puts a real one in its place. */
export const CHECKED = quoteName('@checked');
/** The number of a row, from 0, where no key names it. */
export const ROW = '@row';

export type PlannedCheck = {
	readonly check: Check;
	readonly planned: Result<ReadyPlan, EvaluationProblem>;
};

export type ReadyPlan = {
	readonly plan: Plan;
	/** SQL of the rows that do not matter to the check is left out; null for all rows. */
	readonly condition: string | null;
};

export type ScanQuery = {
	readonly sql: string;
	/** Where each value of the one row goes. */
	readonly slots: readonly { readonly alias: string; readonly check: number; readonly measure: string }[];
};

export function atTable(sql: string, table: string): string {
	return sql.replaceAll(CHECKED, () => table);
}

/** Disabled checks are left out. */
export function planSuite(checks: readonly Check[], context: PlanContext): readonly PlannedCheck[] {
	return checks.filter(({ isDisabled }) => !isDisabled).map((check) => ({ check, planned: planCheck(check, context) }));
}

function planCheck({ expectation, kwargs }: Check, context: PlanContext): Result<ReadyPlan, EvaluationProblem> {
	const found = expectationOf(expectation);
	if (!found)
		return err({ code: 'wrong-value', parameter: 'expectation', value: expectation, expected: 'one that is known' });
	const condition = rowConditionSql(kwargs);
	if (!condition.ok) return condition;
	const plan = found.plan(kwargs, context);
	return plan.ok ? ok({ plan: plan.value, condition: condition.value }) : plan;
}

/** The rows of a check, as a table or a query in parentheses. */
export function rowsOf({ condition }: Pick<ReadyPlan, 'condition'>, isNumbered = false): string {
	const rows = isNumbered ? `(SELECT row_number() OVER () - 1 AS ${quoteName(ROW)}, * FROM ${CHECKED})` : CHECKED;
	return condition === null ? rows : `(SELECT * FROM ${rows} WHERE ${condition}\n)`;
}

/** `rows` stands in for the rows of the checks, where a function has made them. Checks are counted by their place in the list. */
export function compileScans(
	plans: readonly ReadyPlan[],
	rows: (plan: ReadyPlan) => string = rowsOf
): readonly ScanQuery[] {
	const groups = new Map<string, Texts>();
	const alone = new Texts();
	for (const [check, ready] of plans.entries()) {
		const from = rows(ready);
		for (const [measure, { from: kind, sql }] of Object.entries(ready.plan.measures)) {
			if (kind === 'own') {
				alone.add(`(${sql(from)})`, check, measure);
				continue;
			}
			const group = groups.get(from) ?? new Texts();
			groups.set(from, group);
			group.add(sql, check, measure);
		}
	}
	const scans = [...groups].map(([from, texts]) => texts.query(` FROM ${from}`));
	return [...scans, ...(alone.isEmpty ? [] : [alone.query('')])];
}

/** What a query gives, once for all who ask for it. */
class Texts {
	readonly #aliases = new Map<string, string>();
	readonly #slots: { readonly alias: string; readonly check: number; readonly measure: string }[] = [];

	get isEmpty(): boolean {
		return this.#slots.length === 0;
	}

	add(sql: string, check: number, measure: string): void {
		const alias = this.#aliases.get(sql) ?? `m${this.#aliases.size}`;
		this.#aliases.set(sql, alias);
		this.#slots.push({ alias, check, measure });
	}

	query(from: string): ScanQuery {
		const values = [...this.#aliases].map(([sql, alias]) => `${sql} AS ${alias}`);
		return { sql: `SELECT ${values.join(',\n\t')}${from}`, slots: this.#slots };
	}
}

/** Puts the values of a query's row where they belong. */
export function collect(
	measured: Map<number, Record<string, unknown>>,
	{ slots }: ScanQuery,
	row: Readonly<Record<string, unknown>>
): void {
	for (const { alias, check, measure } of slots) {
		const values = measured.get(check) ?? {};
		values[measure] = row[alias];
		measured.set(check, values);
	}
}
