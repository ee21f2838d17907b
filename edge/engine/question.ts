// What the edge asks its engine Worker, and what that answers. Types only: the main Worker imports nothing else of it.

export type EngineQuestion = {
	/** One statement that reads, with numbered parameters `$1`…, each a text or NULL that the SQL casts. */
	readonly sql: string;
	readonly params: readonly (string | null)[];
	/** What the SQL calls them, and where in R2 their Parquet lies. */
	readonly tables: readonly { readonly name: string; readonly key: string; readonly bytes: number }[];
	readonly timeZone: string;
	/** Rows to leave out at the beginning, and to answer at most; with `take` 0 the columns alone are answered. */
	readonly skip: number;
	readonly take: number;
};

export type EngineColumn = {
	readonly name: string;
	/** As DuckDB's DESCRIBE tells it. */
	readonly type: string;
};

export type EngineAnswer =
	| {
			readonly kind: 'rows';
			/** An Arrow stream. */
			readonly arrow: Uint8Array<ArrayBuffer>;
			readonly columns: readonly EngineColumn[];
			readonly isMore: boolean;
	  }
	/** The position is in the SQL, 0-based, where the engine tells it. */
	| { readonly kind: 'refused'; readonly message: string; readonly position: number | null }
	| {
			readonly kind: 'too-large';
			readonly of: 'input' | 'memory' | 'answer';
			readonly limitBytes: number;
			readonly bytes: number | null;
	  }
	| { readonly kind: 'too-long'; readonly limitSeconds: number }
	| { readonly kind: 'missing'; readonly table: string }
	/** Too many wait already. */
	| { readonly kind: 'busy' };

/** What the binding `ENGINE` offers. */
export interface Engine {
	ask(question: EngineQuestion): Promise<EngineAnswer>;
}
