// What storage can answer besides success.
import type { DocumentKind } from '../document/document.ts';

/** It was there, and was let go for good. */
export type VersionCollected = {
	readonly kind: 'version-collected';
	readonly dataset: string;
	readonly version: string;
	readonly collectedAtMs: number;
	/** 0-based UTF-16 offset into the text that named it; null where no text did. */
	readonly position: number | null;
};

export type StoreFailure =
	| VersionCollected
	| { readonly kind: 'storage-full'; readonly neededBytes: number }
	| { readonly kind: 'newer-format'; readonly stored: number; readonly known: number }
	| {
			readonly kind: 'invalid-name';
			readonly name: string;
			readonly rule: 'empty' | 'too-long' | 'at-sign' | 'control' | 'space';
	  }
	| { readonly kind: 'name-taken'; readonly name: string }
	| { readonly kind: 'unknown-dataset'; readonly name: string }
	| { readonly kind: 'document-taken'; readonly document: DocumentKind; readonly name: string }
	/** `at` names a version that the document does not have; null where there is no such document. */
	| {
			readonly kind: 'unknown-document';
			readonly document: DocumentKind;
			readonly name: string;
			readonly at: string | null;
	  }
	| { readonly kind: 'invalid-ref'; readonly name: string; readonly rule: 'letters' | 'too-long' | 'reserved' }
	/** A branch or tag of that name is there already. */
	| { readonly kind: 'ref-taken'; readonly name: string }
	/** No branch, tag or version of the dataset is named so. */
	| { readonly kind: 'unknown-ref'; readonly dataset: string; readonly name: string }
	/** The branch that is open cannot be removed. */
	| { readonly kind: 'branch-open'; readonly name: string }
	/** Somebody else changed the dataset since it was read. */
	| { readonly kind: 'moved'; readonly name: string }
	/** A step of a run was ended, or the run taken over, by another page. */
	| { readonly kind: 'superseded'; readonly run: string; readonly step: string }
	| { readonly kind: 'nothing-to-undo' }
	| { readonly kind: 'nothing-to-redo' }
	| { readonly kind: 'storage-unavailable'; readonly reason: string };
