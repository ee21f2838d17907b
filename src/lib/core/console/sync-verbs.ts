// The documentation of `window.weir` for syncing a workspace with other devices.
import type { ConsoleVerb } from './verb.ts';

const calling = ['edge-unreachable', 'edge-unreadable', 'edge-busy', 'edge-access-refused', 'edge-limit-reached'];

export const syncReference: readonly ConsoleVerb[] = [
	{
		verb: 'recoveryWords',
		signature: 'recoveryWords()',
		summary:
			'24 new words that open a workspace where its passphrase is forgotten. Write them down before `turnOnSync` is given them.',
		failures: [],
		example: "(await weir.recoveryWords()).value.join(' ')"
	},
	{
		verb: 'turnOnSync',
		signature: 'turnOnSync(input: { passphrase: string, words: string, device: string, invitation?: string })',
		summary:
			'Makes a workspace on the edge, with its keys under the passphrase and under the words; answers the code by which another device finds it. Nothing of the datasets is sent before `sync`.',
		failures: [
			...calling,
			'sync-on',
			'sync-busy',
			'passphrase-too-short',
			'invalid-words',
			'keys-unsupported',
			'keys-crashed',
			'edge-invitation-needed',
			'storage-unavailable'
		],
		example:
			"const words = (await weir.recoveryWords()).value.join(' ');\nawait weir.turnOnSync({ passphrase: 'a long sentence of mine', words, device: 'Laptop' })"
	},
	{
		verb: 'joinSync',
		signature:
			'joinSync(input: { code: string, passphrase?: string, words?: string, device: string, bring?: string[] })',
		summary:
			'Joins the workspace of another device by its code, with its passphrase or its words. `bring` names the datasets of this browser that go into the workspace; others stay on this device alone. Without it there must be none, or this device left the same workspace. All that is here keeps its history and its undo; leaving ends it.',
		failures: [
			...calling,
			'sync-on',
			'sync-busy',
			'invalid-workspace-code',
			'invalid-words',
			'workspace-not-empty',
			'wrong-secret',
			'weak-slot',
			'broken-object',
			'forged',
			'forked',
			'keys-unsupported',
			'keys-crashed',
			'storage-unavailable'
		],
		example: "await weir.joinSync({ code: 'weir1-…', passphrase: 'a long sentence of mine', device: 'Phone' })"
	},
	{
		verb: 'sync',
		signature: 'sync(options?: { signal? })',
		summary:
			'Takes what other devices did, merges what both went on with, and sends what this one did. What becomes of each dataset stands in `datasets`, and of documents, verdicts, runs and models in `records`; one that cannot be believed is left alone, here and there.',
		failures: [
			...calling,
			'sync-off',
			'sync-busy',
			'edge-full',
			'server-lost-data',
			'rolled-back',
			'forked',
			'forged',
			'broken-object',
			'object-lost',
			'cancelled',
			'storage-full',
			'storage-unavailable',
			'newer-format'
		],
		example: 'await weir.sync()'
	},
	{
		verb: 'syncState',
		signature: 'syncState()',
		summary:
			'How this device stands, without asking the edge: when all was as there last, which datasets and how many documents, verdicts, runs and models wait to be sent, of which documents a text is to be chosen, which devices there are, and the code for another one.',
		failures: ['storage-unavailable'],
		example: '(await weir.syncState()).value'
	},
	{
		verb: 'previewJoin',
		signature: 'previewJoin()',
		summary:
			'What this browser would bring into a workspace that it joins: datasets with versions and bytes, which are read once and named anew.',
		failures: ['storage-unavailable'],
		example: '(await weir.previewJoin()).value.datasets'
	},
	{
		verb: 'chooseSync',
		signature: 'chooseSync(dataset: string, choice: { isTaken?: boolean, newest?: number | null })',
		summary:
			'How much of a dataset is on this device. `isTaken: false` takes it from here and leaves it on the server, or keeps one that was never sent on this device alone; undo brings it back. `newest` is how many versions of each branch come, null for all; older ones are loaded when they are opened.',
		failures: ['sync-off', 'sync-busy', 'sync-waits', 'unknown-dataset', 'moved', 'storage-unavailable'],
		example: "await weir.chooseSync('sales', { newest: 1 })"
	},
	{
		verb: 'limitSync',
		signature: 'limitSync(limits: { isTaken?: boolean, newest?: number | null, bytesPerSecond?: number | null })',
		summary:
			'The same for datasets without a choice of their own, and how many bytes a second go up and down; null is any.',
		failures: ['sync-off', 'storage-unavailable'],
		example: 'await weir.limitSync({ bytesPerSecond: 100_000 })'
	},
	{
		verb: 'loadVersion',
		signature: 'loadVersion(reference: string, options?: { signal? })',
		summary: 'Brings a version here that the server alone has. SQL that names one does so by itself.',
		failures: [
			'sync-off',
			'unknown-dataset',
			'version-elsewhere',
			'version-collected',
			'cancelled',
			'storage-unavailable'
		],
		example: "await weir.loadVersion('sales@v2')"
	},
	{
		verb: 'reseedSync',
		signature: 'reseedSync(options?: { dataset?: string, invitation?: string, signal? })',
		summary:
			'Puts a server right that lost data, or that shows less or another past than before: what it lacks is sent from here, and what it shows besides comes as another branch. Other devices follow, by this one’s signature.',
		failures: [
			...calling,
			'sync-off',
			'sync-busy',
			'edge-full',
			'edge-invitation-needed',
			'forked',
			'unknown-dataset',
			'cancelled',
			'storage-unavailable'
		],
		example: 'await weir.reseedSync()'
	},
	{
		verb: 'collectServer',
		signature: 'collectServer(options?: { signal? })',
		summary:
			'Says to the server which objects are alive. What two such cycles, a day apart, leave out is removed within the hour. The page does it once a day by itself. Null: another device is at it.',
		failures: [
			...calling,
			'sync-off',
			'sync-busy',
			'server-lost-data',
			'rolled-back',
			'forked',
			'forged',
			'broken-object',
			'object-lost',
			'cancelled',
			'storage-unavailable'
		],
		example: '(await weir.collectServer()).value'
	},
	{
		verb: 'shortenServer',
		signature: 'shortenServer(dataset: string, newest: number, options?: { isPreview?, signal? })',
		summary:
			'How many versions of a dataset the server lets go: all but the newest of each branch, tags, and where branches part. Devices keep what they have. It cannot be undone once `collectServer` has run on two days; `isPreview` only counts.',
		failures: [
			...calling,
			'sync-off',
			'sync-busy',
			'unknown-dataset',
			'rolled-back',
			'forked',
			'forged',
			'server-lost-data',
			'broken-object',
			'object-lost',
			'cancelled',
			'storage-unavailable'
		],
		example: "await weir.shortenServer('sales', 10, { isPreview: true })"
	},
	{
		verb: 'serverUsage',
		signature: 'serverUsage()',
		summary: 'How many bytes and objects the workspace has on the server, and how many bytes it may.',
		failures: [...calling, 'sync-off', 'storage-unavailable'],
		example: '(await weir.serverUsage()).value'
	},
	{
		verb: 'watchSync',
		signature: 'watchSync(onProgress)',
		summary:
			'Calls back about every second while any tab syncs, with bytes, a rate and how many datasets are done, and with null when it ends. Returns the function that stops it.',
		failures: [],
		example: 'const stop = weir.watchSync((progress) => console.log(progress?.bytesPerSecond))'
	},
	{
		verb: 'stopSync',
		signature: 'stopSync()',
		summary: 'Ends the sync of whichever tab is at it; what was sent already is not sent twice.',
		failures: [],
		example: 'weir.stopSync()'
	},
	{
		verb: 'pauseSync',
		signature: 'pauseSync(isPaused: boolean)',
		summary: 'While it is paused, nothing syncs by itself; `sync` still does.',
		failures: ['sync-off', 'storage-unavailable'],
		example: 'await weir.pauseSync(true)'
	},
	{
		verb: 'settleDocument',
		signature: "settleDocument(kind: string, name: string, take: 'this' | 'other')",
		summary:
			'Of a document that two devices changed at one time, one text stands and the other is in its history: `this` keeps it so, `other` makes the other one stand. A new version, which can be undone. They are listed as `records.choices` by `syncState`.',
		failures: ['unknown-document', 'nothing-to-settle', 'moved', 'storage-full', 'storage-unavailable'],
		example: "await weir.settleDocument('pipeline', 'daily', 'other')"
	},
	{
		verb: 'followHere',
		signature: "followHere(kind: 'pipeline' | 'alert', name: string)",
		summary:
			'From now on this device follows the schedule of a pipeline, or looks at the rule of an alert, in the place of the one that did: of all devices one does, so that nothing happens twice. Without sync it changes nothing.',
		failures: ['unknown-document', 'storage-unavailable'],
		example: "await weir.followHere('pipeline', 'daily')"
	},
	{
		verb: 'leaveSync',
		signature: 'leaveSync()',
		summary:
			'This device forgets the keys and what it knew of the edge. Datasets stay, here and there; the words or the passphrase are needed to come back.',
		failures: ['sync-off', 'storage-unavailable'],
		example: 'await weir.leaveSync()'
	}
];
