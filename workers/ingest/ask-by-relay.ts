// Asks a source by the edge, and gives its answer as if it had come from the source.
import {
	relayedHead,
	relayQuestion,
	relayRefused,
	type AskFailure,
	type RelayAccess,
	type RelayedRequest
} from '#core/source/relayed.ts';
import { originOf } from '#core/source/origin.ts';
import { err, ok, type Result } from '#core/result.ts';

/** What is said to `fetch`, of any runtime. */
type AskInit = {
	readonly method: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | null;
	readonly cache: 'no-store';
	readonly redirect: 'error' | 'follow';
	readonly credentials: 'omit';
	readonly referrerPolicy: 'no-referrer';
	readonly signal: AbortSignal;
};
export type AskWeb = (url: string, init: AskInit) => Promise<Response>;

/** Statuses that have no body. Source: Fetch Standard, "null body status". */
const bodiless = new Set([204, 205, 304]);

/** Throws as `fetch` does, where the edge does not answer. */
export async function askByRelay(
	access: RelayAccess,
	{ request, isSecret }: { readonly request: RelayedRequest; readonly isSecret: boolean },
	signal: AbortSignal,
	askWeb: AskWeb
): Promise<Result<Response, AskFailure>> {
	const { path, headers, body } = relayQuestion(access, request, isSecret);
	const answer = await askWeb(path, {
		method: 'POST',
		headers,
		body,
		cache: 'no-store',
		redirect: 'error',
		credentials: 'omit',
		referrerPolicy: 'no-referrer',
		signal
	});
	const head = answer.ok ? relayedHead((name) => answer.headers.get(name)) : null;
	if (head) return ok(new Response(bodiless.has(head.status) ? null : answer.body, head));
	const refused = relayRefused(answer.status, await jsonOf(answer), originOf(request.url));
	if (refused.kind !== 'relay-waits') return err(refused);
	// Whoever waits for a source that is asked too often waits for the edge alike.
	return ok(new Response(null, { status: 429, headers: { 'retry-after': String(refused.retryAfterSeconds) } }));
}

async function jsonOf(answer: Response): Promise<unknown> {
	try {
		return await answer.json();
	} catch {
		// A proxy before the edge answers in HTML.
		return null;
	}
}
