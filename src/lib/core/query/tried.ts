// Values for the parameters of a query that nobody gives any, so that an engine tells its columns.
import type { Parameter, ParameterValue } from './named-query.ts';

const usualValues: Readonly<Record<Parameter['type'], string>> = {
	text: '',
	integer: '1',
	decimal: '0.5',
	date: '2024-02-29',
	timestamp: '2024-02-29 10:00:00',
	boolean: 'true'
};

/** What SQL is tried with that needs a value of it, as `quantile_cont(x, $share)` does; what needs one that it knows, as `date_trunc($unit, day)` does, takes NULL. */
export function triedValues(parameters: readonly Parameter[]): ReadonlyMap<string, ParameterValue> {
	return new Map(parameters.map((one) => [one.name, usualOf(one)]));
}

function usualOf({ type, isList, default: usual, allowed, min, max }: Parameter): ParameterValue {
	const one = allowed?.[0] ?? min ?? max ?? usualValues[type];
	return usual ?? (isList ? [one] : one);
}
