// Every word a person reads about files of a source that could not be listed or read.
import type { FilesFailure } from '#core/source/files/failure.ts';
import { exhaustive } from '#core/result.ts';
import { say, type Explanation } from './explanation.ts';
import { list } from './text-words.ts';

export const isFilesKind: Readonly<Record<FilesFailure['kind'], true>> = {
	'file-refused': true,
	'file-unreadable': true,
	'file-changed': true,
	'no-files': true,
	'files-too-many': true,
	'file-column': true
};

const KEPT = 'Files that were loaded before stay loaded, and the next load goes on with the others.';

export function explainFiles(failure: FilesFailure): Explanation {
	switch (failure.kind) {
		case 'file-refused': {
			const told = failure.code === null ? '' : `, ${failure.code}`;
			return say(
				`${failure.source} does not give ${failure.file}`,
				`It answered ${failure.status}${told}: ${refusalWords(failure.status, failure.code)}`,
				failure.status === 403 || failure.status === 401 ? 'Check the keys, and what they may read.' : KEPT
			);
		}
		case 'file-unreadable':
			return say(`${failure.file} of ${failure.source} could not be read`, `${capital(failure.reason)}.`, KEPT);
		case 'file-changed':
			return say(
				`${failure.file} was changed while it was read`,
				`It changed several times since ${failure.source} listed it.`,
				`Load again when it is whole. ${KEPT}`
			);
		case 'no-files':
			return say(
				`There is no file to read in ${failure.source}`,
				failure.pattern === '' ? 'It lists none.' : `None fits “${failure.pattern}” and the filters.`,
				'Check the path: * stays within a folder, ** goes through all of them.'
			);
		case 'files-too-many':
			return say(
				`${failure.source} has too many files`,
				`More than ${failure.limit.toLocaleString('en')} fit the path.`,
				'Narrow the path, or make a connection for each part.'
			);
		case 'file-column':
			return say(
				`${failure.file} has no column ${failure.column}`,
				`It has ${list(failure.columns.slice(0, 12))}.`,
				'Correct columns and filters of the connection.'
			);
		default:
			return exhaustive(failure);
	}
}

function refusalWords(status: number, code: string | null): string {
	if (code === 'SignatureDoesNotMatch') return 'the secret key does not belong to the access key.';
	if (code === 'InvalidAccessKeyId') return 'it does not know the access key.';
	if (code === 'NoSuchBucket') return 'there is no such bucket.';
	if (code === 'PermanentRedirect' || code === 'AuthorizationHeaderMalformed')
		return 'the bucket is in another region.';
	if (code === 'RequestTimeTooSkewed') return 'the clock of this machine is wrong.';
	if (status === 401 || status === 403) return 'the keys may not read this.';
	if (status === 404 || status === 410) return 'it is not there.';
	if (status === 429 || status === 503) return 'it is asked too often, though it was given time.';
	return status >= 500 ? 'the server has a problem of its own, several times.' : 'it does not take the question.';
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
