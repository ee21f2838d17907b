// What a database or the way to it says, as kinds: never its words about values, and never what it was told to sign in with.
import type { ApiFailure } from '#core/contract/failure.ts';

export type DatabaseFailed = Extract<ApiFailure, { kind: 'database-failed' }>;
type Reason = DatabaseFailed['reason'];

/** Source: PostgreSQL documentation, appendix "Error Codes": whole codes before classes. */
const reasons: Readonly<Record<string, Reason>> = {
	'28': 'sign-in',
	'3D000': 'no-database',
	'3F000': 'no-table',
	'42P01': 'no-table',
	'42703': 'no-column',
	'42501': 'not-permitted',
	'42': 'query',
	'57014': 'timeout',
	'25P03': 'timeout',
	'55P03': 'timeout',
	'25006': 'read-only',
	'53': 'busy',
	'57P03': 'busy',
	'22': 'value',
	'23': 'conflict',
	'08': 'lost',
	'57': 'lost'
};

export function databaseFailed(
	reason: Reason,
	code: string | null = null,
	words: string | null = null
): DatabaseFailed {
	return { kind: 'database-failed', reason, code, words };
}

/** `isOpen`: it had been reached. */
export function failureOf(error: unknown, isOpen: boolean): DatabaseFailed {
	const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
	const words = typeof message === 'string' ? message : '';
	if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
		const reason = reasons[code] ?? reasons[code.slice(0, 2)] ?? 'other';
		// Of a query that is wrong its names; other words may have values in them.
		return databaseFailed(reason, code, code.startsWith('42') ? words.slice(0, 500) : null);
	}
	if (/SSL|TLS|certificate/i.test(words)) return databaseFailed('tls');
	return databaseFailed(isOpen ? 'lost' : 'unreachable');
}
