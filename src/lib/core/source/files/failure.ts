// What can go wrong with files as sources, as facts; the words are in ui/explain-files.ts.

export type FilesFailure =
	/** `code` is the store's own word, such as AccessDenied. */
	| {
			readonly kind: 'file-refused';
			readonly source: string;
			readonly file: string;
			readonly status: number;
			readonly code: string | null;
	  }
	| { readonly kind: 'file-unreadable'; readonly source: string; readonly file: string; readonly reason: string }
	/** It has other bytes than when it was listed. */
	| { readonly kind: 'file-changed'; readonly source: string; readonly file: string }
	| { readonly kind: 'no-files'; readonly source: string; readonly pattern: string }
	| { readonly kind: 'files-too-many'; readonly source: string; readonly limit: number }
	| {
			readonly kind: 'file-column';
			readonly file: string;
			readonly column: string;
			readonly columns: readonly string[];
	  };
