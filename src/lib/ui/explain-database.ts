// Every word a person reads about a database that could not be reached, read or written.
import type { DatabaseFailure, DatabaseReason } from '#core/source/failure.ts';
import { exhaustive } from '#core/result.ts';
import { say, type Explanation } from './explanation.ts';

export const isDatabaseKind: Readonly<Record<DatabaseFailure['kind'], true>> = {
	'database-failed': true,
	'database-not-allowed': true,
	'database-unknown': true,
	'no-table-chosen': true,
	'mark-unordered': true,
	'not-writable': true,
	'put-too-large': true
};

const KEPT = 'What was loaded before stays, and the next load goes on from there.';

type Words = readonly [title: (place: string) => string, detail: string, next: string];

const reasons: Readonly<Record<DatabaseReason, Words>> = {
	unreachable: [
		(place) => `${place} does not answer`,
		'Nothing listens there, or it does not let the server of this workspace in.',
		'Check host and port, and whether the database takes connections from that server.'
	],
	tls: [
		(place) => `${place} could not prove who it is`,
		'It offers no encryption, or a certificate that is not of this name, or that nobody trusts.',
		'Give the database a certificate that is valid for its name. Only where the operator of the server named the host, tls: off works.'
	],
	'sign-in': [
		(place) => `${place} does not take the sign-in`,
		'The user is unknown, or the password is wrong, or this user may not come from there.',
		'Check user and password.'
	],
	'no-database': [
		(place) => `There is no such database at ${place}`,
		'The server answers, and has none of that name.',
		'Check the name of the database.'
	],
	'no-table': [
		(place) => `${place} has no such table`,
		'The table or view is not there, or not for this user.',
		'Test the connection and choose one of those that it shows.'
	],
	'no-column': [
		(place) => `${place} has no such column`,
		'The table or query does not give it.',
		'Check columns, filters, since and key.'
	],
	'not-permitted': [
		(place) => `${place} does not permit it`,
		'This user may not read, or not write, what is asked for.',
		'Have the right granted to this user, or choose another table.'
	],
	query: [(place) => `${place} does not understand the query`, 'It has to be one SELECT.', 'Mend the query.'],
	timeout: [
		(place) => `${place} took too long`,
		'It was stopped: reading may take ten minutes, writing five, waiting for a lock ten seconds.',
		`Take fewer rows or columns, or have an index made. ${KEPT}`
	],
	'read-only': [
		(place) => `${place} was to change something`,
		'The query calls what writes, and reading never does.',
		'Take it out of the query.'
	],
	busy: [
		(place) => `${place} has no room now`,
		'It has too many connections, or too little memory or disk, or four questions of this workspace are under way.',
		`Try again in a while. ${KEPT}`
	],
	value: [
		(place) => `${place} cannot take a value`,
		'A value in a filter, in the query or in the rows does not fit its column.',
		'Check the values that are compared or put back.'
	],
	conflict: [
		(place) => `${place} refuses the rows`,
		'They break a rule of the table: a value is missing, doubled, or refers to nothing.',
		'Mend the rows. None of them was put in.'
	],
	lost: [
		(place) => `The connection to ${place} was lost`,
		'What had come until then was not kept.',
		`Try again. ${KEPT}`
	],
	'too-large': [
		(place) => `${place} gives more than one load takes`,
		'The limit is 1 GB in one answer.',
		'Choose columns or filters, or load what came since.'
	],
	other: [(place) => `${place} could not do it`, 'The database names a problem of its own.', KEPT]
};

export function explainDatabase(failure: DatabaseFailure): Explanation {
	switch (failure.kind) {
		case 'database-failed': {
			const [title, detail, next] = reasons[failure.reason];
			const told = [failure.words, failure.code].filter((one) => one !== null);
			return say(title(failure.place), told.length > 0 ? `${detail} It says: ${told.join(', ')}.` : detail, next);
		}
		case 'database-not-allowed':
			return say(
				`The server does not connect to ${failure.place}`,
				notAllowed[failure.reason] ?? 'The place is not one that it may reach.',
				'Whoever runs the server can name the host in SOURCE_HOSTS.'
			);
		case 'database-unknown':
			return say(
				`Nobody knows ${failure.place}`,
				'The name has no address, or could not be asked for.',
				'Check the host.'
			);
		case 'no-table-chosen':
			return say(
				'No table is chosen',
				`The connection to ${failure.place} says neither a table nor a query.`,
				'Edit it, test it, and choose one of its tables.'
			);
		case 'mark-unordered':
			return say(
				`${failure.field} cannot tell what came since`,
				`Its type, ${failure.type}, has no order that both sides keep exactly.`,
				'Choose a time, a date or a whole number.'
			);
		case 'not-writable':
			return say(
				`${failure.connection} is for reading`,
				'A connection puts rows back only where its text says so.',
				'Add write: true to it, with a user that may write into that table.'
			);
		case 'put-too-large':
			return say(
				'The version is too large to put back at once',
				`It has ${failure.rowCount.toLocaleString('en')} rows; up to 32 MB of JSON go in one transaction.`,
				'Put back a smaller version, with the rows that changed.'
			);
		default:
			return exhaustive(failure);
	}
}

const notAllowed: Readonly<Record<string, string>> = {
	off: 'It is set to ask no source for anybody.',
	host: 'That is no host.',
	port: 'Of hosts that are not named, it reaches 5432 and 6432 alone, and of MySQL 3306 and 6033.',
	name: 'The name belongs to an inner network.',
	address: 'The name leads into an inner network.',
	'not-named': 'Without encryption, and where the operator wants it so, it reaches only hosts that are named.'
};
