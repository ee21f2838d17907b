// One question to a source, by the edge or directly.
import { ok, type Result } from '#core/result.ts';
import type { AskFailure, RelayAccess, RelayedRequest } from '#core/source/relayed.ts';
import { askByRelay, type AskWeb } from './ask-by-relay.ts';

export type SourceAsked = { readonly request: RelayedRequest; readonly isSecret: boolean };

/** Throws as `fetch` does, where nobody answers. No cookies and no referrer; what carries a secret does not follow where it is sent on. */
export async function askSource(
	relay: RelayAccess | null,
	asked: SourceAsked,
	signal: AbortSignal,
	askWeb: AskWeb
): Promise<Result<Response, AskFailure>> {
	if (relay) return askByRelay(relay, asked, signal, askWeb);
	const { url, method, headers, body } = asked.request;
	return ok(
		await askWeb(url, {
			method,
			headers,
			body,
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
			cache: 'no-store',
			redirect: asked.isSecret ? 'error' : 'follow',
			signal
		})
	);
}
