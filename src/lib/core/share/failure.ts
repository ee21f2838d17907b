// Why something could not be opened to other programs or people, or was not opened by them.
import type { NetFailure } from '../sync/failure.ts';
import type { KeysCrashed } from '../sync/key-slot.ts';
import type { InvalidBundle } from './bundle-bytes.ts';
import type { BrokenShare } from './sealed-share.ts';
import type { LinkFailure } from './share-link.ts';

/** Of a reader's page. */
export type ReadShareFailure =
	| LinkFailure
	| BrokenShare
	| InvalidBundle
	/** Unknown, over, revoked, opened too often, or another passphrase: nobody is told which. */
	| { readonly kind: 'share-closed' }
	/** Too many wrong tries; the edge counts again later. */
	| { readonly kind: 'share-guarded'; readonly retryAfterMs: number };

/** Why a reader does not see a report. */
export type OpenShareFailure = ReadShareFailure | NetFailure | KeysCrashed;

export type ShareFailure =
	| ReadShareFailure
	/** Of a sealed report. */
	| { readonly kind: 'share-too-large'; readonly sizeBytes: number; readonly limitBytes: number }
	/** Of a file: more than a reader's page takes. */
	| { readonly kind: 'report-too-large' }
	/** What draws a report in a file could not be downloaded. */
	| { readonly kind: 'report-file-unavailable' }
	/** Of a step that publishes: what others read is whole, or it is not published. */
	| {
			readonly kind: 'report-incomplete';
			readonly report: string;
			readonly blocks: readonly { readonly line: number; readonly kind: string }[];
	  }
	/** A step chooses something in an input that the report has not. */
	| {
			readonly kind: 'no-such-input';
			readonly report: string;
			readonly name: string;
			readonly known: readonly string[];
	  }
	/** It was let go. */
	| { readonly kind: 'unknown-edition'; readonly id: string }
	/** Of a link that carries a report. */
	| { readonly kind: 'link-too-long'; readonly letters: number; readonly limit: number }
	/** The dataset takes nothing from other programs. */
	| { readonly kind: 'inbox-closed'; readonly dataset: string }
	/** Waiting in no inbox, or settled meanwhile. */
	| { readonly kind: 'unknown-item'; readonly key: string }
	/** It was not synced yet, so that the edge has nothing of it. */
	| { readonly kind: 'not-on-edge'; readonly dataset: string }
	/** Of a published version as Parquet. */
	| { readonly kind: 'publication-too-large'; readonly sizeBytes: number; readonly limitBytes: number };
