// What PostgreSQL says, as kinds.
import { databaseFailed, lostOn, type DatabaseFailed, type Reason } from '../failure.ts';

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

/** `isOpen`: it had been reached. */
export function failureOf(error: unknown, isOpen: boolean): DatabaseFailed {
	const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
	const words = typeof message === 'string' ? message : '';
	if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return lostOn(words, isOpen);
	const reason = reasons[code] ?? reasons[code.slice(0, 2)] ?? 'other';
	// Of a query that is wrong its names; other words may have values in them.
	return databaseFailed(reason, code, code.startsWith('42') ? words.slice(0, 500) : null);
}
