// From a query and what was given to it to a text with numbered parameters and their values: values never become text of the query.
import { err, ok, type Result } from '../result.ts';
import { rewrite, type Edit, type Rewritten } from '../sql/rewrite.ts';
import { tokenize } from '../sql/tokens.ts';
import type { NamedQuery, Parameter, ParameterType, ParameterValue } from './named-query.ts';
import { readArguments, type ArgumentProblem } from './read-arguments.ts';

export type InvalidArguments = {
	readonly kind: 'invalid-arguments';
	readonly query: string;
	/** At least one. */
	readonly problems: readonly ArgumentProblem[];
};

export type BoundQuery = Rewritten & {
	readonly params: readonly string[];
	/** Of every parameter, in the order of the text. */
	readonly values: Readonly<Record<string, ParameterValue>>;
};

type Bindable = Pick<NamedQuery, 'sql' | 'parameters'>;

const sqlTypes: Readonly<Record<ParameterType, string>> = {
	text: 'VARCHAR',
	integer: 'BIGINT',
	decimal: 'DOUBLE',
	date: 'DATE',
	timestamp: 'TIMESTAMP',
	boolean: 'BOOLEAN'
};

/** What is `undefined` was left out. */
export function bindArguments(
	name: string,
	query: Bindable,
	given: Readonly<Record<string, unknown>>
): Result<BoundQuery, InvalidArguments> {
	const read = readArguments(query.parameters, given);
	return read.ok
		? ok(bindValues(query, read.value))
		: err({ kind: 'invalid-arguments', query: name, problems: read.error });
}

/** A parameter without a value is NULL. */
export function bindValues({ sql, parameters }: Bindable, values: ReadonlyMap<string, ParameterValue>): BoundQuery {
	const params: string[] = [];
	const edits: Edit[] = [];
	const written = new Map<string, string>();
	for (const token of tokenize(sql)) {
		if (token.kind !== 'parameter') continue;
		const parameter = parameters.find((one) => one.name === sql.slice(token.start + 1, token.end));
		if (!parameter) continue;
		const text = written.get(parameter.name) ?? write(parameter, values.get(parameter.name) ?? null, params);
		written.set(parameter.name, text);
		edits.push({ start: token.start, end: token.end, text });
	}
	return { ...rewrite(sql, edits), params, values: Object.fromEntries(values) };
}

function write({ type, isList }: Parameter, value: ParameterValue, params: string[]): string {
	const sqlType = sqlTypes[type];
	const place = (element: string): string => `CAST($${params.push(element)} AS ${sqlType})`;
	if (value === null) return `CAST(NULL AS ${sqlType}${isList ? '[]' : ''})`;
	if (typeof value === 'string') return place(value);
	return value.length === 0 ? `CAST([] AS ${sqlType}[])` : `[${value.map(place).join(', ')}]`;
}
