// The documentation of `window.weir` for recipes and other documents, and for user functions.
import { running, storing, type ConsoleVerb } from './verb.ts';

export const documentReference: readonly ConsoleVerb[] = [
	{
		verb: 'saveDocument',
		signature:
			"saveDocument(kind: 'recipe' | 'pipeline' | 'suite' | 'alert' | 'report' | 'connection' | 'query', name: string, text: string, options?: { message? })",
		summary:
			'Keeps a text as a new document, or as the next version of the one of that kind and name. A text that did not change makes no version.',
		failures: ['invalid-name', 'moved', 'newer-format', 'storage-unavailable'],
		example: "await weir.saveDocument('recipe', 'adults', 'input: people\\nsteps:\\n  - filter: id > 1\\n')"
	},
	{
		verb: 'documents',
		signature: 'documents(kind?: string)',
		summary: 'Every document with its newest text, by kind and name; of one kind, when it is given.',
		failures: ['storage-unavailable'],
		example: "console.table((await weir.documents('recipe')).value)"
	},
	{
		verb: 'document',
		signature: 'document(kind: string, name: string, at?: string)',
		summary: 'The newest text of a document, or that of `at`: `v2`, the start of an id, or a time.',
		failures: ['unknown-document'],
		example: "(await weir.document('recipe', 'adults', 'v1')).value.text"
	},
	{
		verb: 'documentHistory',
		signature: 'documentHistory(kind: string, name: string)',
		summary: 'Every version of a document, oldest first, with its text and message.',
		failures: ['unknown-document'],
		example: "(await weir.documentHistory('recipe', 'adults')).value.map(({ number, message }) => [number, message])"
	},
	{
		verb: 'restoreDocument',
		signature: 'restoreDocument(kind: string, name: string, at: string)',
		summary: 'Goes back: a new version with the text of an older one.',
		failures: ['unknown-document', 'moved', 'storage-unavailable'],
		example: "await weir.restoreDocument('recipe', 'adults', 'v1')"
	},
	{
		verb: 'renameDocument',
		signature: 'renameDocument(kind: string, name: string, to: string)',
		summary: 'Gives a document another name.',
		failures: ['unknown-document', 'document-taken', 'invalid-name', 'moved'],
		example: "await weir.renameDocument('recipe', 'adults', 'grown-ups')"
	},
	{
		verb: 'removeDocument',
		signature: 'removeDocument(kind: string, name: string)',
		summary: 'Removes a document; `undo` brings it back.',
		failures: ['unknown-document', 'moved'],
		example: "await weir.removeDocument('recipe', 'adults')"
	},
	{
		verb: 'checkRecipe',
		signature: 'checkRecipe(nameOrText: string)',
		summary:
			'What a recipe would do, without running it: its SQL, and the columns after each step; or each of its problems with line and column.',
		failures: ['recipe-problems', 'unknown-document', ...running],
		example: "await weir.checkRecipe('input: people\\nsteps:\\n  - filter: id > 1\\n')"
	},
	{
		verb: 'recipeSql',
		signature: 'recipeSql(nameOrText: string)',
		summary:
			'A recipe as one SELECT, with a named common table expression a step; where a step is a function, the SELECT before it, the function, and the SELECT over what it gives.',
		failures: ['recipe-problems', 'unknown-document', ...running],
		example: "console.log((await weir.recipeSql('adults')).value)"
	},
	{
		verb: 'runRecipe',
		signature: 'runRecipe(nameOrText: string, options?: { output?, replace?, message?, signal? })',
		summary:
			'Keeps the rows of a recipe as a dataset, or with `replace` as the next version of one. What a cast rejects goes to `name@rejects`; what a join expects is checked first, and so are the tests of its functions.',
		failures: [
			'recipe-problems',
			'join-unexpected',
			'function-tests-failed',
			'script-error',
			'script-timeout',
			'script-memory',
			'script-output',
			'script-crashed',
			'unknown-document',
			...running,
			...storing
		],
		example: "await weir.runRecipe('adults', { output: 'adults', replace: true })"
	},
	{
		verb: 'applyFunction',
		signature:
			"applyFunction(sql: string, fn: { code, outputs, inputs?, mode?: 'row' | 'batch', language?: 'javascript' | 'typescript', limits?: { timeoutMs?, memoryBytes? }, tests? }, options?: { params?, signal? })",
		summary:
			'Runs a query and a function of yours over its rows, in a machine without network, storage or clock; answers as `sql` does. Nothing is carried from one batch of 32,768 rows to the next.',
		failures: [
			'invalid-function',
			'script-error',
			'script-timeout',
			'script-memory',
			'script-output',
			'script-crashed',
			'unknown-column',
			...running
		],
		example:
			"await weir.applyFunction('FROM people', {\n\tcode: 'export default ({ name }) => name.length',\n\toutputs: { letters: 'INTEGER' }\n})"
	},
	{
		verb: 'testFunction',
		signature: 'testFunction(fn)',
		summary: 'Runs the tests beside a function: rows that go in, and those that must come out.',
		failures: ['invalid-function', 'script-error', 'script-timeout', 'script-crashed'],
		example:
			"await weir.testFunction({\n\tcode: 'export default ({ a }) => a * 2',\n\toutputs: { b: 'DOUBLE' },\n\ttests: [{ rows: [{ a: 2 }], expect: [{ b: 4 }] }]\n})"
	}
];
