// Every word a person reads about a file or a folder that could not be written: what happened, and what to do next.
import { say, type Explanation } from './explanation.ts';
import type { PartitionFailure } from '#core/export/plan-partitions.ts';
import type { ExcelFailure } from '#core/export/xlsx-file.ts';
import { exhaustive } from '#core/result.ts';

type ExportFailure =
	| ExcelFailure
	| Exclude<PartitionFailure, { kind: 'unknown-column' }>
	| { readonly kind: 'sink-failed'; readonly reason: string }
	| { readonly kind: 'folder-left'; readonly folder: string };

const count = (value: number): string => value.toLocaleString('en');

export function explainExport(failure: ExportFailure): Explanation {
	switch (failure.kind) {
		case 'too-many-rows':
			return say(
				'Too many rows for Excel',
				`A sheet of these columns holds ${count(failure.limit)} rows.`,
				'Export as CSV or Parquet, or add a LIMIT.'
			);
		case 'too-many-columns':
			return say(
				'Too many columns for Excel',
				`A sheet has ${count(failure.limit)} columns at most.`,
				'Export as CSV or Parquet, or choose columns in a query.'
			);
		case 'too-many-partitions':
			return say(
				'That would be too many files',
				`${failure.columns.join(', ')} ${failure.columns.length === 1 ? 'has' : 'have'} ${count(failure.partitionCount)} different values, which makes ${count(failure.fileCount)} files; the limit is ${count(failure.limit)}. Nothing was written.`,
				'Partition by a column with fewer values, such as a month or a country, or let files be larger.'
			);
		case 'cannot-partition':
			return say(
				`${failure.column} cannot name folders`,
				failure.why === 'type'
					? 'Its values are nested, binary or intervals.'
					: 'Then no column would be left inside the files.',
				'Choose other columns to partition by.'
			);
		case 'partition-too-long':
			return say(
				`A value of ${failure.column} is too long for a folder’s name`,
				`A name holds ${count(failure.limitBytes)} bytes, encoded. Nothing was written.`,
				'Partition by another column, or shorten its values in a query first.'
			);
		case 'sink-failed':
			return say('The file could not be written', failure.reason, 'Check the disk and export again.');
		case 'folder-left':
			return say(
				`The folder ${failure.folder} is incomplete`,
				'The export ended early, and the browser could not remove what was written.',
				'Remove the folder by hand, or it will be read as if it were whole.'
			);
		default:
			return exhaustive(failure);
	}
}
