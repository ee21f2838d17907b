// Every word a person reads about a source that could not be read: what happened, where, and what to do next.
import { say, type Explanation } from './explanation.ts';
import type { IngestFailure } from '#core/ingest/options.ts';
import type { ColumnDifference } from '#core/ingest/partitioned-folder.ts';
import { exhaustive } from '#core/result.ts';

type SourceFailure =
	| Exclude<IngestFailure, { kind: 'cancelled' | 'out-of-memory' }>
	| { readonly kind: 'sample-unavailable'; readonly file: string };

const count = (value: number): string => value.toLocaleString('en');

export function explainSource(failure: SourceFailure): Explanation {
	switch (failure.kind) {
		case 'empty-source':
			return say(`${failure.source} is empty`, 'There is not a single byte to read.', 'Choose another file.');
		case 'unknown-format':
			return say(
				`${failure.source} is of no format Weir reads`,
				'Its first bytes are not CSV, JSON, Parquet, Arrow or Excel.',
				'Save it as one of these, or choose the format in the preview.'
			);
		case 'unreadable-source':
			return say(
				`${failure.source} could not be read as ${formatNames[failure.format]}`,
				failure.line === null ? failure.reason : `Line ${count(failure.line)}: ${failure.reason}`,
				'Correct the file, or choose another format in the preview.'
			);
		case 'unsupported-option':
			return say(
				`“${failure.value}” cannot be used for ${failure.option}`,
				failure.reason,
				'Choose another value in the preview.'
			);
		case 'no-rows-fit':
			return say(
				`No row of ${failure.source} fits`,
				failure.rejects[0]
					? `For one, line ${count(failure.rejects[0].line)}: ${failure.rejects[0].reason}`
					: 'Every row was refused.',
				'Check delimiter, header and types in the preview.'
			);
		case 'too-large':
			return say(
				`${failure.source} is too large`,
				`The limit is ${failure.limit}.`,
				'Split the file, or import a part of it.'
			);
		case 'files-differ':
			return say(
				`The files of ${failure.source} are not of one table`,
				`${failure.file} differs from ${failure.first}: ${failure.differences.slice(0, 5).map(differenceWords).join('; ')}.`,
				'Import those files apart, or write them again with the same columns.'
			);
		case 'url-refused':
			return say(
				'The address could not be read',
				failure.status === null
					? `${failure.url}: ${failure.reason}`
					: `${failure.url} answered ${failure.status}: ${failure.reason}`,
				'Check the address; a server that refuses other pages must be asked by a download, then dropped here.'
			);
		case 'worker-crashed':
			return say(
				'The reader stopped',
				`Its thread ended: ${failure.reason}. Nothing was stored.`,
				'Try again; if it happens once more, import a smaller part of the file.'
			);
		case 'sample-unavailable':
			return say(
				'The sample is not on this device yet',
				`${failure.file} could not be fetched.`,
				'Go online once and open it again.'
			);
		default:
			return exhaustive(failure);
	}
}

const formatNames: Readonly<Record<Extract<IngestFailure, { kind: 'unreadable-source' }>['format'], string>> = {
	csv: 'delimited text',
	json: 'JSON',
	ndjson: 'NDJSON',
	parquet: 'Parquet',
	arrow: 'Arrow',
	excel: 'Excel',
	sqlite: 'SQLite',
	zip: 'a ZIP'
};

function differenceWords({ column, expected, found }: ColumnDifference): string {
	if (found === null) return `${column} is missing`;
	if (expected === null) return `${column} (${found}) is there besides`;
	return `${column} is ${found} instead of ${expected}`;
}
