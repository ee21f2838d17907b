// The documentation of `window.weir` for other programs: inboxes, read keys, publications.
import type { ConsoleVerb } from './verb.ts';

const calling = ['edge-unreachable', 'edge-unreadable', 'edge-busy', 'edge-access-refused', 'edge-limit-reached'];
const asking = ['sync-off', ...calling, 'storage-unavailable'];

export const programReference: readonly ConsoleVerb[] = [
	{
		verb: 'openInbox',
		signature:
			"openInbox(dataset: string, options?: { hook?: 'none' | 'github' | 'stripe' | 'standard', secret?: string })",
		summary:
			'Lets other programs push into a dataset, or changes how. With `hook`, answers the path that a service can post to, which nobody can be told again; it takes the place of one that was there.',
		failures: ['unknown-dataset', ...asking],
		example: "await weir.openInbox('orders')"
	},
	{
		verb: 'closeInbox',
		signature: 'closeInbox(dataset: string)',
		summary: 'Nothing comes in any more. What waits can still be taken in.',
		failures: ['unknown-dataset', ...asking],
		example: "await weir.closeInbox('orders')"
	},
	{
		verb: 'createPushToken',
		signature: 'createPushToken(input: { dataset: string, name: string, expiresAtMs?: number })',
		summary:
			'The text by which a program pushes into an open inbox and does no more, `weir-inbox1-…`. Nobody can be told it again.',
		failures: ['unknown-dataset', 'inbox-closed', ...asking],
		example: "(await weir.createPushToken({ dataset: 'orders', name: 'Shop' })).value"
	},
	{
		verb: 'revokePushToken',
		signature: 'revokePushToken(id: string)',
		summary: 'The next push with it is refused.',
		failures: asking,
		example: 'await weir.revokePushToken((await weir.inboxes()).value[0].tokens[0].id)'
	},
	{
		verb: 'inboxes',
		signature: 'inboxes()',
		summary:
			'Which inboxes are open, what waits in them and why, what came within 30 days, by which token, and which tokens there are. `isEnded`: the keys were changed since, and the program needs a new address.',
		failures: asking,
		example: '(await weir.inboxes()).value'
	},
	{
		verb: 'drainInboxes',
		signature: 'drainInboxes()',
		summary:
			'Takes what waits into its datasets, each item once, as versions whose lineage names the items. The open page does so by itself, each minute.',
		failures: [...asking, 'sync-busy', 'cancelled', 'storage-full'],
		example: 'await weir.drainInboxes()'
	},
	{
		verb: 'takeItem',
		signature: 'takeItem(item: { space: string, key: string })',
		summary:
			'Reads an item again that could not be taken in, or that another device claimed and did not come back for. Where that device did take it in and has not synced yet, its rows come twice.',
		failures: ['unknown-item', ...asking, 'sync-busy'],
		example:
			'const [inbox] = (await weir.inboxes()).value;\nawait weir.takeItem({ space: inbox.space, key: inbox.items[0].key })'
	},
	{
		verb: 'discardItem',
		signature: 'discardItem(item: { space: string, key: string })',
		summary: 'Lets an item go without taking it in. It cannot be had back.',
		failures: ['unknown-item', ...asking],
		example:
			'const [inbox] = (await weir.inboxes()).value;\nawait weir.discardItem({ space: inbox.space, key: inbox.items[0].key })'
	},
	{
		verb: 'createReadKey',
		signature: 'createReadKey(input: { dataset: string, name: string })',
		summary:
			'The text by which a program lists, fetches and opens every version of a dataset that is on the edge, `weir-read1-…`, until the workspace changes its keys. Nobody can be told it again.',
		failures: ['unknown-dataset', 'not-on-edge', 'broken-object', ...asking],
		example: "(await weir.createReadKey({ dataset: 'orders', name: 'Reports' })).value"
	},
	{
		verb: 'readKeys',
		signature: 'readKeys()',
		summary:
			'Which programs may read which dataset, and when they did last. `isEnded`: the keys were changed since, and the program needs a new one.',
		failures: asking,
		example: '(await weir.readKeys()).value'
	},
	{
		verb: 'revokeReadKey',
		signature: 'revokeReadKey(id: string)',
		summary: 'The next request with it is refused. What the program has read, it has.',
		failures: asking,
		example: 'await weir.revokeReadKey((await weir.readKeys()).value[0].id)'
	},
	{
		verb: 'planPublication',
		signature: 'planPublication(reference: string)',
		summary: 'Which rows and columns everybody could read if this version were published.',
		failures: ['unknown-dataset', 'unknown-version', 'storage-unavailable'],
		example: "await weir.planPublication('orders@v2')"
	},
	{
		verb: 'publish',
		signature: 'publish(reference: string)',
		summary:
			'Opens a version to everybody, in the clear: whoever has the address reads its rows without a token. Another version of the dataset takes its place under the same address.',
		failures: ['unknown-dataset', 'unknown-version', 'publication-too-large', 'edge-full', 'cancelled', ...asking],
		example: "(await weir.publish('orders')).value.path"
	},
	{
		verb: 'publications',
		signature: 'publications()',
		summary: 'What is open to everybody, under which paths.',
		failures: asking,
		example: '(await weir.publications()).value'
	},
	{
		verb: 'unpublish',
		signature: 'unpublish(publication: string)',
		summary: 'Takes a publication away, and its bytes. Whoever has copies keeps them.',
		failures: asking,
		example: 'await weir.unpublish((await weir.publications()).value[0].publication)'
	}
];
