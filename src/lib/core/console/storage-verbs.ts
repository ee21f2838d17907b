// The documentation of `window.weir` for what is stored: its meter, its checks, its backups and what goes in time.
import { storing, type ConsoleVerb } from './verb.ts';

export const storageReference: readonly ConsoleVerb[] = [
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
