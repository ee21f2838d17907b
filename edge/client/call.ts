// Calls the edge, and calls again, later each time, where it cannot now: everything that is called is safe to be called twice.
import type { Endpoint, ParsedAnswerOf, RequestOf } from '../../src/lib/core/contract/endpoint.ts';
import type { Result } from '../../src/lib/core/result.ts';
import { callApi, type CallApiFailure, type Fetch } from '../../src/lib/remote/call-api.ts';

export type EdgeOptions = {
	/** Of the edge, such as `https://weir.example.org`. */
	readonly origin: string;
	/** Instead of the runtime's own. */
	readonly fetch?: Fetch | undefined;
	/** How often something is asked at most; 5 as usual. */
	readonly tries?: number | undefined;
};

const FIRST_WAIT_MS = 500;

export async function callEdge<E extends Endpoint>(
	endpoint: E,
	input: RequestOf<E>,
	token: { readonly id: string; readonly secret: string },
	{ origin, fetch: ask = (url, init) => fetch(url, init), tries = 5 }: EdgeOptions
): Promise<Result<ParsedAnswerOf<E>, CallApiFailure>> {
	const address = { origin, token: `weir1.${token.id}.${token.secret}` };
	for (let tried = 1; ; tried++) {
		const answer = await callApi(ask, endpoint, input, address);
		if (answer.ok || tried >= tries) return answer;
		const waitMs = waitOf(answer.error, tried);
		if (waitMs === null) return answer;
		await new Promise((resolve) => setTimeout(resolve, waitMs * (1 + Math.random())));
	}
}

/** Null for what another try would not change. */
function waitOf(failure: CallApiFailure, tried: number): number | null {
	switch (failure.kind) {
		case 'too-many-requests':
			return failure.retryAfterSeconds * 1000;
		case 'unreachable':
		case 'unavailable':
		case 'internal':
			return FIRST_WAIT_MS * 2 ** tried;
		case 'unreadable-answer':
			return failure.status >= 500 ? FIRST_WAIT_MS * 2 ** tried : null;
		default:
			return null;
	}
}
