// What a database or the way to it says, as kinds: never its words about values, and never what it was told to sign in with.
import type { ApiFailure } from '#core/contract/failure.ts';
import type { GuardFailure } from '../relay/guard.ts';

export type DatabaseFailed = Extract<ApiFailure, { kind: 'database-failed' }>;
export type Reason = DatabaseFailed['reason'];
export type OpenFailure = GuardFailure | DatabaseFailed | { readonly kind: 'relay-not-connected' };

export function databaseFailed(
	reason: Reason,
	code: string | null = null,
	words: string | null = null
): DatabaseFailed {
	return { kind: 'database-failed', reason, code, words };
}

/** Of a failure that is no answer of the database. `isOpen`: it had been reached. */
export function lostOn(words: string, isOpen: boolean): DatabaseFailed {
	if (/SSL|TLS|certificate/i.test(words)) return databaseFailed('tls');
	return databaseFailed(isOpen ? 'lost' : 'unreachable');
}
