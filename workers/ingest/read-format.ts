// Which reader a source gets: by its bytes first, by its name only where bytes do not tell.
import { guessFormat } from '#core/ingest/guess-format.ts';
import type { IngestFormat, IngestOverrides } from '#core/ingest/options.ts';
import { Stopped } from './failures.ts';
import type { Source } from './source.ts';

const notRead = {
	xls: {
		format: 'excel',
		reason: 'this is the old .xls format; open it in a spreadsheet program and save it as .xlsx'
	},
	'sqlite-log': {
		format: 'sqlite',
		reason: 'this is no database but the log or journal beside one; take both files together'
	},
	html: {
		format: 'csv',
		reason:
			'this is a web page, perhaps one that asks for a sign-in; open it in the browser and download the file it leads to'
	}
} as const;

/** Throws Stopped for sources that hold no table this worker can read. */
export function formatOf(source: Source, overrides: IngestOverrides): IngestFormat {
	if (source.head.length === 0) throw new Stopped({ kind: 'empty-source', source: source.name });
	if (overrides.format !== undefined) return overrides.format;
	const guess = guessFormat(source.head, source.name);
	if (guess === 'xls' || guess === 'html' || guess === 'sqlite-log') {
		const { format, reason } = notRead[guess];
		throw new Stopped({ kind: 'unreadable-source', source: source.name, format, reason, line: null });
	}
	if (guess === 'unknown') throw new Stopped({ kind: 'unknown-format', source: source.name });
	return guess;
}
