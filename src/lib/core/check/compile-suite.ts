// Many checks in few texts: one aggregate over the rows for each row condition, and one more for whatever needs a query of its own.
import { err, ok, type Result } from '../result.ts';
import { quoteName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { GROUPING_COST, valuesOf } from './by-value.ts';
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

export type ScanOptions = {
	/** The rows of the checks, where a function has made them. */
	readonly rows?: (plan: ReadyPlan) => string;
	/** Whether a column is judged by its values, given what its measures cost in nanoseconds of a row. Left out, none is. */
	readonly isGrouped?: (column: string, cost: number) => boolean;
	readonly schema?: readonly Column[];
};

/** Checks are counted by their place in the list. */
export function compileScans(
	plans: readonly ReadyPlan[],
	{ rows = rowsOf, isGrouped = () => false, schema = [] }: ScanOptions = {}
): readonly ScanQuery[] {
	const costs = costsOf(plans, rows);
	const groups = new Map<string, Texts>();
	const alone = new Texts();
	for (const [check, ready] of plans.entries()) {
		const from = rows(ready);
		for (const [name, measure] of Object.entries(ready.plan.measures)) {
			const slot = { check, measure: name };
			if (measure.from === 'own') {
				alone.add('', `(${measure.sql(from)})`, slot);
				continue;
			}
			const texts = groups.get(from) ?? new Texts();
			groups.set(from, texts);
			const { sql, ofValues } = measure;
			if (ofValues && isGrouped(ofValues.column, costs.get(from)?.get(ofValues.column) ?? 0))
				texts.add(valuesOf(from, ofValues.column, schema), ofValues.sql, slot);
			else texts.add(from, sql, slot);
		}
	}
	return [...groups.values(), alone].filter(({ isEmpty }) => !isEmpty).map((texts) => texts.query());
}

/** Columns that would be judged by their values if those were few. */
export function costlyColumns(plans: readonly ReadyPlan[]): readonly string[] {
	const columns = [...costsOf(plans, rowsOf).values()].flatMap((costs) => [...costs]);
	return [...new Set(columns.filter(([, cost]) => cost > GROUPING_COST).map(([column]) => column))];
}

/** By rows and column; what several checks ask for is taken once. */
function costsOf(
	plans: readonly ReadyPlan[],
	rows: (plan: ReadyPlan) => string
): ReadonlyMap<string, ReadonlyMap<string, number>> {
	const costs = new Map<string, Map<string, number>>();
	const asked = new Set<string>();
	for (const ready of plans) {
		const from = rows(ready);
		const ofRows = costs.get(from) ?? new Map<string, number>();
		costs.set(from, ofRows);
		for (const measure of Object.values(ready.plan.measures)) {
			if (measure.from === 'own' || !measure.ofValues || asked.has(`${from} ${measure.sql}`)) continue;
			asked.add(`${from} ${measure.sql}`);
			const { column, cost } = measure.ofValues;
			ofRows.set(column, (ofRows.get(column) ?? 0) + cost);
		}
	}
	return costs;
}

type Slot = ScanQuery['slots'][number];

/** What one text gives, each value once for all who ask for it: aggregates over the rows, and over what was counted by value. */
class Texts {
	/** By what they are of, and by their SQL. */
	readonly #aliases = new Map<string, Map<string, string>>();
	readonly #slots: Slot[] = [];
	#count = 0;

	get isEmpty(): boolean {
		return this.#slots.length === 0;
	}

	add(from: string, sql: string, slot: Omit<Slot, 'alias'>): void {
		const aliases = this.#aliases.get(from) ?? new Map<string, string>();
		this.#aliases.set(from, aliases);
		const alias = aliases.get(sql) ?? `m${this.#count++}`;
		aliases.set(sql, alias);
		this.#slots.push({ alias, ...slot });
	}

	query(): ScanQuery {
		const selects = [...this.#aliases].map(([from, aliases]) => {
			const values = [...aliases].map(([sql, alias]) => `${sql} AS ${alias}`);
			return `SELECT ${values.join(',\n\t')}${from === '' ? '' : ` FROM ${from}`}`;
		});
		const [only = ''] = selects;
		const sql = selects.length === 1 ? only : `SELECT * FROM ${selects.map((one) => `(${one})`).join(' CROSS JOIN ')}`;
		return { sql, slots: this.#slots };
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
