// Values of a suite as SQL of a column's own type, so that a bound on a date is a date. What does not fit is told before anything runs.
import { err, ok, type Result } from '../result.ts';
import { quoteText, quoteValue } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import { familyNames } from './plan.ts';
import type { EvaluationProblem } from './verdict.ts';

const moment = /^\d{4,6}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const hours = /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/;

/** Fails: wrong-value, when the value is not of the kind of the column's type */
export function literalOf(value: unknown, column: Column, parameter: string): Result<string, EvaluationProblem> {
	const family = typeFamily(column.type);
	const wrong = (): Result<string, EvaluationProblem> =>
		err({
			code: 'wrong-value',
			parameter,
			value: JSON.stringify(value) ?? String(value),
			expected: `${familyNames[family]}, as ${column.name} (${column.type}) has it`
		});
	if (family === 'number') return typeof value === 'number' ? ok(quoteValue(value)) : wrong();
	if (family === 'boolean') return typeof value === 'boolean' ? ok(quoteValue(value)) : wrong();
	if (family === 'text') return typeof value === 'string' ? ok(quoteText(value)) : wrong();
	if (typeof value !== 'string') return wrong();
	if (family === 'date') return moment.test(value) ? ok(momentSql(value, column.type)) : wrong();
	if (family === 'time') return hours.test(value) ? ok(`CAST(${quoteText(value)} AS ${column.type})`) : wrong();
	return wrong();
}

/** A bound with a time of day on a column of dates stays a moment. */
function momentSql(value: string, type: string): string {
	if (type === 'DATE' && value.length <= 12 && !value.includes(':')) return `CAST(${quoteText(value)} AS DATE)`;
	const isZoned = /WITH TIME ZONE/.test(type);
	return `CAST(${quoteText(isZoned ? value : value.replace(/Z$/, ''))} AS ${isZoned ? type : 'TIMESTAMP'})`;
}

export function literalsOf(
	values: readonly unknown[],
	column: Column,
	parameter: string
): Result<readonly string[], EvaluationProblem> {
	const literals: string[] = [];
	for (const value of values) {
		const literal = literalOf(value, column, parameter);
		if (!literal.ok) return literal;
		literals.push(literal.value);
	}
	return ok(literals);
}

/** Null in a set is no value: a set is compared with values alone. */
export function setOf(values: readonly unknown[] | null | undefined): readonly unknown[] {
	return (values ?? []).filter((value) => value !== null && value !== undefined);
}
