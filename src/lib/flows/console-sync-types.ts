// What `window.weir` offers for syncing a workspace with other devices.
import type { DocumentKind } from '../core/document/document.ts';
import type { DocumentVersionId } from '../core/ids.ts';
import type { Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { SyncProgress } from '../core/sync/sync-progress.ts';
import type { Collected } from './sync-collect.ts';
import type { SyncReport, SyncState } from './sync-now.ts';
import type { JoinInput, TurnOnInput } from './sync-set-up.ts';
import type { JoinPreview } from './sync-take-names.ts';

type Answer<T> = Promise<
	Result<T, SyncFailure | { readonly kind: 'invalid-argument'; readonly argument: string; readonly expected: string }>
>;

export type SyncConsole = {
	/** 24 new words that open the workspace where the passphrase is forgotten; to be written down before `turnOnSync`. */
	recoveryWords(): Answer<readonly string[]>;
	/** Makes a workspace on the edge; answers the code by which another device finds it. */
	turnOnSync(input: TurnOnInput): Answer<string>;
	/** Joins a workspace of another device with its passphrase or its words; `bring` names the datasets of this one that go along. */
	joinSync(input: JoinInput): Answer<string>;
	/** Takes what other devices did, merges, and sends what this one did. */
	sync(options?: { readonly signal?: AbortSignal }): Answer<SyncReport>;
	/** How this device stands, without asking the edge. */
	syncState(): Answer<SyncState>;
	/** How much of a dataset is here: `isTaken` false takes it from here and leaves it on the server; `newest` is how many versions of each branch come. */
	chooseSync(dataset: string, choice: { readonly isTaken?: boolean; readonly newest?: number | null }): Answer<void>;
	/** The same for datasets to come, and how many bytes may go a second, up and down; null is any. */
	limitSync(limits: {
		readonly isTaken?: boolean;
		readonly newest?: number | null;
		readonly bytesPerSecond?: number | null;
	}): Answer<void>;
	/** Brings a version here that the server alone has, such as `sales@v2`. */
	loadVersion(reference: string, options?: { readonly signal?: AbortSignal }): Answer<void>;
	/** What this device would bring into a workspace that it joins. */
	previewJoin(): Answer<JoinPreview>;
	/** Puts a server right that lost data or shows another past: what is here is sent, and what is there besides comes. */
	reseedSync(options?: {
		readonly dataset?: string;
		readonly invitation?: string;
		readonly signal?: AbortSignal;
	}): Answer<SyncReport>;
	/** Says to the server what is alive; what two such cycles, a day apart, leave out goes. Null: another device is at it. */
	collectServer(options?: { readonly signal?: AbortSignal }): Answer<Collected | null>;
	/** How many versions of a dataset the server lets go, or would with `isPreview`. Cannot be undone once they are collected. */
	shortenServer(
		dataset: string,
		newest: number,
		options?: { readonly isPreview?: boolean; readonly signal?: AbortSignal }
	): Answer<number>;
	/** What the workspace stores on the server, and how much it may. */
	serverUsage(): Answer<{ readonly usedBytes: number; readonly quotaBytes: number; readonly objectCount: number }>;
	/** Told of the sync of any tab about every second, and with null when it ends. Returns the stop function. */
	watchSync(onProgress: (progress: SyncProgress | null) => void): () => void;
	/** Ends the sync of whichever tab is at it. */
	stopSync(): void;
	/** Nothing syncs by itself until it is ended. */
	pauseSync(isPaused: boolean): Answer<void>;
	/** Of a document that two devices changed at one time: the text that stands stays, or the other one stands from now on. */
	settleDocument(kind: DocumentKind, name: string, take: 'this' | 'other'): Answer<DocumentVersionId>;
	/** From now on this device follows the schedule of a pipeline, or looks at the rule of an alert, and no other one does. */
	followHere(kind: 'pipeline' | 'alert', name: string): Answer<void>;
	/** This device forgets the keys and what it knew of the edge; datasets stay, here and there. */
	leaveSync(): Answer<void>;
};
