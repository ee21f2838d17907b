// Requests made from the OpenAPI document: mostly of the shape that it says, the rest with something wrong in one place.
import fc from 'fast-check';

type Schema = {
	readonly type?: string;
	readonly pattern?: string;
	readonly maxLength?: number;
	readonly minimum?: number;
	readonly maximum?: number;
	readonly minItems?: number;
	readonly maxItems?: number;
	readonly items?: Schema;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly additionalProperties?: Schema;
	readonly required?: readonly string[];
	readonly anyOf?: readonly Schema[];
	readonly enum?: readonly unknown[];
	readonly const?: unknown;
};
type Parameter = {
	readonly name: string;
	readonly in: 'path' | 'query' | 'header';
	readonly required: boolean;
	readonly schema: Schema;
	/** Its members are parameters of the address themselves. */
	readonly explode?: boolean;
};
export type Operation = {
	readonly operationId: string;
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
	readonly responses: Readonly<Record<string, unknown>>;
};
export type MadeRequest = {
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array<ArrayBuffer> | null;
};
/** Values that mean something on the edge that is asked, by the names of their fields. */
export type Known = Readonly<Record<string, readonly string[]>>;

export function arbitraryRequest(path: string, operation: Operation, known: Known): fc.Arbitrary<MadeRequest> {
	const parameters = operation.parameters ?? [];
	const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
	const values = fc.tuple(...parameters.map(({ name, schema }) => valueOf(name, schema, known)));
	return fc.record({ values, body: bodyOf(type, content?.schema ?? {}, known) }).map(({ values, body }) => {
		const at = (place: Parameter['in']): readonly (readonly [string, unknown])[] =>
			parameters.flatMap((one, index) =>
				one.in === place && values[index] !== undefined ? [[one.name, values[index]] as const] : []
			);
		const exploded = new Set(parameters.filter(({ explode }) => explode).map(({ name }) => name));
		const query = new URLSearchParams(
			at('query').flatMap(([name, value]) =>
				exploded.has(name) && typeof value === 'object' && value !== null
					? Object.entries(value).flatMap(([key, members]) => [members].flat().map((one) => [key, textOf(one)]))
					: [[name, textOf(value)]]
			)
		).toString();
		const placed = at('path').reduce<string>(
			(filled, [name, value]) => filled.replace(`{${name}}`, () => segmentOf(textOf(value))),
			path
		);
		const headers = Object.fromEntries(at('header').map(([name, value]) => [name, headerOf(textOf(value))]));
		return {
			path: `${placed}${query && `?${query}`}`,
			headers: { ...headers, ...(type !== undefined && { 'content-type': type }) },
			body
		};
	});
}

function bodyOf(
	type: string | undefined,
	schema: Schema,
	known: Known
): fc.Arbitrary<string | Uint8Array<ArrayBuffer> | null> {
	if (type === undefined) return fc.constant(null);
	if (type !== 'application/json') return fc.uint8Array({ maxLength: 2000 }).map((bytes) => new Uint8Array(bytes));
	return fc.oneof(
		{ weight: 20, arbitrary: ofSchema(schema, known, '').map((value) => JSON.stringify(value)) },
		{ weight: 2, arbitrary: fc.json() },
		{ weight: 1, arbitrary: fc.constantFrom('', '{', '[]', 'null', '{"__proto__":{}}', '['.repeat(100_000), '\ud800') }
	);
}

function valueOf(name: string, schema: Schema, known: Known): fc.Arbitrary<unknown> {
	return fc.oneof(
		{ weight: 40, arbitrary: ofSchema(schema, known, name) },
		{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.toWellFormed()) },
		{ weight: 1, arbitrary: fc.constantFrom('..', '../..', "' OR 1=1 --", '%00', 'null', '-1', undefined) }
	);
}

function ofSchema(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
	const right = rightOf(schema, known, name);
	const values = known[name];
	return fc.oneof(
		{
			weight: 40,
			arbitrary: values
				? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: right })
				: right
		},
		{ weight: 1, arbitrary: fc.jsonValue() }
	);
}

function rightOf(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
	const { type, anyOf, properties = {}, required = [] } = schema;
	if (schema.const !== undefined) return fc.constant(schema.const);
	if (schema.enum) return fc.constantFrom(...schema.enum);
	if (anyOf) return fc.oneof(...anyOf.map((one) => ofSchema(one, known, name)));
	switch (type) {
		case 'string':
			return schema.pattern === undefined
				? fc.string({ maxLength: schema.maxLength ?? 200 })
				: fc.stringMatching(new RegExp(schema.pattern));
		case 'integer':
			return fc.oneof(
				fc.nat({ max: 5 }),
				fc.maxSafeInteger(),
				fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 0)
			);
		case 'boolean':
			return fc.boolean();
		case 'null':
			return fc.constant(null);
		case 'array':
			return fc.array(ofSchema(schema.items ?? {}, known, name), {
				minLength: schema.minItems ?? 0,
				maxLength: Math.min(schema.maxItems ?? 8, 8)
			});
		case 'object':
			if (schema.additionalProperties)
				return fc.dictionary(
					fc.constantFrom('values', ...(known['names of values'] ?? [])),
					ofSchema(schema.additionalProperties, known, 'members of values')
				);
			return fc.record(
				Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, ofSchema(one, known, key)])),
				{ requiredKeys: [...required] }
			);
		default:
			return fc.jsonValue();
	}
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One segment of a path: dots alone are no segment, for every client takes them out before it asks. */
function segmentOf(text: string): string {
	const segment = encodeURIComponent(text);
	return ['', '.', '..'].includes(segment) ? '%20' : segment;
}

/** What a header may hold at all. */
function headerOf(text: string): string {
	return text.replaceAll(/[^ -~]/g, '?').trim();
}
