// The verbs of `window.weir` about the versions of a dataset: history, comparison, branches, tags and merges.
import { running, storing, type ConsoleVerb } from './verb.ts';

const merging = ['nothing-to-merge', 'unrelated', 'no-key', 'unknown-column', 'key-not-unique', 'schemas-clash'];
const naming = ['invalid-ref', 'ref-taken', 'unknown-ref', 'moved'];

export const versionReference: readonly ConsoleVerb[] = [
	{
		verb: 'versions',
		signature: 'versions(name: string)',
		summary:
			'The history of a dataset, oldest first, with message, author, schema, statistics, lineage and content hash.',
		failures: ['unknown-dataset'],
		example: "(await weir.versions('people')).value.map(({ number, message }) => [number, message])"
	},
	{
		verb: 'history',
		signature: 'history(name: string)',
		summary:
			'Every version that a branch or tag reaches, newest first: parents, author, rows and columns changed, bytes added, and name, size and SHA-256 of the sources it came from.',
		failures: ['unknown-dataset', 'storage-unavailable'],
		example: "console.table((await weir.history('people')).value)"
	},
	{
		verb: 'diff',
		signature: 'diff(left: string, right: string, options?: { key?, renames?, kind?, column?, limit?, signal? })',
		summary:
			"What differs between two versions, such as `people@v1` and `people`: `schema`, `counts`, a summary of each column with its distribution shift, and the first rows. With a key to the cell; without one, whole rows. In SQL: `FROM diff('people@v1', 'people', 'id')`.",
		failures: ['unknown-dataset', 'unknown-column', 'key-not-unique', ...running],
		example:
			"const diff = await weir.diff('people@v1', 'people', { key: ['id'], kind: 'changed' });\ndiff.ok && diff.value.rows.map(({ key, before, after }) => [key, before, after])"
	},
	{
		verb: 'refs',
		signature: 'refs(name: string)',
		summary: 'Branches and tags of a dataset and the versions they name; in SQL they are `name@branch` and `name@tag`.',
		failures: ['unknown-dataset'],
		example: "await weir.refs('people')"
	},
	{
		verb: 'branch',
		signature: 'branch(name: string, branch: string, options?: { at? })',
		summary: 'Makes a branch, of the newest version or of `at`, and opens it: what is saved next goes there.',
		failures: ['unknown-dataset', ...naming],
		example: "await weir.branch('people', 'cleanup', { at: 'v1' })"
	},
	{
		verb: 'switchBranch',
		signature: 'switchBranch(name: string, branch: string)',
		summary: "Opens another branch: the dataset's name now means its newest version.",
		failures: ['unknown-dataset', 'unknown-ref', 'moved'],
		example: "await weir.switchBranch('people', 'main')"
	},
	{
		verb: 'removeBranch',
		signature: 'removeBranch(name: string, branch: string)',
		summary: 'Removes a branch that is not open; `undo` brings it back.',
		failures: ['unknown-dataset', 'unknown-ref', 'branch-open', 'moved'],
		example: "await weir.removeBranch('people', 'cleanup')"
	},
	{
		verb: 'tag',
		signature: 'tag(name: string, tag: string, options?: { at? })',
		summary: 'Gives the newest version, or `at`, a name that stays with it.',
		failures: ['unknown-dataset', ...naming],
		example: "await weir.tag('people', 'as-delivered', { at: 'v1' })"
	},
	{
		verb: 'removeTag',
		signature: 'removeTag(name: string, tag: string)',
		summary: 'Takes a tag away; its version stays as long as something else names it, and `undo` brings it back.',
		failures: ['unknown-dataset', 'unknown-ref', 'moved'],
		example: "await weir.removeTag('people', 'as-delivered')"
	},
	{
		verb: 'previewMerge',
		signature: 'previewMerge(name: string, from: string, options: { key, choices?, settle?, signal? })',
		summary:
			'What `merge` would do: counts of rows, columns added and dropped, and the conflicts with base, ours and theirs.',
		failures: ['unknown-dataset', 'unknown-ref', ...merging, ...running],
		example: "await weir.previewMerge('people', 'cleanup', { key: ['id'] })"
	},
	{
		verb: 'merge',
		signature: 'merge(name: string, from: string, options: { key, choices?, settle?, message?, signal? })',
		summary:
			'Merges another branch into the open one, by key and cell by cell, as one version with two parents. `settle` or `choices` say what to take where both changed the same.',
		failures: ['unknown-dataset', 'unknown-ref', 'merge-conflicts', ...merging, ...running, ...storing],
		example: "await weir.merge('people', 'cleanup', { key: ['id'], settle: 'theirs' })"
	},
	{
		verb: 'restore',
		signature: 'restore(name: string, at: string)',
		summary: 'Goes back: a new version with the rows of an older one. What came between stays in the history.',
		failures: ['unknown-dataset', 'unknown-ref', ...storing],
		example: "await weir.restore('people', 'v1')"
	},
	{
		verb: 'setKey',
		signature: 'setKey(name: string, key: string[], options?: { signal? })',
		summary:
			'Says which columns tell rows apart, in a new version with the same rows. Comparing, merging and updating begin with it.',
		failures: ['unknown-dataset', 'unknown-column', 'key-not-unique', ...running, ...storing],
		example: "await weir.setKey('people', ['id'])"
	}
];
