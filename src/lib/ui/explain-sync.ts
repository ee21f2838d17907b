// Every word a person reads about a sync that did not come to its end.
import type { SyncOnlyFailure } from '#core/sync/failure.ts';
import { bytesText } from './amounts.ts';
import { explainKeys, keysKinds } from './explain-keys.ts';
import { say, type Explanation } from './explanation.ts';

const kinds: ReadonlySet<string> = new Set([
	'edge-unreachable',
	'edge-unreadable',
	'edge-busy',
	'edge-access-refused',
	'edge-invitation-needed',
	'edge-full',
	'edge-limit-reached',
	'object-lost',
	'broken-object',
	'rolled-back',
	'forked',
	'server-lost-data',
	'forged',
	'weak-slot',
	'wrong-secret',
	'sync-off',
	'sync-on',
	'sync-busy',
	'sync-waits',
	'version-elsewhere',
	'keys-unsupported',
	'passphrase-too-short',
	'invalid-words',
	'invalid-workspace-code',
	'workspace-not-empty',
	'nothing-to-settle',
	'keys-crashed',
	...keysKinds
] satisfies SyncOnlyFailure['kind'][]);

export function isSyncFailure(failure: { readonly kind: string }): failure is SyncOnlyFailure {
	return kinds.has(failure.kind);
}

const KEPT = 'Nothing here was changed, and nothing was sent.';

export function explainSync(failure: SyncOnlyFailure): Explanation {
	switch (failure.kind) {
		case 'edge-unreachable':
			return say(
				'The server does not answer',
				'This device is offline, or the server is down.',
				'Go on working: it is sent when the server answers again.'
			);
		case 'edge-unreadable':
			return say(
				'Something else answered in the place of the server',
				failure.status === null
					? 'Its answer is of no kind that Weir knows.'
					: `It answered with status ${failure.status}.`,
				'A network that asks for a login does this. Log in there, or reload this page for a newer one.'
			);
		case 'edge-busy':
			return say(
				'The server cannot take it now',
				'It was asked several times, later each time.',
				'Sync again in a while. What was sent already is not sent twice.'
			);
		case 'edge-access-refused':
			return say(
				'The server does not know this device',
				'Its access was taken away, the code is of another server, or the server lost what it had.',
				'Your data is here. Look at another device; where that is refused too, the server lost the workspace: fill it from here.'
			);
		case 'edge-invitation-needed':
			return say(
				'This server takes new workspaces by invitation only',
				'The invitation is missing, or is not the right one.',
				'Ask whoever runs the server for one.'
			);
		case 'edge-full':
			return say(
				'The server has no room left for this workspace',
				`It takes ${bytesText(failure.quotaBytes)}; ${bytesText(failure.usedBytes)} are used, and ${bytesText(failure.sizeBytes)} more were to come.`,
				'Everything is kept here, and waits. On the page Sync, shorten histories on the server and collect what it keeps for nothing, or ask for more room.'
			);
		case 'edge-limit-reached':
			return say(
				`The server takes no more ${failure.of}`,
				`A workspace may have ${failure.limit.toLocaleString('en')}.`,
				'Remove some that are not needed.'
			);
		case 'object-lost':
			return say(
				'The server lost a part of this dataset',
				'It names rows that it does not have.',
				'Fill the server from a device that has them: it sends what is missing.'
			);
		case 'broken-object':
			return say(
				'The server gave bytes that are not what was stored there',
				`They were refused: ${broken[failure.why]}.`,
				`${KEPT} Sync again; if it stays so, fill the server from a device that has all of it.`
			);
		case 'rolled-back':
			return say(
				'The server shows an older state than before',
				`Step ${failure.seenSeq} was seen, and it shows step ${failure.shownSeq}. A backup of the server may have been restored, or it does not tell the truth.`,
				`${KEPT} Ask whoever runs the server. If you know why, fill the server from here: your devices go on from what this one has. Else leave.`
			);
		case 'forked':
			return say(
				'The server shows another history than before',
				`They part at step ${failure.atSeq}. It may show different devices different things.`,
				`${KEPT} Compare with another device. To bring both together, fill the server from here: what it shows besides stands as another branch. Else leave.`
			);
		case 'server-lost-data':
			return say(
				'The server lost what it had',
				`It was at step ${failure.seenSeq} and has nothing now.`,
				`${KEPT} Fill the server from here: it gets again what this device has.`
			);
		case 'forged':
			return say(
				'The server shows a change that no device of yours made',
				`Step ${failure.atSeq} has no signature that counts.`,
				`${KEPT} Ask whoever runs the server. Filling it from here passes that step over.`
			);
		case 'weak-slot':
			return say(
				'The server asks for a weaker protection of the passphrase than Weir allows',
				'With it, the passphrase would be easy to guess.',
				'Nothing was computed with it. Do not enter it here; use the recovery words, or another server.'
			);
		case 'wrong-secret':
			return say(
				'That does not open the workspace',
				'The passphrase or the words are those of another one, or were typed otherwise.',
				'Check capital letters and the keyboard’s language, or use the recovery words.'
			);
		case 'sync-off':
			return say(
				'Sync is off',
				'This device is part of no synced workspace.',
				'Turn it on, or join one, on the page Sync.'
			);
		case 'sync-on':
			return say('Sync is on already', 'This device is part of a workspace.', 'Leave that one first.');
		case 'sync-busy':
			return say(
				'It syncs already',
				'This tab or another one is at it, and one at a time is.',
				'Wait until it is done.'
			);
		case 'sync-waits':
			return say(
				`${failure.dataset} is not on the server as it is here`,
				'Something of it waits to be sent, so it cannot go from here.',
				'Sync first, then choose again.'
			);
		case 'version-elsewhere':
			return say(
				`${failure.dataset}@${failure.version} is on the server, and not in this browser`,
				elsewhere[failure.because] ?? 'The server could not give it now.',
				'Use a version that is here, or open it again later: the history of the dataset shows which are here.'
			);
		case 'keys-unsupported':
			return say(
				'This browser cannot sign',
				'It lacks Ed25519, by which devices sign what they send.',
				'Use a newer browser.'
			);
		case 'passphrase-too-short':
			return say(
				'The passphrase is too short',
				`It needs ${failure.least} characters at least, since whoever has the server could try others.`,
				'A sentence of your own is long and easy to keep.'
			);
		case 'invalid-words':
			return say('These are not recovery words', wordsWrong(failure), 'Compare them with your sheet, word by word.');
		case 'invalid-workspace-code':
			return say(
				'That is no workspace code',
				'A code begins with weir1- or weirjoin1- and is 95 or 99 characters long.',
				'Copy the whole of it from the page Sync of another device.'
			);
		case 'nothing-to-settle':
			return say(
				`There is one text of ${failure.document} ${failure.name}`,
				'No two devices changed it at one time, or a text was chosen already.',
				'Its history has all that it was.'
			);
		case 'workspace-not-empty':
			return say(
				'There are datasets in this browser already',
				'They were not chosen to be brought along.',
				'Choose which go into the workspace; the others stay on this device alone.'
			);
		case 'keys-crashed':
			return say(
				'The passphrase could not be worked on',
				failure.reason,
				'It takes 64 MB of memory for a moment. Close other tabs, and try again.'
			);
		default:
			return explainKeys(failure);
	}
}

const elsewhere: Readonly<Record<string, string>> = {
	'edge-unreachable': 'It has to be loaded first, and this device is offline, or the server is down.',
	'object-lost': 'The server lost a part of it. Another device may have it, and can fill the server.',
	'storage-full': 'There is no room for it in this browser.',
	'edge-access-refused': 'The server does not know this device any more.'
};

const broken = {
	length: 'their length is wrong',
	magic: 'they are no sealed object',
	type: 'they are of another kind',
	epoch: 'they are of another key',
	sealed: 'they do not open',
	padding: 'what is inside is not as it should be',
	id: 'they are another object',
	content: 'what is inside is not what it is named'
} as const;

function wordsWrong({ why, word }: Extract<SyncOnlyFailure, { kind: 'invalid-words' }>): string {
	switch (why) {
		case 'word':
			return `“${word ?? ''}” is not in the list of words.`;
		case 'count':
			return 'There are 24 of them.';
		case 'checksum':
			return 'All are in the list, but they do not belong together: one is another word, or two are exchanged.';
	}
}

/** Of a version that sync left on the server, and that the server does not have any more or cannot be asked for. */
export function explainNotHere({
	dataset,
	version
}: {
	readonly dataset: string;
	readonly version: string;
}): Explanation {
	return say(
		`${dataset}@${version} is not in this browser`,
		'Sync left it on the server, by your choice of how much history is here.',
		'Open it where sync is on, and it is loaded; or use a newer version.'
	);
}
