// Calls one endpoint of the edge. What comes back is checked against the contract before anyone sees it.
import { safeParse } from 'valibot';
import type { Endpoint, ParsedAnswerOf, RequestOf } from '#core/contract/endpoint.ts';
import { failureAnswerSchema, type ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';

export type CallApiFailure =
	| ApiFailure
	/** No answer: no network, or nobody listens. */
	| { readonly kind: 'unreachable' }
	/** An answer that is not of the contract: another program, or another protocol version. */
	| { readonly kind: 'unreadable-answer'; readonly status: number };

/** The little of `fetch` that a call needs. */
export type Fetch = (
	url: string,
	init: { readonly method: string; readonly headers: Record<string, string>; readonly body: string | null }
) => Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;

/** `origin` is empty in the page, whose edge has its own address. */
export async function callApi<E extends Endpoint>(
	fetch: Fetch,
	endpoint: E,
	input: RequestOf<E>,
	origin = ''
): Promise<Result<ParsedAnswerOf<E>, CallApiFailure>> {
	const isPost = endpoint.method === 'POST';
	const query = isPost ? '' : new URLSearchParams(input as Record<string, string>).toString();
	let answer: Awaited<ReturnType<Fetch>>;
	try {
		answer = await fetch(`${origin}${endpoint.path}${query && `?${query}`}`, {
			method: endpoint.method,
			headers: { accept: 'application/json', ...(isPost && { 'content-type': 'application/json' }) },
			body: isPost ? JSON.stringify(input) : null
		});
	} catch {
		// fetch tells nothing apart that a caller could act on.
		return err({ kind: 'unreachable' });
	}
	const unreadable = err({ kind: 'unreadable-answer', status: answer.status });
	let body: unknown;
	try {
		body = await answer.json();
	} catch {
		// Not JSON, or cut off.
		return unreadable;
	}
	if (answer.ok) {
		const parsed = safeParse(endpoint.response, body);
		return parsed.success ? ok(parsed.output as ParsedAnswerOf<E>) : unreadable;
	}
	const refused = safeParse(failureAnswerSchema, body);
	return refused.success ? err(refused.output.error) : unreadable;
}
