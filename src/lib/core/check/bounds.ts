// Lower and upper bounds, each closed unless it is said to be strict.
import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';
import type { Column } from '../version/version.ts';
import { literalOf } from './literal.ts';
import type { EvaluationProblem } from './verdict.ts';

const bound = v.optional(v.nullable(v.union([v.number(), v.string(), v.boolean()])));
const amount = v.optional(v.nullable(v.number()));
const strictness = v.optional(v.nullable(v.boolean()));

export const boundEntries = { min_value: bound, max_value: bound, strict_min: strictness, strict_max: strictness };
export const amountEntries = { min_value: amount, max_value: amount, strict_min: strictness, strict_max: strictness };

export type Bounds = {
	readonly min_value?: number | string | boolean | null | undefined;
	readonly max_value?: number | string | boolean | null | undefined;
	readonly strict_min?: boolean | null | undefined;
	readonly strict_max?: boolean | null | undefined;
};

/** SQL that is true where `value` is within. Fails: wrong-value, also when a bound is needed and there is none, or they must be in order */
export function boundsSql(
	value: string,
	bounds: Bounds,
	column: Column,
	need: 'ordered' | 'one' | 'none'
): Result<string, EvaluationProblem> {
	const { min_value: least = null, max_value: most = null } = bounds;
	const wrong = (parameter: string, given: string, expected: string): Result<string, EvaluationProblem> =>
		err({ code: 'wrong-value', parameter, value: given, expected });
	if (least === null && most === null) {
		if (need === 'none') return ok('TRUE');
		return wrong('min_value', 'nothing', 'min_value or max_value');
	}
	if (need === 'ordered' && isAbove(least, most))
		return wrong('min_value', String(least), `at most max_value, which is ${String(most)}`);
	const parts: string[] = [];
	if (least !== null) {
		const literal = literalOf(least, column, 'min_value');
		if (!literal.ok) return literal;
		parts.push(`${value} ${bounds.strict_min ? '>' : '>='} ${literal.value}`);
	}
	if (most !== null) {
		const literal = literalOf(most, column, 'max_value');
		if (!literal.ok) return literal;
		parts.push(`${value} ${bounds.strict_max ? '<' : '<='} ${literal.value}`);
	}
	return ok(parts.join(' AND '));
}

function isAbove(least: Bounds['min_value'], most: Bounds['max_value']): boolean {
	if (typeof least === 'number' && typeof most === 'number') return least > most;
	return typeof least === 'string' && typeof most === 'string' && least > most;
}

/** Of numbers that are known already. */
export function isWithin(value: number, { min_value, max_value, strict_min, strict_max }: Bounds): boolean {
	const isOverMin = typeof min_value !== 'number' || (strict_min ? value > min_value : value >= min_value);
	const isUnderMax = typeof max_value !== 'number' || (strict_max ? value < max_value : value <= max_value);
	return isOverMin && isUnderMax;
}
