// What storage can answer besides success.
import type { DocumentKind } from '../document/document.ts';

export type StoreFailure =
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
	| { readonly kind: 'nothing-to-undo' }
	| { readonly kind: 'nothing-to-redo' }
	| { readonly kind: 'storage-unavailable'; readonly reason: string };
