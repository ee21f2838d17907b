// The documentation of `window.weir` for sharing rendered reports.
import type { ConsoleVerb } from './verb.ts';

const calling = ['edge-unreachable', 'edge-unreadable', 'edge-busy', 'edge-access-refused'];
const asking = ['sync-off', 'keys-locked', ...calling, 'storage-unavailable'];

export const shareReference: readonly ConsoleVerb[] = [
	{
		verb: 'shareEdition',
		signature:
			'shareEdition(edition: Edition, options?: { passphrase?, expiresInDays?: number, views?: number, canFilter?: boolean, signal?, onProgress? })',
		summary:
			'Seals what an edition shows, and no more, under a key of its own, sends it, and answers `link`, which goes behind the address of this page. The edge cannot read it; a reader needs no account. It ends after seven days unless you say otherwise. With `canFilter` it holds besides, for each chart and input, the groups of the blocks over the same rows, so that what is marked or chosen there filters them.',
		failures: [
			'cancelled',
			...asking,
			'edge-full',
			'edge-limit-reached',
			'share-too-large',
			'passphrase-too-short',
			'keys-crashed'
		],
		example: "const shared = await weir.shareEdition(edition, { passphrase: 'eight letters', views: 3 })"
	},
	{
		verb: 'linkEdition',
		signature: 'linkEdition(edition: Edition, options?: { canFilter?: boolean, signal?, onProgress? })',
		summary:
			'A link that carries a small edition whole, without a server. Whoever has it can read it, for ever: nothing of it is sealed. With `canFilter` it holds as much to filter by as there is room for.',
		failures: ['cancelled', 'link-too-long', 'storage-unavailable'],
		example: '(await weir.linkEdition(edition)).value.link'
	},
	{
		verb: 'exportReport',
		signature: 'exportReport(edition: Edition, options?: { canFilter?: boolean, signal?, onProgress? })',
		summary:
			'One HTML file with what an edition shows, and no more, which opens from disk in any browser and asks for nothing: `name`, `file` (a Blob) and `fingerprint`. Nothing of it is sealed.',
		failures: ['cancelled', 'report-too-large', 'report-file-unavailable', 'storage-unavailable'],
		example: "(await weir.exportReport((await weir.renderReport('sales over time')).value)).value.file"
	},
	{
		verb: 'shares',
		signature: 'shares()',
		summary:
			'What was shared, newest first: how often each was opened, when it ends or what ended it, and, where a device of this workspace made it, its report and link.',
		failures: asking,
		example: '(await weir.shares()).value'
	},
	{
		verb: 'revokeShare',
		signature: 'revokeShare(share: string)',
		summary: 'Ends a share and removes its bytes. Whoever has opened it may have kept a copy.',
		failures: asking,
		example: 'await weir.revokeShare((await weir.shares()).value[0].share)'
	},
	{
		verb: 'editions',
		signature: 'editions(report?: string)',
		summary:
			'Editions of reports that steps of pipelines published, newest first: by which run, when, of which versions, and the link to each where there is one.',
		failures: ['storage-unavailable'],
		example: "(await weir.editions('sales over time')).value"
	},
	{
		verb: 'openEdition',
		signature: 'openEdition(id: string)',
		summary: 'What an edition shows, as its readers have it: `bundle` and `fingerprint`.',
		failures: ['unknown-edition', 'storage-unavailable'],
		example: 'await weir.openEdition((await weir.editions()).value[0].id)'
	},
	{
		verb: 'removeEdition',
		signature: 'removeEdition(id: string)',
		summary: 'Lets an edition go, and revokes its link where that still stands.',
		failures: ['unknown-edition', ...asking],
		example: 'await weir.removeEdition((await weir.editions()).value[0].id)'
	}
];
