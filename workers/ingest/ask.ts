// Asks a connection's source for one answer, bounded in time and size, and reads its rows beside it.
import type { Asked, SourceQuestion } from '#core/source/asked.ts';
import { readPage } from '#core/source/rest/page.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { AskFailure, RelayAccess } from '#core/source/relayed.ts';
import type { AskWeb } from './ask-by-relay.ts';
import { askSource } from './ask-source.ts';

/** By the edge where there is `relay`, else directly. */
export async function ask(
	{ request, wanted, isSecret, timeoutMs, limitBytes }: SourceQuestion,
	relay: RelayAccess | null,
	askWeb: AskWeb = (url, init) => fetch(url, init)
): Promise<Result<Asked, AskFailure>> {
	const signal = AbortSignal.timeout(timeoutMs);
	let hasBegun = false;
	try {
		const answered = await askSource(relay, { request, isSecret }, signal, askWeb);
		if (!answered.ok) return answered;
		hasBegun = true;
		const response = answered.value;
		const facts = {
			status: response.status,
			retryAfter: response.headers.get('retry-after'),
			link: response.headers.get('link')
		};
		const none = { ...facts, page: null, hash: '', text: null };
		if (!response.ok) {
			await response.body?.cancel();
			return ok(none);
		}
		const text = await boundedText(response, limitBytes);
		if (text === null) return ok({ ...none, page: err({ problem: 'too-large', limitBytes }) });
		if (wanted === null) return ok({ ...none, text });
		const page = readPage(text, wanted);
		return ok({ ...none, page, hash: page.ok ? await hashOf(page.value.rows) : '' });
	} catch (error) {
		// The browser tells a refused cross-origin answer and a lost network apart only in its console.
		const isLate = error instanceof DOMException && error.name === 'TimeoutError';
		const reason = relay ? (hasBegun ? 'answer' : 'server') : 'network';
		return err({ kind: 'source-silent', reason: isLate ? 'timeout' : reason });
	}
}

/** Null when it is longer. */
async function boundedText(response: Response, limitBytes: number): Promise<string | null> {
	const decoder = new TextDecoder();
	let text = '';
	let readBytes = 0;
	const reader = response.body?.getReader();
	for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
		readBytes += step.value.length;
		if (readBytes > limitBytes) {
			await reader?.cancel();
			return null;
		}
		text += decoder.decode(step.value, { stream: true });
	}
	return text + decoder.decode();
}

async function hashOf(rows: readonly string[]): Promise<string> {
	const bytes = new TextEncoder().encode(rows.join('\n'));
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
