// What MySQL and MariaDB say, as kinds.
import { databaseFailed, lostOn, type DatabaseFailed, type Reason } from '../failure.ts';

/** By the server's own number. Sources: MySQL 8.4 Reference Manual and MariaDB documentation, "Error Messages". */
const byNumber: Readonly<Record<number, Reason>> = {
	1040: 'busy',
	1044: 'not-permitted',
	1045: 'sign-in',
	1049: 'no-database',
	1038: 'busy',
	1054: 'no-column',
	1129: 'sign-in',
	1130: 'sign-in',
	1142: 'not-permitted',
	1143: 'not-permitted',
	1146: 'no-table',
	1153: 'too-large',
	1203: 'busy',
	1205: 'timeout',
	1213: 'busy',
	1226: 'busy',
	1227: 'not-permitted',
	1265: 'value',
	1290: 'read-only',
	1317: 'timeout',
	1364: 'value',
	1366: 'value',
	1370: 'not-permitted',
	1524: 'sign-in',
	1698: 'sign-in',
	1792: 'read-only',
	1820: 'sign-in',
	1836: 'read-only',
	1862: 'sign-in',
	1906: 'conflict',
	1969: 'timeout',
	3024: 'timeout',
	3032: 'busy',
	3105: 'conflict',
	3118: 'sign-in',
	3159: 'sign-in',
	3643: 'value',
	3819: 'conflict',
	3854: 'value',
	3954: 'query',
	3955: 'sign-in',
	4025: 'conflict',
	4151: 'sign-in',
	6136: 'value'
};

/** Whose words name no user, no address and no value, and say what nothing else does: a password that has run out, a way to sign in that is off, a column that is computed. */
const told: ReadonlySet<number> = new Set([1524, 1820, 1862, 1906, 3105, 3159]);

/** By the class of an SQLSTATE. */
const byClass: Readonly<Record<string, Reason>> = {
	'28': 'sign-in',
	'42': 'query',
	'21': 'query',
	'22': 'value',
	'23': 'conflict',
	'08': 'lost'
};

/** `isOpen`: it had been reached. */
export function failureOf(error: unknown, isOpen: boolean): DatabaseFailed {
	const { errno, sqlState, sqlMessage, message, code } = error as Readonly<Record<string, unknown>>;
	if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return databaseFailed('tls');
	if (code === 'AUTH_SWITCH_PLUGIN_ERROR' || code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED')
		return databaseFailed('sign-in', null, `it asks for ${pluginOf(String(message))}`);
	if (typeof errno !== 'number' || typeof sqlState !== 'string')
		return lostOn(typeof message === 'string' ? message : '', isOpen);
	const reason = byNumber[errno] ?? byClass[sqlState.slice(0, 2)] ?? 'other';
	// Of a query that is wrong its names; other words may have values in them.
	const isOfNames = sqlState.startsWith('42') || told.has(errno);
	return databaseFailed(
		reason,
		sqlState,
		isOfNames && typeof sqlMessage === 'string' ? sqlMessage.slice(0, 500) : null
	);
}

/** A way to sign in, as the library names the one that it does not go. */
function pluginOf(message: string): string {
	return /(?:plugin|using) (\w+)/.exec(message)?.[1] ?? 'another way to sign in';
}
