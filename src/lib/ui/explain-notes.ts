// Words for what a preview says of a source besides its rows.
import type { PreviewNote } from '#core/ingest/options.ts';

export const noteWords: Readonly<Record<PreviewNote, string>> = {
	'log-beside':
		'This database keeps its newest rows in a log beside it (a file that ends with -wal) until they are moved in. What is only there is not read: close the program that has it open, or run PRAGMA wal_checkpoint(TRUNCATE), first.'
};
