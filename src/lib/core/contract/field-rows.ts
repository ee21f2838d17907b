// The fields of a request as rows for people: where each goes, and what it may be.
import { toJsonSchema } from '@valibot/to-json-schema';
import { pathFieldsOf, type Endpoint } from './endpoint.ts';

export type FieldRow = { readonly field: string; readonly place: string; readonly shape: string };

type Schema = ReturnType<typeof toJsonSchema>;

export function fieldRows(endpoint: Endpoint): readonly FieldRow[] {
	const { properties = {}, required = [] } = toJsonSchema(endpoint.request, { typeMode: 'input' });
	const pathFields = pathFieldsOf(endpoint);
	const rest = endpoint.method === 'GET' || endpoint.method === 'DELETE' ? 'query' : 'body';
	const rows = Object.entries(properties).map(([field, schema]) => {
		const header = endpoint.headers?.[field];
		const isMedia = endpoint.takes !== undefined && field === 'type';
		const named = isMedia ? 'content-type' : header;
		const place = pathFields.includes(field) ? 'path' : named === undefined ? rest : `header ${named}`;
		if (field === endpoint.othersIn)
			return {
				field: 'any other name',
				place: rest,
				shape: 'a text, once for each element of a list; may be left out'
			};
		const shape = typeof schema === 'boolean' ? 'anything' : shapeOf(schema);
		return { field, place, shape: required.includes(field) ? shape : `${shape}; may be left out` };
	});
	const bytes = {
		field: 'bytes',
		place: 'body',
		shape: `up to ${(endpoint.bodyBytes ?? 0).toLocaleString('en')} bytes as they are`
	};
	return endpoint.sends === 'bytes' ? [...rows, bytes] : rows;
}

function shapeOf(schema: Schema): string {
	const { type, anyOf, items, enum: values, pattern, maxLength, maxItems, properties } = schema;
	if (anyOf) return anyOf.map((one) => (typeof one === 'boolean' ? 'anything' : shapeOf(one))).join(' or ');
	if (values) return values.map(String).join(', ');
	if (type === 'array') {
		const member = items && typeof items === 'object' && !Array.isArray(items) ? shapeOf(items) : 'anything';
		return `a list of ${member}${maxItems === undefined ? '' : `, up to ${maxItems}`}`;
	}
	if (type === 'object') return `{ ${Object.keys(properties ?? {}).join(', ')} }`;
	if (type === 'string' && pattern !== undefined && maxLength !== undefined)
		return `up to ${maxLength} characters ${pattern}`;
	if (type === 'string' && pattern !== undefined) return pattern;
	if (type === 'string') return maxLength === undefined ? 'a text' : `a text of up to ${maxLength} characters`;
	return String(type);
}
