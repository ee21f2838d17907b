// Every word a person reads about what storage, catalogue or a backup refused: what happened, and what to do next.
import { bytesText } from './amounts.ts';
import { say, type Explanation } from './explanation.ts';
import type { BackupFailure } from '#core/backup/backup-file.ts';
import { exhaustive } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';

type Refused =
	| Exclude<StoreFailure, { kind: 'version-collected' }>
	| BackupFailure
	| { readonly kind: 'invalid-author'; readonly rule: 'too-long' | 'control' };

export function explainStore(failure: Refused): Explanation {
	switch (failure.kind) {
		case 'storage-full':
			return say(
				'The storage is full',
				`The browser refused ${bytesText(failure.neededBytes)}. Nothing was stored of it.`,
				'Remove datasets you no longer need, or free space on the disk.'
			);
		case 'newer-format':
			return say(
				'This page is older than its data',
				`Another tab stored format ${failure.stored}; this page knows ${failure.known}.`,
				'Reload the page.'
			);
		case 'invalid-name':
			return say(`“${failure.name}” cannot be a name`, nameRules[failure.rule], 'Choose another name.');
		case 'name-taken':
			return say(
				`There is a dataset ${failure.name} already`,
				'Names are compared without case.',
				'Choose another name.'
			);
		case 'unknown-dataset':
			return say(
				`There is no dataset ${failure.name}`,
				'It may have been renamed or removed.',
				'See the catalogue, or undo.'
			);
		case 'document-taken':
			return say(
				`There is a ${failure.document} ${failure.name} already`,
				'Names are compared without case.',
				'Choose another name.'
			);
		case 'unknown-document':
			return failure.at === null
				? say(
						`There is no ${failure.document} ${failure.name}`,
						'It may have been renamed or removed.',
						`See the list of ${failure.document}s, or undo.`
					)
				: say(
						`The ${failure.document} ${failure.name} has no version ${failure.at}`,
						'Versions are v1, v2… from the oldest, the first eight characters of an id, or a time.',
						'See its history.'
					);
		case 'invalid-ref':
			return say(`“${failure.name}” cannot name a branch or tag`, refRules[failure.rule], 'Choose another name.');
		case 'ref-taken':
			return say(
				`There is a branch or tag ${failure.name} already`,
				'Branches and tags of one dataset share their names.',
				'Choose another name.'
			);
		case 'unknown-ref':
			return say(
				`${failure.dataset} has no version ${failure.name}`,
				'It is no branch, tag, number such as v2, start of an id, or time.',
				'See its versions in the catalogue.'
			);
		case 'branch-open':
			return say(
				`${failure.name} is the open branch`,
				'Only another branch can be removed.',
				'Switch to another one first.'
			);
		case 'moved':
			return say(
				`${failure.name} was changed meanwhile`,
				'Another tab or job committed to it first. Nothing was overwritten.',
				'Do it again on what is there now.'
			);
		case 'superseded':
			return say(
				'Another page went on with this run',
				`The step ${failure.step} was ended there. Nothing was stored twice.`,
				'See the run.'
			);
		case 'nothing-to-undo':
			return say('Nothing to undo', 'No change of the catalogue is left.', 'Go on.');
		case 'nothing-to-redo':
			return say('Nothing to redo', 'No undone change is left.', 'Go on.');
		case 'storage-unavailable':
			return say(
				'The storage did not answer',
				failure.reason,
				'Reload the page; if it stays so, check whether the browser may store data for this site.'
			);
		case 'not-a-backup':
			return say(
				'This file is no backup of Weir',
				'It does not begin as one. Nothing was changed.',
				'Choose a file that “Back up” made; data files come in by Import.'
			);
		case 'newer-backup':
			return say(
				'A newer Weir made this backup',
				`It has format ${failure.stored}, and this page reads up to ${failure.known}. Nothing was changed.`,
				'Reload the page to get the newest Weir, then restore again.'
			);
		case 'damaged-backup':
			return say(
				'The backup is damaged',
				`${damagedBackup[failure.where]} Nothing was changed.`,
				'Use another copy of the file, or an older backup.'
			);
		case 'invalid-author':
			return say(
				'That name cannot sign versions',
				failure.rule === 'too-long' ? 'It has more than 80 characters.' : 'It has characters that cannot be seen.',
				'Give another one, or none.'
			);
		default:
			return exhaustive(failure);
	}
}

const damagedBackup = {
	length: 'The file does not have the length it was made with.',
	header: 'Its table of contents is not what it was.',
	data: 'The bytes of its data are not what they were.'
} as const;

const nameRules: Readonly<Record<Extract<StoreFailure, { kind: 'invalid-name' }>['rule'], string>> = {
	empty: 'A name needs at least one character.',
	'too-long': 'A name has at most 100 characters.',
	'at-sign': 'The sign @ separates a version from a name.',
	control: 'Invisible control characters are not allowed.',
	space: 'A name does not begin or end with a space.'
};

const refRules: Readonly<Record<Extract<StoreFailure, { kind: 'invalid-ref' }>['rule'], string>> = {
	letters: 'A name begins with a letter and goes on with letters, digits, dots, hyphens and underscores.',
	'too-long': 'A name has at most 64 characters.',
	reserved: 'Names such as v2 number versions, and rejects are the rows that did not fit.'
};
