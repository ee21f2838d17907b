// What an endpoint of the edge is: the page calls it, the edge mounts it, and OpenAPI describes it, all from one value.
import type { GenericSchema, InferInput, InferOutput, ObjectEntries, ObjectSchema } from 'valibot';

type RequestSchema = ObjectSchema<ObjectEntries, undefined>;

export type Endpoint<Request extends RequestSchema = RequestSchema, Response extends GenericSchema = GenericSchema> = {
	/** The OpenAPI operation, camelCase and unique. */
	readonly name: string;
	readonly summary: string;
	/** GET sends its request as query parameters, all text; POST as a JSON body. */
	readonly method: 'GET' | 'POST';
	readonly path: `/api/v1/${string}`;
	readonly request: Request;
	readonly response: Response;
};

/** What a caller passes. */
export type RequestOf<E extends Endpoint> = InferInput<E['request']>;
/** What a handler is given. */
export type ParsedRequestOf<E extends Endpoint> = InferOutput<E['request']>;
/** What a handler returns, before it is JSON. */
export type AnswerOf<E extends Endpoint> = InferInput<E['response']>;
/** What a caller gets. */
export type ParsedAnswerOf<E extends Endpoint> = InferOutput<E['response']>;

/** Keeps the schemas' own types, which a plain annotation would widen. */
export function endpoint<const Request extends RequestSchema, const Response extends GenericSchema>(
	declared: Endpoint<Request, Response>
): Endpoint<Request, Response> {
	return declared;
}
