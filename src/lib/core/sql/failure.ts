// What can go wrong with SQL in the engine, as facts; the words are in ui/explain.ts.
import type { VersionCollected } from '../version/store-failure.ts';

export type SqlFailure =
	| {
			readonly kind: 'sql-error';
			/** DuckDB's exception type, such as `Parser`, `Binder`, `Catalog`, `Conversion`. */
			readonly type: string;
			/** DuckDB's message without its position caret. */
			readonly message: string;
			/** 0-based UTF-16 offset into the text that was run, null when the engine gives none. */
			readonly position: number | null;
			/** Names the engine proposes, nearest first. */
			readonly candidates: readonly string[];
	  }
	| { readonly kind: 'unknown-version'; readonly dataset: string; readonly version: string; readonly position: number }
	| VersionCollected
	| { readonly kind: 'damaged-version'; readonly version: string }
	| { readonly kind: 'unbindable-parameter'; readonly index: number; readonly reason: string }
	| { readonly kind: 'out-of-memory' }
	| { readonly kind: 'result-too-large'; readonly limitBytes: number }
	| { readonly kind: 'unknown-result' }
	| { readonly kind: 'cancelled' }
	| { readonly kind: 'engine-crashed'; readonly reason: string };
