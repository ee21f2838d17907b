// What was given to the parameters of a query, held against their types and rules.
import { shownValue } from '../document/text-problem.ts';
import { nearest } from '../nearest.ts';
import { err, ok, type Result } from '../result.ts';
import { LIST_MAX, type Parameter, type ParameterText, type ParameterValue } from './named-query.ts';
import { compareValues, readValue } from './parameter-value.ts';

export type ArgumentProblem = { readonly parameter: string } & (
	| { readonly code: 'missing' }
	| { readonly code: 'unknown'; readonly nearest: string | null; readonly known: readonly string[] }
	| { readonly code: 'refused'; readonly value: string; readonly expected: string }
);

/** A value of every parameter, in the order that they are declared in. What is `undefined` was left out. */
export function readArguments(
	parameters: readonly Parameter[],
	given: Readonly<Record<string, unknown>>
): Result<ReadonlyMap<string, ParameterValue>, readonly ArgumentProblem[]> {
	const known = parameters.map(({ name }) => name);
	const problems: ArgumentProblem[] = Object.keys(given)
		.filter((key) => !known.includes(key))
		.map((key) => ({ parameter: key, code: 'unknown', nearest: nearest(key, known), known }));
	const values = new Map<string, ParameterValue>();
	for (const parameter of parameters) {
		const value = valueOf(parameter, Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined);
		if (value.ok) values.set(parameter.name, value.value);
		else problems.push(value.error);
	}
	return problems.length > 0 ? err(problems) : ok(values);
}

function valueOf(parameter: Parameter, given: unknown): Result<ParameterValue, ArgumentProblem> {
	const { name } = parameter;
	if (given === undefined) {
		return parameter.isRequired && parameter.default === null
			? err({ parameter: name, code: 'missing' })
			: ok(parameter.default);
	}
	if (given === null && !parameter.isRequired) return ok(null);
	const value = readArgument(parameter, given);
	if (value.ok) return value;
	return err({ parameter: name, code: 'refused', value: shownGiven(given), expected: value.error.expected });
}

function shownGiven(given: unknown): string {
	return typeof given === 'bigint' ? String(given) : shownValue(given).slice(0, 200);
}

/** A value by all rules of its parameter. `expected` is the rule that it breaks. */
export function readArgument(
	{ type, isList, allowed, min, max }: Parameter,
	given: unknown
): Result<ParameterText | readonly ParameterText[], { readonly expected: string }> {
	if (!isList) return readOne(given);
	if (!Array.isArray(given)) return err({ expected: `a list, of ${type} each` });
	if (given.length > LIST_MAX) return err({ expected: `a list of at most ${LIST_MAX}` });
	const elements: ParameterText[] = [];
	for (const [index, element] of given.entries()) {
		const value = readOne(element);
		if (!value.ok) return err({ expected: `a list whose element ${index + 1} is ${value.error.expected}` });
		elements.push(value.value);
	}
	return ok(elements);

	function readOne(element: unknown): Result<ParameterText, { readonly expected: string }> {
		const value = readValue(type, element);
		if (!value.ok) return value;
		if (allowed && !allowed.includes(value.value)) return err({ expected: `one of ${allowed.join(', ')}` });
		if (min !== null && compareValues(type, value.value, min) < 0) return err({ expected: `at least ${min}` });
		if (max !== null && compareValues(type, value.value, max) > 0) return err({ expected: `at most ${max}` });
		return value;
	}
}
