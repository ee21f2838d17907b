// The documentation of `window.weir` for what is stored: its meter, its checks, its backups and what goes in time.
import { running, storing, type ConsoleVerb } from './verb.ts';

export const storageReference: readonly ConsoleVerb[] = [
	{
		verb: 'proposeLayout',
		signature: "proposeLayout(name: string, options?: { narrowing?: 'storage' | 'smallest', order?, signal? })",
		summary:
			'What each way of storing a dataset would save in bytes, measured on its own rows: narrower columns that lose nothing, codecs, dictionaries, encodings, lengths of segments, and orders. `recommended` is what `optimise` takes.',
		failures: ['unknown-dataset', 'unknown-column', ...running],
		example:
			"const proposal = await weir.proposeLayout('people');\nproposal.ok && proposal.value.narrow.map(({ choice, savedBytes }) => [choice.name, choice.narrow, savedBytes])"
	},
	{
		verb: 'optimise',
		signature:
			"optimise(name: string, choices: { codec?: 'zstd' | 'snappy', level?, segmentRows?, dictionary?: 'auto' | 'off' | number, encoding?: 'plain' | 'delta', order?: { column, descending }[], narrow?: { name, type }[] }, options?: { message?, signal? })",
		summary:
			'Stores a dataset in another way, in a new version with the same values, as later versions are too. A narrowed column gets its type back when a new value needs it; an order is kept where the table is written anew, and appended rows come behind.',
		failures: ['unknown-dataset', 'unknown-column', 'unknown-type', 'values-do-not-fit', ...running, ...storing],
		example:
			"const proposal = await weir.proposeLayout('people');\nproposal.ok && await weir.optimise('people', proposal.value.recommended)"
	},
	{
		verb: 'load',
		signature: 'load(name: string)',
		summary: 'Copies a dataset into memory until the page closes, so that queries on it skip Parquet.',
		failures: ['unknown-dataset', 'out-of-memory', 'engine-crashed'],
		example: "await weir.load('people')"
	},
	{
		verb: 'unload',
		signature: 'unload(name: string)',
		summary: 'Frees that memory.',
		failures: ['unknown-dataset'],
		example: "await weir.unload('people')"
	},
	{
		verb: 'storage',
		signature: 'storage()',
		summary: 'Where the bytes are: of each dataset, those of its own and those it shares; what undo keeps; all packs.',
		failures: ['storage-unavailable'],
		example: '(await weir.storage()).value.datasets'
	},
	{
		verb: 'verify',
		signature: 'verify(options?: { signal? })',
		summary: 'Hashes everything stored again, and names dataset, version, rows and columns of whatever is damaged.',
		failures: ['cancelled', 'storage-unavailable'],
		example: '(await weir.verify()).value.damages'
	},
	{
		verb: 'backup',
		signature: 'backup(options?: { signal? })',
		summary: 'The whole workspace as one file: datasets, versions, branches, tags and what can be undone.',
		failures: ['damaged-version', 'cancelled', 'storage-unavailable'],
		example: 'const backup = await weir.backup();\nbackup.ok && backup.value.size'
	},
	{
		verb: 'restoreBackup',
		signature: 'restoreBackup(file: Blob, options?: { signal? })',
		summary:
			'Brings a backup into an empty workspace as it was, or beside the datasets that are there, under free names.',
		failures: ['not-a-backup', 'newer-backup', 'damaged-backup', 'cancelled', ...storing],
		example: 'const backup = await weir.backup();\nbackup.ok && await weir.restoreBackup(backup.value)'
	},
	{
		verb: 'prune',
		signature: 'prune(name: string, options: { keep: number })',
		summary:
			'Keeps the newest versions of every branch, and what tags, open tabs and running jobs need; the others go for good, and undo that needs them. Those that stay keep their numbers.',
		failures: ['unknown-dataset', 'moved', 'cancelled', 'newer-format', 'storage-unavailable'],
		example: "await weir.prune('people', { keep: 3 })"
	},
	{
		verb: 'compact',
		signature: 'compact(name: string, options?: { signal? })',
		summary:
			'Writes segments anew without the rows that patches removed: a new version with the same rows, a little faster to read. `segmentCount` tells how many segments had patches; with none, there is no new version.',
		failures: ['unknown-dataset', 'cancelled', 'damaged-version', 'out-of-memory', ...storing],
		example: "await weir.compact('people')"
	},
	{
		verb: 'retention',
		signature: 'retention()',
		summary:
			'The rules by which old versions go, at most once a day: of all datasets, and of those with their own. `null` keeps everything.',
		failures: ['storage-unavailable'],
		example: 'await weir.retention()'
	},
	{
		verb: 'setRetention',
		signature: 'setRetention(change: { rule?: { keepVersions, keepDays } | null, dataset?, undoSteps? })',
		summary:
			'Changes the rule of all datasets, or of one; without a rule, that one has none of its own any more. Undo reaches back `undoSteps` operations at least.',
		failures: ['unknown-dataset', 'storage-unavailable'],
		example: "await weir.setRetention({ dataset: 'people', rule: { keepVersions: 20, keepDays: 90 } })"
	},
	{
		verb: 'previewRetention',
		signature: 'previewRetention(change?: { rule?, dataset?, undoSteps? })',
		summary: 'What the rules, or the rules so changed, would let go and free now. Nothing is changed.',
		failures: ['unknown-dataset', 'storage-unavailable'],
		example: 'await weir.previewRetention({ rule: { keepVersions: 1, keepDays: 0 } })'
	},
	{
		verb: 'tidy',
		signature: 'tidy(options?: { signal? })',
		summary: 'Lets old versions go by the rules now, and writes what lives in mostly dead packs into new ones.',
		failures: ['cancelled', 'newer-format', 'storage-full', 'storage-unavailable'],
		example: 'await weir.tidy()'
	},
	{
		verb: 'tidyLog',
		signature: 'tidyLog()',
		summary: 'What went so far, by rule or on request, the newest first.',
		failures: ['storage-unavailable'],
		example: '(await weir.tidyLog()).value'
	},
	{
		verb: 'author',
		signature: 'author()',
		summary: 'The name that versions are signed with; empty when there is none.',
		failures: ['storage-unavailable'],
		example: 'await weir.author()'
	},
	{
		verb: 'setAuthor',
		signature: 'setAuthor(name: string)',
		summary: 'Signs versions from now on with a name; an empty one signs none.',
		failures: ['invalid-author', 'storage-unavailable'],
		example: "await weir.setAuthor('Ada')"
	},
	{
		verb: 'collect',
		signature: 'collect()',
		summary: 'Frees what no branch, tag or undo reaches.',
		failures: ['newer-format', 'storage-unavailable'],
		example: 'await weir.collect()'
	}
];
