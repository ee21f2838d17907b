// The OpenAPI 3.1 document of a list of endpoints.
import { toJsonSchema } from '@valibot/to-json-schema';
import { failureKindsOf, mediaTypesOf, pathFieldsOf, type Endpoint } from './endpoint.ts';
import { failureAnswerSchema, statusByKind } from './failure.ts';

export type OpenApi = {
	readonly openapi: '3.1.1';
	readonly info: { readonly title: string; readonly version: string };
	readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
	readonly components: {
		readonly schemas: Readonly<Record<string, object>>;
		readonly securitySchemes: Readonly<Record<string, object>>;
	};
};

export function openApi(endpoints: readonly Endpoint[], version: string): OpenApi {
	const paths: Record<string, Record<string, object>> = {};
	for (const endpoint of endpoints) (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operation(endpoint);
	return {
		openapi: '3.1.1',
		info: { title: 'Weir', version },
		paths,
		components: {
			schemas: { Failure: schemaOf(failureAnswerSchema) },
			securitySchemes: {
				token: { type: 'http', scheme: 'bearer', bearerFormat: 'weir1.<id>.<secret>' },
				operator: { type: 'http', scheme: 'bearer' }
			}
		}
	};
}

function operation(endpoint: Endpoint): object {
	const request = schemaOf(endpoint.request);
	const pathFields = pathFieldsOf(endpoint);
	const headers = endpoint.headers ?? {};
	const isMedia = (field: string): boolean => endpoint.takes !== undefined && field === 'type';
	const isOthers = (one: object): boolean => 'name' in one && one.name === endpoint.othersIn;
	const isElsewhere = (field: string): boolean => pathFields.includes(field) || field in headers || isMedia(field);
	const parameters = [
		...pathFields.map((field) => parameter(request, field, 'path')),
		...Object.entries(headers).map(([field, name]) => parameter(request, field, 'header', name)),
		...(sendsQuery(endpoint)
			? fieldsOf(request)
					.filter((field) => !isElsewhere(field))
					.map((field) => parameter(request, field, 'query'))
					.map((one) => (isOthers(one) ? { ...one, style: 'form', explode: true } : one))
			: [])
	];
	return {
		operationId: endpoint.name,
		summary: endpoint.summary,
		security: securityOf(endpoint),
		...(parameters.length > 0 && { parameters }),
		...(!sendsQuery(endpoint) && { requestBody: { required: true, content: bodyOf(endpoint, request, isElsewhere) } }),
		responses: {
			200: { description: 'Done', content: answerOf(endpoint) },
			...Object.fromEntries((endpoint.succeeds ?? []).map((status) => [status, successes(endpoint)[status]])),
			...refusals(endpoint)
		}
	};
}

function successes(endpoint: Endpoint): Readonly<Record<206 | 304, object>> {
	return {
		206: { description: 'The range that was asked for', content: answerOf(endpoint) },
		304: { description: 'It is as the `ETag` that was sent along says' }
	};
}

function sendsQuery({ method }: Endpoint): boolean {
	return method === 'GET' || method === 'DELETE';
}

/** What a token has to be for stands where OAuth scopes would: OpenAPI 3.1 allows such names for any scheme. */
function securityOf({ access }: Endpoint): readonly object[] {
	if (access === 'anyone') return [];
	return [access === 'operator' ? { operator: [] } : { token: [access] }];
}

function bodyOf({ sends, takes }: Endpoint, request: JsonSchema, isElsewhere: (field: string) => boolean): object {
	if (sends === 'bytes')
		return Object.fromEntries((takes ?? ['application/octet-stream']).map((type) => [type, { schema: {} }]));
	const properties = Object.fromEntries(
		Object.entries(request.properties ?? {}).filter(([field]) => !isElsewhere(field))
	);
	const required = request.required?.filter((field) => !isElsewhere(field)) ?? [];
	return { 'application/json': { schema: { type: 'object', properties, required } } };
}

function answerOf(endpoint: Endpoint): object {
	if (endpoint.answers === undefined) return { 'application/json': { schema: schemaOf(endpoint.response) } };
	return Object.fromEntries(mediaTypesOf(endpoint).map((type) => [type, { schema: {} }]));
}

/** Each status once, with the kinds of failure that have it. */
function refusals(endpoint: Endpoint): Readonly<Record<string, object>> {
	const kinds = failureKindsOf(endpoint);
	const statuses = new Set(kinds.map((kind) => statusByKind[kind]));
	return Object.fromEntries(
		[...statuses].map((status) => [
			status,
			{
				description: kinds
					.filter((kind) => statusByKind[kind] === status)
					.map((kind) => `\`${kind}\``)
					.join(', '),
				content: { 'application/json': { schema: failureReference } }
			}
		])
	);
}

const failureReference = { $ref: '#/components/schemas/Failure' };

function fieldsOf(request: JsonSchema): readonly string[] {
	return Object.keys(request.properties ?? {});
}

function parameter(request: JsonSchema, field: string, place: 'path' | 'query' | 'header', name = field): object {
	const required = request.required?.includes(field) ?? false;
	return { name, in: place, required, schema: request.properties?.[field] ?? {} };
}

type JsonSchema = ReturnType<typeof toJsonSchema>;

/** What is sent, before it is parsed. OpenAPI 3.1 takes JSON Schema as it is; the dialect's address is the document's business. */
function schemaOf(schema: Parameters<typeof toJsonSchema>[0]): JsonSchema {
	const { $schema: _dialect, ...rest } = toJsonSchema(schema, { typeMode: 'input' });
	return rest;
}
