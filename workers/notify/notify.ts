// Posts notices. An answer counts when it can be read: nothing else tells a page that the notice has arrived.
import { err, ok } from '#core/result.ts';
import type { NotifyApi } from './api.ts';

const TIMEOUT_MS = 20_000;

export function createNotify(): NotifyApi {
	return {
		post: async (url, body, id) => {
			try {
				const answer = await fetch(url, {
					method: 'POST',
					headers: { 'Content-Type': 'application/json', 'Idempotency-Key': id },
					body,
					credentials: 'omit',
					referrerPolicy: 'no-referrer',
					cache: 'no-store',
					redirect: 'error',
					signal: AbortSignal.timeout(TIMEOUT_MS)
				});
				await answer.body?.cancel();
				return answer.ok ? ok(undefined) : err({ kind: 'webhook-refused', status: answer.status });
			} catch {
				// The browser tells a refused cross-origin answer and a lost network apart only in its console.
				return err({ kind: 'webhook-unreadable' });
			}
		}
	};
}
