// The documentation of `window.weir` for sources: connections, and what is loaded from them.
import { storing, type ConsoleVerb } from './verb.ts';

const databases = ['database-failed', 'database-not-allowed', 'database-unknown', 'no-server', 'secret-missing'];

const asking = [
	...databases,
	'unknown-document',
	'invalid-connection',
	'source-silent',
	'source-refused',
	'source-answer',
	'source-busy',
	'source-open',
	'relay-refused',
	'relay-off',
	'edge-access-refused',
	'cancelled'
];

/** Of files of a store, a folder or the web. */
const filing = [
	'file-refused',
	'file-unreadable',
	'file-changed',
	'no-files',
	'files-too-many',
	'file-column',
	'files-differ',
	'unknown-folder',
	'folder-not-allowed',
	'folder-unreadable'
];

export const sourceReference: readonly ConsoleVerb[] = [
	{
		verb: 'connect',
		signature: 'connect(name: string, text: string, options?: { secrets?: Record<string, string>, message? })',
		summary:
			'Keeps a connection to a source, or its next version, as text in YAML. Secrets (`token`, `password`, `key`, `client secret` or `secret key`) stay on this device, encrypted, and go to the address alone that they were given for.',
		failures: ['invalid-connection', 'invalid-name', 'moved', 'newer-format', 'storage-unavailable'],
		example:
			"await weir.connect('orders', 'kind: rest\\nurl: https://api.example.org/orders\\nauth: { kind: bearer }\\nload: { mode: merge, key: [id] }\\n', { secrets: { token: '…' } })"
	},
	{
		verb: 'connections',
		signature: 'connections()',
		summary: 'Every connection with its text, and which secrets it needs; `isKnown`: this device has it.',
		failures: ['storage-unavailable'],
		example: 'console.table((await weir.connections()).value)'
	},
	{
		verb: 'testConnection',
		signature: 'testConnection(name: string, options?: { text?, secrets?, signal? })',
		summary:
			'Asks for one page, or lists files and reads a first one, and says what a load would read: who asked (`through`), how it pages, where the records are, which files, the first rows, which columns are new or missing, and how many of the first rows a load would add, change and refuse (`trial`). Nothing is kept.',
		failures: [...asking, ...filing],
		example: "(await weir.testConnection('orders')).value.trial"
	},
	{
		verb: 'loadConnection',
		signature: 'loadConnection(name: string, options?: { signal? })',
		summary:
			'Loads what a connection gives into its dataset: all of it, what came since, new files, or merged by its key. How far it is loaded lands with the rows, so that a load which was ended goes on where it was, and undo takes both back.',
		failures: [
			...asking,
			'source-loops',
			'source-short',
			'source-leads-away',
			'no-mark',
			'no-table-chosen',
			'mark-unordered',
			'mark-too-coarse',
			'load-drift',
			'load-busy',
			'load-unfinished',
			'load-forgotten',
			...filing,
			'no-rows-fit',
			'key-not-unique',
			...storing
		],
		example: "(await weir.loadConnection('orders')).value"
	},
	{
		verb: 'planPutBack',
		signature: 'planPutBack(name: string, dataset: string)',
		summary:
			'Says how many rows of a dataset, or of `name@version`, `putBack` would put into which table, and by which key. Nothing is changed.',
		failures: ['not-writable', 'no-key', 'unknown-column', ...databases],
		example: "(await weir.planPutBack('orders', 'orders@v2')).value.rowCount"
	},
	{
		verb: 'putBack',
		signature: 'putBack(name: string, dataset: string, options?: { signal? })',
		summary:
			'Puts rows into the table of a connection to a database that says `write: true`: those whose key is there are changed, others added, all in one transaction. It cannot be undone from here.',
		failures: ['not-writable', 'no-key', 'unknown-column', 'put-too-large', 'cancelled', ...databases],
		example: "await weir.putBack('orders', 'orders@v2')"
	},
	{
		verb: 'forgetSecrets',
		signature: 'forgetSecrets(name: string)',
		summary: 'Forgets what this device knows of a connection besides its text. They cannot be had back.',
		failures: ['unknown-document', 'storage-unavailable'],
		example: "await weir.forgetSecrets('orders')"
	}
];
