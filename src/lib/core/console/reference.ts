// The documentation of `window.weir`, verb by verb: the console page is made from it, and a test holds it to the real one.
import { alertReference } from './alert-verbs.ts';
import { modelReference } from './model-verbs.ts';
import { anomalyReference } from './anomaly-verbs.ts';
import { checkReference } from './check-verbs.ts';
import { exampleReference } from './example-verbs.ts';
import { documentReference } from './document-verbs.ts';
import { pipelineReference } from './pipeline-verbs.ts';
import { programReference } from './program-verbs.ts';
import { sourceReference } from './source-verbs.ts';
import { shareReference } from './share-verbs.ts';
import { queryReference } from './query-verbs.ts';
import { reportReference } from './report-verbs.ts';
import { statisticsReference } from './statistics-verbs.ts';
import { storageReference } from './storage-verbs.ts';
import { keysReference } from './key-verbs.ts';
import { syncReference } from './sync-verbs.ts';
import { running, storing, type ConsoleVerb } from './verb.ts';
import { versionReference } from './version-verbs.ts';

const reading = [
	'empty-source',
	'unknown-format',
	'unreadable-source',
	'unsupported-option',
	'no-rows-fit',
	'too-large',
	'files-differ',
	'url-refused',
	'cancelled'
];

export const consoleReference: readonly ConsoleVerb[] = [
	{
		verb: 'ready',
		signature: 'ready: Promise<Result<{ version }>>',
		summary: 'Settles when the engine answers.',
		failures: ['engine-crashed'],
		example: 'await weir.ready'
	},
	{
		verb: 'ingest',
		signature:
			"ingest(source: Blob | string | { path, file }[], options?: { name?, into?, mode?: 'append' | 'replace' | 'upsert', key?, options?, message?, optimise?: boolean, signal? })",
		summary:
			'Reads a File, a Blob, a URL or a partitioned folder (its files with their paths, or a ZIP; also a database with the log beside it) into a new dataset, or `into` one that is there; `options` corrects what Weir guesses of delimiter, types and so on.',
		failures: [...reading, ...storing, 'columns-differ', 'no-key', 'key-not-unique', 'unknown-column'],
		example: "await weir.ingest(new Blob(['id,name\\n1,Ann\\n2,Bob']), { name: 'people' })"
	},
	{
		verb: 'edit',
		signature: 'edit(name: string, edits: { change?, add?, remove? }, options?: { message?, signal? })',
		summary:
			'Changes, adds and removes single rows in one new version. Rows are numbered from 0 as the newest version has them.',
		failures: ['unknown-dataset', 'unknown-row', 'unknown-column', 'no-edits', ...running, ...storing],
		example:
			"await weir.edit('people', {\n\tchange: [{ row: 0, cells: { name: 'Anne' } }],\n\tadd: [{ cells: { id: 3, name: 'Cleo' } }]\n})"
	},
	{
		verb: 'stage',
		signature: 'stage(name: string, edits: { change?, add?, remove? })',
		summary:
			'Adds edits to the working copy of the open branch, which is kept until it is committed or discarded. Texts that are no value of their column are refused.',
		failures: [
			'unknown-dataset',
			'unknown-row',
			'unknown-column',
			'values-do-not-fit',
			'working-copy-outdated',
			...running,
			...storing
		],
		example: "await weir.stage('people', { change: [{ row: 0, cells: { name: 'Anne' } }] })"
	},
	{
		verb: 'workingCopy',
		signature: 'workingCopy(name: string)',
		summary: 'The edits that are not committed yet, or null.',
		failures: ['unknown-dataset'],
		example: "await weir.workingCopy('people')"
	},
	{
		verb: 'commit',
		signature: 'commit(name: string, options?: { message?, signal? })',
		summary: 'Makes the working copy one new version.',
		failures: ['unknown-dataset', 'no-edits', 'working-copy-outdated', ...running, ...storing],
		example: "await weir.commit('people', { message: 'Spell Anne right' })"
	},
	{
		verb: 'discard',
		signature: 'discard(name: string)',
		summary: 'Drops the working copy, and answers what it was.',
		failures: ['unknown-dataset', 'moved'],
		example: "await weir.discard('people')"
	},
	{
		verb: 'preview',
		signature: 'preview(source: Blob | string | { path, file }[], options?: { name?, options? })',
		summary: 'Tells what `ingest` would read, and how, without keeping anything.',
		failures: reading,
		example: "(await weir.preview(new Blob(['a;b\\n1,5;2']))).value.options.csv"
	},
	{
		verb: 'rejects',
		signature: 'rejects(name: string)',
		summary: 'Rows that did not fit at import, with line, column, reason and text; in SQL they are `name@rejects`.',
		failures: ['unknown-dataset'],
		example: "await weir.rejects('people')"
	},
	{
		verb: 'sql',
		signature: 'sql(text: string, params?: value[], options?: { signal?, onProgress? })',
		summary:
			'Runs SQL over datasets and versions; the answer has `columns`, `rowCount`, `rows()`, `arrow()` and `release()`. `UPDATE`, `DELETE`, `INSERT` and `ALTER TABLE` on a dataset make a version of it that writes only what they change, and answer with how many rows that was.',
		failures: [...running, 'unbindable-parameter', 'result-too-large'],
		example:
			"const answer = await weir.sql('SELECT * FROM people WHERE id > ?', [1]);\nanswer.ok && await answer.value.rows()"
	},
	{
		verb: 'describe',
		signature: 'describe(text: string)',
		summary: 'Column names and types of a text, without running it.',
		failures: running,
		example: "await weir.describe('SELECT * FROM people')"
	},
	{
		verb: 'datasets',
		signature: 'datasets()',
		summary: 'Every dataset with its row count, size, columns and number of versions.',
		failures: ['storage-unavailable'],
		example: 'console.table((await weir.datasets()).value)'
	},
	...versionReference,
	{
		verb: 'profile',
		signature: 'profile(name: string)',
		summary:
			'Nulls, distinct values, bounds, quantiles, histogram or top values of each column of a dataset or `name@v2`.',
		failures: ['unknown-dataset', ...running],
		example: "await weir.profile('people')"
	},
	{
		verb: 'rename',
		signature: 'rename(name: string, to: string)',
		summary: 'Gives a dataset another name.',
		failures: ['unknown-dataset', ...storing],
		example: "await weir.rename('people', 'persons')"
	},
	{
		verb: 'remove',
		signature: 'remove(name: string)',
		summary: 'Takes a dataset out of the catalogue; `undo` brings it back.',
		failures: ['unknown-dataset', 'moved'],
		example: "await weir.remove('people')"
	},
	{
		verb: 'undo',
		signature: 'undo()',
		summary:
			'Takes back the newest change of the catalogue, across reloads: to a dataset, a document, or which training runs are in sight.',
		failures: ['nothing-to-undo', 'name-taken', 'moved'],
		example: 'await weir.undo()'
	},
	{
		verb: 'redo',
		signature: 'redo()',
		summary: 'Does the change again that was undone last.',
		failures: ['nothing-to-redo', 'name-taken', 'moved'],
		example: 'await weir.redo()'
	},
	{
		verb: 'save',
		signature: 'save(name: string, sql: string, options?: { replace?, key?, message?, optimise?, signal? })',
		summary:
			'Keeps the rows of a query as a dataset; with `replace` they are the next version of an existing one, and with `optimise` columns are narrowed where nothing is lost.',
		failures: ['unknown-column', ...running, ...storing],
		example: "await weir.save('adults', 'SELECT * FROM people WHERE id > 1')"
	},
	{
		verb: 'export',
		signature:
			"export(nameOrSql: string, format: 'csv' | 'parquet' | 'arrow' | 'json' | 'ndjson' | 'excel' | 'hive', options?: { formulas?, compression?: 'zstd' | 'snappy' | 'none', partitionBy?, rowsPerFile?, bytesPerFile?, signal? })",
		summary:
			'A dataset, a version or a query as a Blob; `formulas: "raw"` leaves text that a spreadsheet would run. `hive` is a ZIP of Parquet files in folders that `partitionBy` names, such as `country=DE`.',
		failures: [
			...running,
			'too-many-rows',
			'too-many-columns',
			'too-many-partitions',
			'cannot-partition',
			'partition-too-long',
			'unknown-column'
		],
		example: "const file = await weir.export('people', 'csv');\nfile.ok && await file.value.text()"
	},
	{
		verb: 'retype',
		signature: 'retype(name: string, column: string, type: string, options?: { onMisfit? })',
		summary:
			'Casts a column in a new version; values that do not fit refuse it, or become null with `onMisfit: "null"`.',
		failures: ['unknown-dataset', 'unknown-column', 'unknown-type', 'values-do-not-fit', ...running],
		example: "await weir.retype('people', 'id', 'VARCHAR')"
	},
	...pipelineReference,
	...queryReference,
	...reportReference,
	...documentReference,
	...checkReference,
	...alertReference,
	...statisticsReference,
	...anomalyReference,
	...modelReference,
	...exampleReference,
	...storageReference,
	...syncReference,
	...keysReference,
	...sourceReference,
	...programReference,
	...shareReference,
	{
		verb: 'samples',
		signature: 'samples()',
		summary: 'The tables shipped with Weir, with source, licence and a first question.',
		failures: [],
		example: '(await weir.samples()).value.map(({ id, title }) => [id, title])'
	},
	{
		verb: 'openSample',
		signature: 'openSample(id: string)',
		summary: 'Brings a shipped table in as a dataset, once.',
		failures: ['sample-unavailable', ...storing],
		example: "await weir.openSample('penguins')"
	},
	{
		verb: 'jobs',
		signature: 'jobs()',
		summary: 'Long work, running and ended, with rows, bytes and the time that is left.',
		failures: [],
		example: '(await weir.jobs()).value'
	},
	{
		verb: 'cancel',
		signature: 'cancel(jobId: string)',
		summary: 'Stops a job; what it was doing answers `cancelled` and leaves nothing behind.',
		failures: [],
		example: 'const [job] = (await weir.jobs()).value;\njob && await weir.cancel(job.id)'
	}
];
