// Why something could not be opened to other programs.

export type ShareFailure =
	/** The dataset takes nothing from other programs. */
	| { readonly kind: 'inbox-closed'; readonly dataset: string }
	/** Waiting in no inbox, or settled meanwhile. */
	| { readonly kind: 'unknown-item'; readonly key: string }
	/** It was not synced yet, so that the edge has nothing of it. */
	| { readonly kind: 'not-on-edge'; readonly dataset: string }
	/** Of a published version as Parquet. */
	| { readonly kind: 'publication-too-large'; readonly sizeBytes: number; readonly limitBytes: number };
