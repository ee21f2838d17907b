// Turns a failure of the contract into an answer.
import type { Context } from 'hono';
import { statusByKind, type ApiFailure } from '#core/contract/failure.ts';

export function refuse(context: Context, failure: ApiFailure): Response {
	context.set('failure', failure.kind);
	const headers: Record<string, string> = {};
	if (statusByKind[failure.kind] === 401) headers['WWW-Authenticate'] = 'Bearer';
	if (failure.kind === 'too-many-requests') headers['Retry-After'] = String(failure.retryAfterSeconds);
	if (failure.kind === 'method-not-allowed') headers['Allow'] = failure.allowed.join(', ');
	return context.json({ error: failure }, statusByKind[failure.kind], headers);
}
