// The shape of a connection's text: where rows come from, how they are asked for, and what becomes of them; `static/schemas/connection.json`
// is made from it, and a test keeps it so.
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';

const told = v.pipe(v.string(), v.minLength(1), v.maxLength(2000));
const path = v.pipe(told, v.description('Dotted, such as data.items.'));
const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** Secrets are never in the text: each is kept under its name, see `secretsOf`. */
const auth = v.variant('kind', [
	v.strictObject({ kind: v.literal('none') }),
	v.strictObject({ kind: v.literal('bearer') }),
	v.strictObject({ kind: v.literal('basic'), user: told }),
	v.strictObject({ kind: v.literal('api-key'), in: v.picklist(['header', 'query']), name: told }),
	v.strictObject({
		kind: v.literal('oauth2'),
		token_url: told,
		client_id: told,
		scope: v.optional(told)
	})
]);

const total = v.optional(v.pipe(path, v.description('Where the answer says how many rows there are in all.')));
const pages = v.variant('kind', [
	v.strictObject({ kind: v.literal('none') }),
	v.strictObject({
		kind: v.literal('offset'),
		offset: told,
		limit: v.optional(told),
		size: v.optional(whole(1, 100_000)),
		total
	}),
	v.strictObject({
		kind: v.literal('page'),
		page: told,
		first: v.optional(whole(0, 1)),
		limit: v.optional(told),
		size: v.optional(whole(1, 100_000))
	}),
	v.strictObject({ kind: v.literal('cursor'), param: told, path }),
	v.strictObject({ kind: v.literal('link') }),
	v.strictObject({ kind: v.literal('next'), path })
]);

const since = v.strictObject({
	field: path,
	param: v.optional(v.pipe(told, v.description('Sent with the greatest value that is loaded; left out, nothing is.'))),
	late: v.optional(v.pipe(v.string(), v.regex(/^\d{1,9}(\.\d{1,3})?\s*[smhdw]$/)))
});

export const loadModes = ['full', 'append', 'merge'] as const;
export const driftPolicies = ['ask', 'evolve', 'freeze', 'discard'] as const;

const load = v.strictObject({
	into: v.optional(told),
	mode: v.optional(v.picklist(loadModes)),
	key: v.optional(v.pipe(v.array(told), v.minLength(1), v.maxLength(20))),
	drift: v.optional(v.picklist(driftPolicies))
});

const texts = v.record(v.string(), v.string());
export const addressShape = /^https?:\/\/[^\s/?#@]+([/?][^\s#]*)?$/i;

export const connectionSchema = v.strictObject({
	kind: v.picklist(['rest']),
	url: v.pipe(v.string(), v.regex(addressShape), v.maxLength(2000)),
	method: v.optional(v.picklist(['GET', 'POST'])),
	headers: v.optional(texts),
	query: v.optional(texts),
	body: v.optional(v.pipe(v.string(), v.maxLength(100_000))),
	format: v.optional(v.picklist(['json', 'ndjson', 'csv'])),
	records: v.optional(v.string()),
	auth: v.optional(auth),
	pages: v.optional(pages),
	max_pages: v.optional(whole(1, 1_000_000)),
	error: v.optional(path),
	since: v.optional(since),
	per_second: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(1000))),
	load: v.optional(load)
});
export type WrittenConnection = v.InferOutput<typeof connectionSchema>;
export type Auth = v.InferOutput<typeof auth>;
export type Pages = v.InferOutput<typeof pages>;

export function connectionJsonSchema(): Readonly<Record<string, unknown>> {
	return {
		$id: '/schemas/connection.json',
		...toJsonSchema(connectionSchema, { typeMode: 'input', errorMode: 'ignore' }),
		title: 'Weir connection',
		description: 'Where rows come from, how they are asked for, and what becomes of them.'
	};
}
