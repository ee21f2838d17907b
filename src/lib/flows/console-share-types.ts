// What `window.weir` offers for sharing rendered reports with people.
import type { Failure } from '../core/failure.ts';
import type { Edition } from '../core/report/edition.ts';
import type { Result } from '../core/result.ts';
import type { KeptShare } from '../core/share/kept-share.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { ShareInput, ShownShare } from './share-edition.ts';

type Answer<T> = Promise<Result<T, Failure | InvalidArgument>>;

export type ShareConsole = {
	/** Seals what an edition shows and gives the link to it, which begins with this page's address. */
	shareEdition(edition: Edition, options?: Omit<ShareInput, 'edition'>): Answer<KeptShare>;
	/** A link that carries a small edition whole: whoever has it can read it, and no server is asked. */
	linkEdition(edition: Edition): Answer<{ readonly link: string; readonly fingerprint: string }>;
	/** What was shared, how often it was opened, and what ended it. */
	shares(): Answer<readonly ShownShare[]>;
	revokeShare(share: string): Answer<void>;
};
