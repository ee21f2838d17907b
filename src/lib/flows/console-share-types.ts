// What `window.weir` offers for sharing rendered reports with people.
import type { Failure } from '../core/failure.ts';
import type { Edition } from '../core/report/edition.ts';
import type { Result } from '../core/result.ts';
import type { OpenedShare } from '../core/share/bundle.ts';
import type { KeptEdition } from '../core/share/kept-edition.ts';
import type { KeptShare } from '../core/share/kept-share.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { PackOptions, ReportFile, ShareOptions, ShownShare } from './share-edition.ts';

type Answer<T> = Promise<Result<T, Failure | InvalidArgument>>;

export type ShareConsole = {
	/** Seals what an edition shows and gives the link to it, which begins with this page's address. */
	shareEdition(edition: Edition, options?: ShareOptions): Answer<KeptShare>;
	/** A link that carries a small edition whole: whoever has it can read it, and no server is asked. */
	linkEdition(edition: Edition, options?: PackOptions): Answer<{ readonly link: string; readonly fingerprint: string }>;
	/** One HTML file that opens from disk, without a server and without a network: whoever has it can read it. */
	exportReport(edition: Edition, options?: PackOptions): Answer<ReportFile>;
	/** What was shared, how often it was opened, and what ended it. */
	shares(): Answer<readonly ShownShare[]>;
	revokeShare(share: string): Answer<void>;
	/** Editions that steps of pipelines published, newest first; of one report where it is named. */
	editions(report?: string): Answer<readonly KeptEdition[]>;
	/** What an edition shows, as its readers have it. */
	openEdition(id: string): Answer<OpenedShare>;
	/** Lets an edition go, and revokes its link where that still stands. */
	removeEdition(id: string): Answer<void>;
};
