// Words for what a preview, a test or a load says of a source besides its rows.
import type { PreviewNote } from '#core/ingest/options.ts';

export const noteWords: Readonly<Record<PreviewNote, string>> = {
	'log-beside':
		'This database may have its newest rows in a log beside it (a file that ends with -wal), which was not given. What is only there is not read: take both files together, or close the program that has it open.'
};
