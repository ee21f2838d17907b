// What storage can answer besides success.

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
	/** Somebody else changed the dataset since it was read. */
	| { readonly kind: 'moved'; readonly name: string }
	| { readonly kind: 'nothing-to-undo' }
	| { readonly kind: 'nothing-to-redo' }
	| { readonly kind: 'storage-unavailable'; readonly reason: string };
