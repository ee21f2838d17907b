// Every word a person reads about what could not be opened to other programs.
import type { ShareFailure } from '#core/share/failure.ts';
import { bytesText } from './amounts.ts';
import { isOneOf, say, type Explanation } from './explanation.ts';

export const isShareFailure = isOneOf<ShareFailure>({
	'inbox-closed': true,
	'unknown-item': true,
	'not-on-edge': true,
	'publication-too-large': true
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
	}
}
