// The OpenAPI 3.1 document of a list of endpoints.
import { toJsonSchema } from '@valibot/to-json-schema';
import type { Endpoint } from './endpoint.ts';
import { failureAnswerSchema, statusByKind } from './failure.ts';

export type OpenApi = {
	readonly openapi: '3.1.1';
	readonly info: { readonly title: string; readonly version: string };
	readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, object>> };
};

export function openApi(endpoints: readonly Endpoint[], version: string): OpenApi {
	const paths: Record<string, Record<string, object>> = {};
	for (const endpoint of endpoints) (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operation(endpoint);
	return {
		openapi: '3.1.1',
		info: { title: 'Weir', version },
		paths,
		components: { schemas: { Failure: schemaOf(failureAnswerSchema) } }
	};
}

function operation(endpoint: Endpoint): object {
	const request = schemaOf(endpoint.request);
	const input =
		endpoint.method === 'POST'
			? { requestBody: { required: true, content: { 'application/json': { schema: request } } } }
			: { parameters: queryParameters(request) };
	const refused = { description: 'Refused', content: { 'application/json': { schema: failureReference } } };
	return {
		operationId: endpoint.name,
		summary: endpoint.summary,
		...input,
		responses: {
			200: { description: 'Done', content: { 'application/json': { schema: schemaOf(endpoint.response) } } },
			...Object.fromEntries(Object.values(statusByKind).map((status) => [status, refused]))
		}
	};
}

const failureReference = { $ref: '#/components/schemas/Failure' };

function queryParameters(request: JsonSchema): readonly object[] {
	return Object.entries(request.properties ?? {}).map(([name, schema]) => ({
		name,
		in: 'query',
		required: request.required?.includes(name) ?? false,
		schema
	}));
}

type JsonSchema = ReturnType<typeof toJsonSchema>;

/** OpenAPI 3.1 takes JSON Schema as it is; the dialect's address is the document's business. */
function schemaOf(schema: Parameters<typeof toJsonSchema>[0]): JsonSchema {
	const { $schema: _dialect, ...rest } = toJsonSchema(schema);
	return rest;
}
