// Plans of expectations that hold or not for each row: which rows count, which of them are against it, and how many may be.
import { ok } from '../result.ts';
import { quoteName } from '../sql/quote.ts';
import {
	countRows,
	numberIn,
	own,
	scan,
	type Judged,
	type Measured,
	type OfValues,
	type Plan,
	type Planned,
	type Unexpected
} from './plan.ts';

/** `ratio` as Great Expectations has it: of the rows that count, unless none do, which is success. */
export type MapRule = {
	/** SQL, true for the rows that count; null for all of them, of which then no missing ones are told. */
	readonly counted: string | null;
	readonly mostly: number;
	readonly columns: readonly string[];
	/** Whether the condition reads nothing but the one column: then it can be asked of each of its values once. */
	readonly isOfValue: boolean;
};

/** Nanoseconds of a row: a comparison, or whether a value is there. */
export const CHEAP = 3;

/** Of the values of a column that are there. */
export function presentValues(name: string, mostly: number): MapRule {
	return { counted: `${quoteName(name)} IS NOT NULL`, mostly, columns: [name], isOfValue: true };
}

/** `expected` is SQL that is true where a row is as expected; false and NULL are against it. `cost` is in nanoseconds of a row. */
export function mapPlan(rule: MapRule, expected: string, cost: number = CHEAP): Planned {
	const against = [...(rule.counted === null ? [] : [rule.counted]), `(${expected}) IS NOT TRUE`].join(' AND ');
	return ok({
		measures: { ...counts(rule), unexpected: countRows(against, valueOf(rule, cost)) },
		judge: (measured) => judgeMap(rule, measured),
		unexpected: { select: (rows) => `SELECT * FROM ${rows} WHERE ${against}`, columns: rule.columns },
		fn: null
	});
}

/** Of rows that only a query of its own can find. */
export function queryPlan(rule: MapRule, select: Unexpected['select'], count?: (rows: string) => string): Planned {
	return ok({
		measures: { ...counts(rule), unexpected: own(count ?? ((rows) => `SELECT count(*) FROM (${select(rows)}\n)`)) },
		judge: (measured) => judgeMap(rule, measured),
		unexpected: { select, columns: rule.columns },
		fn: null
	});
}

function counts(rule: MapRule): Plan['measures'] {
	return {
		elements: scan('count(*)'),
		...(rule.counted === null ? {} : { counted: countRows(rule.counted, valueOf(rule, CHEAP)) })
	};
}

function valueOf({ columns: [column], isOfValue }: MapRule, cost: number): Omit<OfValues, 'sql'> | null {
	return isOfValue && column !== undefined ? { column, cost } : null;
}

export function judgeMap({ counted, mostly }: Pick<MapRule, 'counted' | 'mostly'>, measured: Measured): Judged {
	const elementCount = numberIn(measured['elements']);
	const unexpectedCount = numberIn(measured['unexpected']);
	const countedCount = counted === null ? elementCount : numberIn(measured['counted']);
	const success = countedCount === 0 || (countedCount - unexpectedCount) / countedCount >= mostly;
	const percent = (part: number, whole: number): number | null => (whole > 0 ? (part / whole) * 100 : null);
	const common = {
		element_count: elementCount,
		unexpected_count: unexpectedCount,
		unexpected_percent: percent(unexpectedCount, countedCount)
	};
	if (counted === null) return { success, result: common, unexpectedCount };
	const missingCount = elementCount - countedCount;
	return {
		success,
		unexpectedCount,
		result: {
			...common,
			missing_count: missingCount,
			missing_percent: percent(missingCount, elementCount),
			unexpected_percent_total: percent(unexpectedCount, elementCount),
			unexpected_percent_nonmissing: percent(unexpectedCount, countedCount)
		}
	};
}
