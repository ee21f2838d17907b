// Values for the parameters of a query that nobody gives any, so that an engine tells its columns.
import type { Parameter } from './named-query.ts';

type Tried<P extends Parameter> = Omit<P, 'default'> & { readonly default: string | string[] | null };

const usualValues: Readonly<Record<Parameter['type'], string>> = {
	text: '',
	integer: '1',
	decimal: '0.5',
	date: '2024-02-29',
	timestamp: '2024-02-29 10:00:00',
	boolean: 'true'
};

/** Each may be left out then. SQL may need a value (`quantile_cont(x, $share)`), or none that it does not know (`date_trunc($unit, day)`). */
export function tried<P extends Parameter>(parameters: readonly P[], value: 'usual' | 'null'): readonly Tried<P>[] {
	return parameters.map((one) => ({ ...one, isRequired: false, default: value === 'usual' ? usualOf(one) : null }));
}

function usualOf({ type, isList, default: usual, allowed, min, max }: Parameter): string | string[] {
	if (usual !== null) return typeof usual === 'string' ? usual : [...usual];
	const one = allowed?.[0] ?? min ?? max ?? usualValues[type];
	return isList ? [one] : one;
}
