// What an endpoint of the edge is: the page calls it, the edge mounts it, and OpenAPI describes it, all from one value.
import type { GenericSchema, InferInput, InferOutput, ObjectEntries, ObjectSchema } from 'valibot';
import type { ApiFailure } from './failure.ts';

/** What a token may be for. Each is of its own: who may write may not read. */
export type Verb = 'read' | 'write' | 'ref' | 'push' | 'share' | 'relay' | 'admin';

export type Endpoint = {
	/** The OpenAPI operation, camelCase and unique. */
	readonly name: string;
	readonly summary: string;
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** `{field}` stands for a field of the request, which is sent there and nowhere else. */
	readonly path: `/api/v1/${string}`;
	/** What a token sent along has to be for; `operator`: it is the one of whoever runs the edge; `anyone` needs none. */
	readonly access: 'anyone' | 'operator' | Verb;
	/** Fields of the request that go as a header, by the header's name. */
	readonly headers?: Readonly<Record<string, string>>;
	/** `bytes`: the body is what the caller passes as `bytes`; else GET and DELETE send a query, all text, and others JSON. */
	readonly sends?: 'bytes';
	/** A field of the request that has all of the query that no other field is: lists of texts by their names. */
	readonly othersIn?: string;
	/** Media types that such a body may have; which one it has is the field `type` of the request. Left out: of any kind. */
	readonly takes?: readonly string[];
	/** The longest body it takes. */
	readonly bodyBytes?: number;
	/** Other media types of its answer than JSON alone, which a caller gets as bytes. */
	readonly answers?: string | readonly string[];
	/** Other statuses that it may succeed with than 200. */
	readonly succeeds?: readonly (206 | 304)[];
	/** Pages of any origin may ask, and caches may keep what it answers: it is open to everybody. */
	readonly isOpen?: true;
	readonly request: ObjectSchema<ObjectEntries, undefined>;
	readonly response: GenericSchema;
	/** Besides those that any endpoint has: see `failureKindsOf`. */
	readonly failures: readonly ApiFailure['kind'][];
};

type Bytes = { readonly bytes: Uint8Array<ArrayBuffer> };

/** What a caller passes. */
export type RequestOf<E extends Endpoint> = InferInput<E['request']> &
	(E extends { readonly sends: 'bytes' } ? Bytes : unknown);
/** What a handler is given, besides bytes. */
export type ParsedRequestOf<E extends Endpoint> = InferOutput<E['request']>;
/** What a handler returns, before it is JSON. */
export type AnswerOf<E extends Endpoint> = InferInput<E['response']>;
/** What a caller gets. */
export type ParsedAnswerOf<E extends Endpoint> = E extends { readonly answers: string | readonly string[] }
	? Uint8Array<ArrayBuffer>
	: InferOutput<E['response']>;
/** Why it may be refused by its handler. */
export type FailureOf<E extends Endpoint> = Extract<ApiFailure, { kind: FailureKindOf<E> }>;

type FailureKindOf<E extends Endpoint> = E['failures'][number] | 'unavailable' | 'not-found' | 'invalid-request';

/** Keeps the schemas' own types, which a plain annotation would widen. */
export function endpoint<const E extends Endpoint>(declared: E): E {
	return declared;
}

/** The fields of the request that its path names, in order. */
export function pathFieldsOf({ path }: Endpoint): readonly string[] {
	return [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field ?? '');
}

/** Media types of its answers. */
export function mediaTypesOf({ answers }: Endpoint): readonly string[] {
	return answers === undefined ? ['application/json'] : typeof answers === 'string' ? [answers] : answers;
}

/** All that it may be refused for: what its handler says, and what is found before one is asked. */
export function failureKindsOf(endpoint: Endpoint): readonly ApiFailure['kind'][] {
	const hasBody = endpoint.method === 'POST' || endpoint.method === 'PUT';
	return [
		...new Set<ApiFailure['kind']>([
			...endpoint.failures,
			'invalid-request',
			...(hasBody ? (['too-large'] as const) : []),
			...(endpoint.sends === 'bytes' ? (['length-required'] as const) : []),
			...(endpoint.access === 'anyone'
				? []
				: (['unauthorized', 'token-revoked', 'not-found', 'too-many-requests'] as const)),
			...(endpoint.takes ? (['media-type-unknown'] as const) : []),
			'unavailable',
			'internal'
		])
	];
}
