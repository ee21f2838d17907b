// What `window.weir` offers for other programs: inboxes that they push into, keys by which they read, and versions that are published.
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { DrainReport } from './drain-inbox.ts';
import type { ItemInput, OpenInboxInput, PushTokenInput, ShownInbox } from './inbox-set-up.ts';
import type { PublicationPlan, ShownPublication } from './publish-version.ts';
import type { ReadKeyInput, ShownReadKey } from './read-keys.ts';

type Answer<T> = Promise<Result<T, Failure | InvalidArgument>>;

export type ProgramConsole = {
	/** Opens a dataset's inbox, or changes it; answers the path for services that post, where it was asked for. */
	openInbox(dataset: string, options?: Omit<OpenInboxInput, 'dataset'>): Answer<{ readonly hookPath: string | null }>;
	closeInbox(dataset: string): Answer<void>;
	/** The text by which a program pushes into the inbox; it cannot be told again. */
	createPushToken(input: PushTokenInput): Answer<string>;
	revokePushToken(id: string): Answer<void>;
	/** What is open, what waits, what came, and from which token. */
	inboxes(): Answer<readonly ShownInbox[]>;
	/** Takes in what waits, each item once; the open page does so by itself. */
	drainInboxes(): Answer<DrainReport>;
	/** Reads an item again that could not be taken in, or that another device claimed and left. */
	takeItem(item: ItemInput): Answer<DrainReport>;
	/** Lets an item go without taking it in. */
	discardItem(item: ItemInput): Answer<void>;
	/** The text by which a program reads every version of a dataset until the keys are changed; it cannot be told again. */
	createReadKey(input: ReadKeyInput): Answer<string>;
	/** Which programs may read what, when they did last, and whose key ended with the dataset's own. */
	readKeys(): Answer<readonly ShownReadKey[]>;
	revokeReadKey(id: string): Answer<void>;
	/** What everybody could read. */
	planPublication(reference: string): Answer<PublicationPlan>;
	/** Opens a version to everybody; answers the path to ask. */
	publish(reference: string): Answer<{ readonly path: string }>;
	publications(): Answer<readonly ShownPublication[]>;
	unpublish(publication: string): Answer<void>;
};
