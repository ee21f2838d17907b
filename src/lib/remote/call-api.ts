// Calls one endpoint of the edge. What comes back is checked against the contract before anyone sees it.
import { safeParse } from 'valibot';
import {
	mediaTypesOf,
	pathFieldsOf,
	type Endpoint,
	type ParsedAnswerOf,
	type RequestOf
} from '#core/contract/endpoint.ts';
import { failureAnswerSchema, type ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';

export type CallApiFailure =
	| ApiFailure
	/** No answer: no network, or nobody listens. */
	| { readonly kind: 'unreachable' }
	/** An answer that is not of the contract: another program, or another protocol version. */
	| { readonly kind: 'unreadable-answer'; readonly status: number; readonly retryAfterMs: number | null };

type Init = {
	readonly method: string;
	readonly headers: Record<string, string>;
	readonly body: string | Uint8Array<ArrayBuffer> | null;
};

type Answer = {
	readonly ok: boolean;
	readonly status: number;
	readonly headers: { get(name: string): string | null };
	json(): Promise<unknown>;
	arrayBuffer(): Promise<ArrayBuffer>;
};

/** The little of `fetch` that a call needs. */
export type Fetch<A extends Answer = Answer> = (url: string, init: Init) => Promise<A>;

export type ApiAddress = {
	/** Empty in the page, whose edge has its own address. */
	readonly origin?: string;
	/** `weir1.<id>.<secret>`, for endpoints that ask for one. */
	readonly token?: string;
};

export async function callApi<E extends Endpoint>(
	fetch: Fetch,
	endpoint: E,
	input: RequestOf<E>,
	address: ApiAddress = {}
): Promise<Result<ParsedAnswerOf<E>, CallApiFailure>> {
	const answered = await askApi(fetch, endpoint, input, address);
	if (!answered.ok) return answered;
	const answer = answered.value;
	const isBytes = endpoint.answers !== undefined;
	let body: unknown;
	try {
		body = isBytes ? new Uint8Array(await answer.arrayBuffer()) : await answer.json();
	} catch {
		// Not JSON, or cut off.
		return unreadable(answer);
	}
	if (isBytes) return ok(body as ParsedAnswerOf<E>);
	const parsed = safeParse(endpoint.response, body);
	return parsed.success ? ok(parsed.output as ParsedAnswerOf<E>) : unreadable(answer);
}

/** The answer of an endpoint that did what it was asked, before anything of it is read. */
export async function askApi<E extends Endpoint, A extends Answer>(
	fetch: Fetch<A>,
	endpoint: E,
	input: RequestOf<E>,
	{ origin = '', token }: ApiAddress = {}
): Promise<Result<A, CallApiFailure>> {
	const { path, init } = requestOf(endpoint, input);
	if (token !== undefined) init.headers['authorization'] = `Bearer ${token}`;
	let answer: A;
	try {
		answer = await fetch(`${origin}${path}`, init);
	} catch {
		// fetch tells nothing apart that a caller could act on.
		return err({ kind: 'unreachable' });
	}
	const types = answer.ok ? mediaTypesOf(endpoint) : ['application/json'];
	// A network that wants a login answers for anyone, in HTML.
	if (!types.some((type) => answer.headers.get('content-type')?.startsWith(type))) return unreadable(answer);
	if (answer.ok) return ok(answer);
	try {
		const refused = safeParse(failureAnswerSchema, await answer.json());
		return refused.success ? err(refused.output.error) : unreadable(answer);
	} catch {
		// Not JSON, or cut off.
		return unreadable(answer);
	}
}

function unreadable({ status, headers }: Answer): Result<never, CallApiFailure> {
	return err({ kind: 'unreadable-answer', status, retryAfterMs: retryAfterMs(headers) });
}

/** Seconds; what a proxy says as a date is not asked of a clock. */
function retryAfterMs(headers: { get(name: string): string | null }): number | null {
	const text = headers.get('retry-after') ?? '';
	return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : null;
}

/** Each field goes where the contract says: into the path, a header, or the query or body. */
function requestOf(
	endpoint: Endpoint,
	input: Readonly<Record<string, unknown>>
): { readonly path: string; readonly init: Init } {
	const headers: Record<string, string> = { accept: mediaTypesOf(endpoint).join(', ') };
	const pathFields = pathFieldsOf(endpoint);
	const rest: Record<string, unknown> = {};
	for (const [field, value] of Object.entries(input)) {
		const header = endpoint.takes && field === 'type' ? 'content-type' : endpoint.headers?.[field];
		if (value === undefined || pathFields.includes(field)) continue;
		if (header === undefined) rest[field] = value;
		// The contract sends texts alone by headers.
		else headers[header] = value as string;
	}
	const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(input[field])));
	const { method } = endpoint;
	if (endpoint.sends === 'bytes') {
		headers['content-type'] ??= 'application/octet-stream';
		return { path, init: { method, headers, body: input['bytes'] as Uint8Array<ArrayBuffer> } };
	}
	if (method === 'POST' || method === 'PUT') {
		headers['content-type'] = 'application/json';
		return { path, init: { method, headers, body: JSON.stringify(rest) } };
	}
	const query = new URLSearchParams(
		Object.entries(rest).flatMap(([field, value]) =>
			field === endpoint.othersIn ? pairsOf(value as Record<string, readonly string[]>) : [[field, value as string]]
		)
	).toString();
	return { path: `${path}${query && `?${query}`}`, init: { method, headers, body: null } };
}

function pairsOf(others: Readonly<Record<string, readonly string[]>>): string[][] {
	return Object.entries(others).flatMap(([name, members]) => members.map((member) => [name, member]));
}
