// The words of what a reader may be told, without those of everything else: their page is small.
import type { OpenShareFailure } from '#core/share/failure.ts';
import { explainShare, isShareFailure } from '../explain-share.ts';
import { explainSync } from '../explain-sync.ts';
import type { Explanation } from '../explanation.ts';

export function readerWords(failure: OpenShareFailure): Explanation {
	return isShareFailure(failure) ? explainShare(failure) : explainSync(failure);
}
