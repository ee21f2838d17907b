// What MySQL and MariaDB say, as kinds.
import { databaseFailed, lostOn, type DatabaseFailed, type Reason } from '../failure.ts';

/** By the server's own number. Sources: MySQL 8.4 Reference Manual and MariaDB documentation, "Error Messages". */
const byNumber: Readonly<Record<number, Reason>> = {
	1040: 'busy',
	1044: 'not-permitted',
	1045: 'sign-in',
	1049: 'no-database',
	1054: 'no-column',
	1142: 'not-permitted',
	1143: 'not-permitted',
	1146: 'no-table',
	1203: 'busy',
	1205: 'timeout',
	1213: 'busy',
	1226: 'busy',
	1227: 'not-permitted',
	1290: 'read-only',
	1317: 'timeout',
	1364: 'value',
	1366: 'value',
	1370: 'not-permitted',
	1698: 'sign-in',
	1792: 'read-only',
	1836: 'read-only',
	1969: 'timeout',
	3024: 'timeout',
	3819: 'conflict',
	4025: 'conflict'
};

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
	if (typeof errno !== 'number' || typeof sqlState !== 'string')
		return lostOn(typeof message === 'string' ? message : '', isOpen);
	const reason = byNumber[errno] ?? byClass[sqlState.slice(0, 2)] ?? 'other';
	// Of a query that is wrong its names; other words may have values in them.
	const isOfNames = sqlState.startsWith('42') && typeof sqlMessage === 'string';
	return databaseFailed(reason, sqlState, isOfNames ? sqlMessage.slice(0, 500) : null);
}
