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
		signature: 'joinSync(input: { code: string, passphrase?: string, words?: string, device: string })',
		summary:
			'Joins the workspace of another device by its code, with its passphrase or its words. This browser must have no datasets, or have left the same workspace.',
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
