// Every word a person reads about a failure: what happened, where, and what to do next.
import { bytesText } from './amounts.ts';
import { explainCheck } from './explain-check.ts';
import { explainJoin, explainProblems } from './explain-recipe.ts';
import type { Failure } from '#core/failure.ts';
import type { IngestFailure } from '#core/ingest/options.ts';
import type { ColumnDifference } from '#core/ingest/partitioned-folder.ts';
import type { FailureFacts } from '#core/pipeline/run-record.ts';
import type { SchemaClash } from '#core/version/merge-schema.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { explainPipeline } from './explain-pipeline.ts';
import { explainModel, isModelFailure } from './explain-model.ts';
import { explainScript } from './explain-script.ts';

export type Explanation = { readonly title: string; readonly detail: string; readonly next: string };

const count = (value: number): string => value.toLocaleString('en');

const damagedBackup = {
	length: 'The file does not have the length it was made with.',
	header: 'Its table of contents is not what it was.',
	data: 'The bytes of its data are not what they were.'
} as const;

/** A failure that was kept as facts: it was whole when it was kept. */
export function explainKept(facts: FailureFacts): Explanation {
	return explain(facts as unknown as Failure);
}

/** Only another version of Weir, which knows other failures, can have kept it. */
function unknownWords({ kind, ...others }: FailureFacts): Explanation {
	return {
		title: `It failed: ${kind}`,
		detail: JSON.stringify(others),
		next: 'This page does not know this failure. Reload it for a newer one.'
	};
}

export function explain(failure: Failure): Explanation {
	if (isModelFailure(failure)) return explainModel(failure);
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
		case 'cancelled':
			return say('Cancelled', 'It was stopped before it ended, and nothing was kept of it.', 'Start it again.');
		case 'worker-crashed':
			return say(
				'The reader stopped',
				`Its thread ended: ${failure.reason}. Nothing was stored.`,
				'Try again; if it happens once more, import a smaller part of the file.'
			);
		case 'sql-error':
			return say(
				sqlErrorTitles[failure.type] ?? `${failure.type} error`,
				failure.message,
				failure.candidates.length > 0
					? `Did you mean ${failure.candidates.slice(0, 3).join(', ')}?`
					: 'Correct the marked place and run again.'
			);
		case 'unknown-version':
			return say(
				`${failure.dataset} has no version ${failure.version}`,
				'Versions are v1, v2… from the oldest, the first eight characters of an id, or “rejects” where rows were refused.',
				'See the versions of the dataset in the catalogue.'
			);
		case 'version-collected':
			return say(
				`${failure.dataset}@${failure.version} was collected on ${new Date(failure.collectedAtMs).toISOString().slice(0, 10)}`,
				'It was let go to make room, by a rule for old versions or because somebody asked for it.',
				'Use a newer version; a tag keeps one for good.'
			);
		case 'damaged-version':
			return say(
				'A version is damaged',
				`Bytes of version ${failure.version.slice(0, 8)} are missing from this browser’s storage.`,
				'Use an older version, or import the source again.'
			);
		case 'unbindable-parameter':
			return say(
				`Parameter ${failure.index + 1} cannot be used`,
				failure.reason,
				'Pass a string, number, boolean, Date or null.'
			);
		case 'out-of-memory':
			return say(
				'Not enough memory',
				'A tab’s engine holds about 2.5 GB, and this needed more. The engine goes on; nothing was lost.',
				'Ask for fewer columns or rows, aggregate earlier, or free datasets loaded into memory.'
			);
		case 'result-too-large':
			return say(
				'The result is too large to hold',
				`The first ${bytesText(failure.limitBytes)} of rows are shown.`,
				'Add a LIMIT, save the query as a dataset, or export it.'
			);
		case 'unknown-result':
			return say('These rows are gone', 'The engine was restarted since they were asked for.', 'Run the query again.');
		case 'engine-crashed':
			return say(
				'The engine stopped and was started again',
				`${failure.reason}. Datasets are safe.`,
				'Run the query again.'
			);
		case 'invalid-function':
		case 'script-error':
		case 'script-timeout':
		case 'script-memory':
		case 'script-output':
		case 'script-crashed':
		case 'function-tests-failed':
			return explainScript(failure);
		case 'invalid-alert':
		case 'unknown-alert':
		case 'invalid-suite':
		case 'unreadable-suite':
		case 'check-crashed':
		case 'no-baseline':
		case 'nothing-to-tell-rows-apart':
			return explainCheck(failure);
		case 'not-a-backup':
			return say(
				'This file is no backup of Weir',
				'It does not begin as one. Nothing was changed.',
				'Choose a file that “Back up” made; data files come in by Import.'
			);
		case 'newer-backup':
			return say(
				'A newer Weir made this backup',
				`It has format ${failure.stored}, and this page reads up to ${failure.known}. Nothing was changed.`,
				'Reload the page to get the newest Weir, then restore again.'
			);
		case 'damaged-backup':
			return say(
				'The backup is damaged',
				`${damagedBackup[failure.where]} Nothing was changed.`,
				'Use another copy of the file, or an older backup.'
			);
		case 'storage-full':
			return say(
				'The storage is full',
				`The browser refused ${bytesText(failure.neededBytes)}. Nothing was stored of it.`,
				'Remove datasets you no longer need, or free space on the disk.'
			);
		case 'newer-format':
			return say(
				'This page is older than its data',
				`Another tab stored format ${failure.stored}; this page knows ${failure.known}.`,
				'Reload the page.'
			);
		case 'invalid-name':
			return say(`“${failure.name}” cannot be a name`, nameRules[failure.rule], 'Choose another name.');
		case 'name-taken':
			return say(
				`There is a dataset ${failure.name} already`,
				'Names are compared without case.',
				'Choose another name.'
			);
		case 'unknown-dataset':
			return say(
				`There is no dataset ${failure.name}`,
				'It may have been renamed or removed.',
				'See the catalogue, or undo.'
			);
		case 'document-taken':
			return say(
				`There is a ${failure.document} ${failure.name} already`,
				'Names are compared without case.',
				'Choose another name.'
			);
		case 'unknown-document':
			return failure.at === null
				? say(
						`There is no ${failure.document} ${failure.name}`,
						'It may have been renamed or removed.',
						`See the list of ${failure.document}s, or undo.`
					)
				: say(
						`The ${failure.document} ${failure.name} has no version ${failure.at}`,
						'Versions are v1, v2… from the oldest, the first eight characters of an id, or a time.',
						'See its history.'
					);
		case 'invalid-ref':
			return say(`“${failure.name}” cannot name a branch or tag`, refRules[failure.rule], 'Choose another name.');
		case 'ref-taken':
			return say(
				`There is a branch or tag ${failure.name} already`,
				'Branches and tags of one dataset share their names.',
				'Choose another name.'
			);
		case 'unknown-ref':
			return say(
				`${failure.dataset} has no version ${failure.name}`,
				'It is no branch, tag, number such as v2, start of an id, or time.',
				'See its versions in the catalogue.'
			);
		case 'branch-open':
			return say(
				`${failure.name} is the open branch`,
				'Only another branch can be removed.',
				'Switch to another one first.'
			);
		case 'moved':
			return say(
				`${failure.name} was changed meanwhile`,
				'Another tab or job committed to it first. Nothing was overwritten.',
				'Do it again on what is there now.'
			);
		case 'nothing-to-undo':
			return say('Nothing to undo', 'No change of the catalogue is left.', 'Go on.');
		case 'nothing-to-redo':
			return say('Nothing to redo', 'No undone change is left.', 'Go on.');
		case 'storage-unavailable':
			return say(
				'The storage did not answer',
				failure.reason,
				'Reload the page; if it stays so, check whether the browser may store data for this site.'
			);
		case 'sample-unavailable':
			return say(
				'The sample is not on this device yet',
				`${failure.file} could not be fetched.`,
				'Go online once and open it again.'
			);
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
		case 'sink-failed':
			return say('The file could not be written', failure.reason, 'Check the disk and export again.');
		case 'folder-left':
			return say(
				`The folder ${failure.folder} is incomplete`,
				'The export ended early, and the browser could not remove what was written.',
				'Remove the folder by hand, or it will be read as if it were whole.'
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
		case 'unknown-column':
			return say(
				`There is no column ${failure.column}`,
				'It may have another name in this version.',
				'Choose one of its columns.'
			);
		case 'unknown-row':
			return say(
				`There is no row ${failure.row}`,
				`Rows are numbered from 0; this version has ${failure.rowCount.toLocaleString('en')}.`,
				'Number the rows as the version has them.'
			);
		case 'working-copy-outdated':
			return say(
				`${failure.dataset} has a newer version than the one that was edited`,
				'The edits are kept, but they count rows as an older version had them.',
				'Go back to that version to commit them, or discard them.'
			);
		case 'invalid-author':
			return say(
				'That name cannot sign versions',
				failure.rule === 'too-long' ? 'It has more than 80 characters.' : 'It has characters that cannot be seen.',
				'Give another one, or none.'
			);
		case 'no-edits':
			return say('There is nothing to change', 'No row was changed, added or removed.', 'Edit a row first.');
		case 'no-key':
			return say(
				'Rows cannot be matched without a key',
				'The key is one or more columns that tell rows apart, such as id.',
				'Name the key, or append the rows instead.'
			);
		case 'nothing-to-merge':
			return say(
				`There is nothing to merge from ${failure.from}`,
				'All its versions are in this branch already.',
				'Choose another branch.'
			);
		case 'unrelated':
			return say(
				`${failure.from} has no version in common with this branch`,
				'A merge needs the version that both lines come from.',
				'Compare the two with diff instead.'
			);
		case 'schemas-clash':
			return say(
				'The columns of the two lines clash',
				failure.clashes.map(clashWords).join(' '),
				'Change one of the lines so that they agree, then merge again.'
			);
		case 'merge-conflicts':
			return say(
				`${failure.count.toLocaleString('en')} ${failure.count === 1 ? 'conflict is' : 'conflicts are'} open`,
				'Both lines changed the same.',
				'Choose what to take in each, then merge again.'
			);
		case 'columns-differ':
			return say(
				`${failure.dataset} has no column ${failure.extra.join(', ')}`,
				'Rows that come in can lack columns, but not bring others.',
				'Leave them out in the preview, give them the names the dataset has, or import into a new dataset.'
			);
		case 'key-not-unique':
			return say(
				`The key ${failure.key.join(', ')} does not tell the rows of ${failure.where} apart`,
				failure.nulls > 0
					? `It is empty in ${failure.nulls.toLocaleString('en')} rows.`
					: `It is there several times: ${failure.examples.join('; ')}.`,
				'Choose other columns as the key, or clean these rows first.'
			);
		case 'unknown-type':
			return say(
				`${failure.type} is not a type`,
				'Types are DuckDB’s, such as INTEGER, DOUBLE, DATE or DECIMAL(18,2).',
				'Choose another type.'
			);
		case 'values-do-not-fit':
			if (failure.misfits === 1 && failure.examples.length === 1)
				return say(
					`“${failure.examples[0] ?? ''}” is not ${failure.type}`,
					`That is the type of ${failure.column}.`,
					'Mend it, make it null, or change the type of the column.'
				);
			return say(
				`${count(failure.misfits)} values of ${failure.column} are not ${failure.type}`,
				failure.examples.length > 0 ? `For example ${failure.examples.map((text) => `“${text}”`).join(', ')}.` : '',
				'Mend them, make them null, or change the type of the column.'
			);
		case 'recipe-problems':
			return explainProblems(failure);
		case 'join-unexpected':
			return explainJoin(failure);
		case 'invalid-argument':
			return say(
				`The argument ${failure.argument} cannot be used`,
				`Expected: ${failure.expected}.`,
				'See the console page.'
			);
		case 'superseded':
			return say(
				'Another page went on with this run',
				`The step ${failure.step} was ended there. Nothing was stored twice.`,
				'See the run.'
			);
		case 'invalid-pipeline':
		case 'missing-parameter':
		case 'unknown-parameter':
		case 'parameter-of-wrong-type':
		case 'unknown-pipeline':
		case 'unknown-environment':
		case 'pipeline-busy':
		case 'unknown-run':
		case 'unknown-step':
		case 'no-partitions':
		case 'not-missed':
		case 'unknown-breaker':
		case 'unknown-folder':
		case 'folder-not-allowed':
		case 'folder-unreadable':
		case 'check-failed':
		case 'model-test-failed':
		case 'no-fixture':
		case 'no-condition':
		case 'too-many-items':
		case 'source-open':
		case 'timed-out':
		case 'fault-injected':
		case 'interrupted-too-often':
		case 'child-run-failed':
		case 'pipeline-in-itself':
		case 'unknown-reference':
			return explainPipeline(failure);
		default:
			return unknownWords(failure satisfies never);
	}
}

function say(title: string, detail: string, next: string): Explanation {
	return { title, detail, next };
}

const formatNames: Readonly<Record<Extract<IngestFailure, { kind: 'unreadable-source' }>['format'], string>> = {
	csv: 'delimited text',
	json: 'JSON',
	ndjson: 'NDJSON',
	parquet: 'Parquet',
	arrow: 'Arrow',
	excel: 'Excel'
};

const sqlErrorTitles: Readonly<Record<string, string>> = {
	Parser: 'The SQL could not be read',
	Binder: 'A name could not be found',
	Catalog: 'A table or function could not be found',
	Conversion: 'A value is not of the type it should become',
	'Invalid Input': 'A function was given something it cannot take',
	'Out of Range': 'A number is out of range'
};

const nameRules: Readonly<Record<Extract<StoreFailure, { kind: 'invalid-name' }>['rule'], string>> = {
	empty: 'A name needs at least one character.',
	'too-long': 'A name has at most 100 characters.',
	'at-sign': 'The sign @ separates a version from a name.',
	control: 'Invisible control characters are not allowed.',
	space: 'A name does not begin or end with a space.'
};

const refRules: Readonly<Record<Extract<StoreFailure, { kind: 'invalid-ref' }>['rule'], string>> = {
	letters: 'A name begins with a letter and goes on with letters, digits, dots, hyphens and underscores.',
	'too-long': 'A name has at most 64 characters.',
	reserved: 'Names such as v2 number versions, and rejects are the rows that did not fit.'
};

function differenceWords({ column, expected, found }: ColumnDifference): string {
	if (found === null) return `${column} is missing`;
	if (expected === null) return `${column} (${found}) is there besides`;
	return `${column} is ${found} instead of ${expected}`;
}

function clashWords(clash: SchemaClash): string {
	switch (clash.kind) {
		case 'types-differ':
			return `${clash.column} is ${clash.ours} here and ${clash.theirs} there.`;
		case 'dropped-and-retyped':
			return `${clash.column} was dropped ${clash.droppedBy === 'ours' ? 'here' : 'there'}, and has another type on the other side.`;
		case 'dropped-and-changed':
			return `${clash.column} was dropped ${clash.droppedBy === 'ours' ? 'here' : 'there'}; the other side changed it in ${clash.rowCount.toLocaleString('en')} rows.`;
	}
}
