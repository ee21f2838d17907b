// Every word a person reads about what could not be opened to other programs or people.
import type { ShareFailure } from '#core/share/failure.ts';
import { bytesText } from './amounts.ts';
import { isOneOf, say, type Explanation } from './explanation.ts';

export const isShareFailure = isOneOf<ShareFailure>({
	'inbox-closed': true,
	'unknown-item': true,
	'not-on-edge': true,
	'publication-too-large': true,
	'share-too-large': true,
	'report-too-large': true,
	'report-incomplete': true,
	'no-such-input': true,
	'unknown-edition': true,
	'report-file-unavailable': true,
	'link-too-long': true,
	'link-incomplete': true,
	'link-newer': true,
	'broken-share': true,
	'invalid-bundle': true,
	'share-closed': true,
	'share-guarded': true
});

export function explainShare(failure: ShareFailure): Explanation {
	switch (failure.kind) {
		case 'inbox-closed':
			return say(
				`${failure.dataset} has no open inbox`,
				'No program can push into it.',
				'Open its inbox on the page Programs first.'
			);
		case 'unknown-item':
			return say(
				'This item does not wait any more',
				'It was taken in or discarded meanwhile, or another device has just claimed it.',
				'Look at the list again.'
			);
		case 'not-on-edge':
			return say(
				`${failure.dataset} is not on the server yet`,
				'A program could not read anything of it.',
				'Sync first, then make the key.'
			);
		case 'publication-too-large':
			return say(
				'This version is too large to be published',
				`As Parquet it takes ${bytesText(failure.sizeBytes)}; the server takes ${bytesText(failure.limitBytes)} for one publication.`,
				'Publish a query’s result of fewer rows or columns, saved as a dataset.'
			);
		case 'share-too-large':
			return say(
				'This report is too large to be shared',
				`What it shows takes ${bytesText(failure.sizeBytes)}; a share takes ${bytesText(failure.limitBytes)}.`,
				'Show fewer rows: limit its tables, or aggregate before a chart.'
			);
		case 'report-too-large':
			return say(
				'This report holds more than a page may take',
				'A file of it could be written, and no browser would be let open it.',
				'Show fewer rows: limit its tables, or aggregate before a chart.'
			);
		case 'report-file-unavailable':
			return say(
				'What draws a report in a file could not be downloaded',
				'It is a part of Weir that this browser has not kept yet.',
				'Connect to the network once, then try again.'
			);
		case 'report-incomplete': {
			const [first] = failure.blocks;
			const more = failure.blocks.length - 1;
			return say(
				`${failure.report} is not whole`,
				`${first ? `Its block at line ${first.line} could not be rendered: ${first.kind.replaceAll('-', ' ')}.` : ''}${more > 0 ? ` Neither could ${more} more.` : ''} Nothing was published.`,
				'Open the report, mend what it says there, then replay this step.'
			);
		}
		case 'no-such-input':
			return say(
				`${failure.report} has no input ${failure.name}`,
				failure.known.length > 0 ? `It has ${failure.known.join(', ')}.` : 'It has none.',
				'Choose one of them under inputs, or leave it out.'
			);
		case 'unknown-edition':
			return say(
				'This edition is not kept any more',
				'It was removed, newer ones of its step took its place, or another device made it.',
				'Open a newer one, or run its pipeline again.'
			);
		case 'link-too-long':
			return say(
				'This report is too large for a link of its own',
				`The link would have ${failure.letters.toLocaleString('en')} letters. Longer ones than ${failure.limit.toLocaleString('en')} are cut by programs on their way.`,
				'Share it by a server, or show fewer rows.'
			);
		case 'link-incomplete':
			return say(
				'This link is incomplete',
				failure.why === 'missing'
					? 'What comes behind # opens the report, and it is not there. Some programs cut it off.'
					: 'What comes behind # was cut or changed on its way.',
				'Copy the whole link from the message it came in, and open it again. No view was counted.'
			);
		case 'link-newer':
			return say(
				'This link was made by a newer Weir',
				'This page does not know its form.',
				'Reload the page, then open the link again.'
			);
		case 'broken-share':
			return say(
				'What came is not what was sealed',
				'It was changed or cut on the server or on its way. Nothing of it is shown.',
				'Ask whoever sent the link to share the report again.'
			);
		case 'invalid-bundle':
			return say(
				'This is no report that can be shown',
				failure.why === 'too-large'
					? 'It holds more than a page may take.'
					: 'It opened, and what is in it is not of the form of a report. Nothing of it is shown.',
				'Ask whoever sent the link to share the report again.'
			);
		case 'share-closed':
			return say(
				'There is nothing to open here',
				'The link has ended, was revoked, or was opened as often as it may be; or the passphrase is another one. The server does not say which.',
				'Check the passphrase, or ask whoever sent the link for a new one.'
			);
		case 'share-guarded':
			return say(
				'Too many wrong tries',
				'Somebody tried this link with wrong passphrases. The server answers nobody for a while.',
				`Try again in ${Math.max(1, Math.ceil(failure.retryAfterMs / 60_000))} minutes.`
			);
	}
}
