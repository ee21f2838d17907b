// What `window.weir` offers for syncing a workspace with other devices.
import type { DocumentKind } from '../core/document/document.ts';
import type { DocumentVersionId } from '../core/ids.ts';
import type { Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { SyncReport, SyncState } from './sync-now.ts';
import type { JoinInput, TurnOnInput } from './sync-set-up.ts';

type Answer<T> = Promise<
	Result<T, SyncFailure | { readonly kind: 'invalid-argument'; readonly argument: string; readonly expected: string }>
>;

export type SyncConsole = {
	/** 24 new words that open the workspace where the passphrase is forgotten; to be written down before `turnOnSync`. */
	recoveryWords(): Answer<readonly string[]>;
	/** Makes a workspace on the edge; answers the code by which another device finds it. */
	turnOnSync(input: TurnOnInput): Answer<string>;
	/** Joins a workspace of another device with its passphrase or its words. This one must be empty. */
	joinSync(input: JoinInput): Answer<string>;
	/** Takes what other devices did, merges, and sends what this one did. */
	sync(options?: { readonly signal?: AbortSignal }): Answer<SyncReport>;
	/** How this device stands, without asking the edge. */
	syncState(): Answer<SyncState>;
	/** Nothing syncs by itself until it is ended. */
	pauseSync(isPaused: boolean): Answer<void>;
	/** Of a document that two devices changed at one time: the text that stands stays, or the other one stands from now on. */
	settleDocument(kind: DocumentKind, name: string, take: 'this' | 'other'): Answer<DocumentVersionId>;
	/** From now on this device follows the schedule of a pipeline, or looks at the rule of an alert, and no other one does. */
	followHere(kind: 'pipeline' | 'alert', name: string): Answer<void>;
	/** This device forgets the keys and what it knew of the edge; datasets stay, here and there. */
	leaveSync(): Answer<void>;
};
