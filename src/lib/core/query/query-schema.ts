// The shape of a named query's text; `static/schemas/query.json` is made from it, and a test keeps it so.
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { PAGE_ROWS_MAX, parameterTypes } from './named-query.ts';

/** Told apart from other texts that have a wrong shape. */
export const nameShape = /^[A-Za-z_]\w{0,62}$/;
export const ttlShape = /^\d{1,9}(\.\d{1,3})?\s*[smhdw]$/;

const scalar = v.union([v.string(), v.number(), v.boolean()]);

export const parameterEntries = {
	type: v.pipe(
		v.picklist([...parameterTypes, 'list']),
		v.description('A timestamp is in UTC; a decimal is a DOUBLE, an integer a BIGINT.')
	),
	of: v.optional(v.pipe(v.picklist(parameterTypes), v.description('The type of the elements of a list.'))),
	description: v.optional(v.string()),
	required: v.optional(
		v.pipe(v.boolean(), v.description('It is, without a default; false is NULL where it is left out.'))
	),
	default: v.optional(v.union([scalar, v.array(scalar)])),
	allowed: v.optional(v.pipe(v.array(scalar), v.minLength(1), v.description('No other value is taken.'))),
	min: v.optional(scalar),
	max: v.optional(scalar)
};

export const queryEntries = {
	description: v.optional(v.string()),
	sql: v.pipe(
		v.string(),
		v.minLength(1),
		v.description('One SELECT over datasets, which takes a parameter as $name; lists are lists: x = ANY($names).')
	),
	parameters: v.optional(
		v.nullable(v.record(v.pipe(v.string(), v.regex(nameShape)), v.strictObject(parameterEntries)))
	),
	ttl: v.optional(
		v.pipe(
			v.string(),
			v.regex(ttlShape),
			v.description('How long rows are kept, such as 90s, 30m or 7d; 0s is never. Without, until a version changes.')
		)
	),
	page: v.optional(
		v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(PAGE_ROWS_MAX), v.description('Rows of a page.'))
	)
};

export const querySchema = v.strictObject(queryEntries);
export type WrittenQuery = v.InferOutput<typeof querySchema>;
export type WrittenParameter = NonNullable<WrittenQuery['parameters']>[string];

export function queryJsonSchema(): Readonly<Record<string, unknown>> {
	const schema = toJsonSchema(querySchema, { typeMode: 'input', errorMode: 'ignore' });
	return {
		$id: '/schemas/query.json',
		...schema,
		title: 'Weir query',
		description: 'A named query: SQL over datasets with typed parameters, whose rows are kept for whoever asks next.'
	};
}
