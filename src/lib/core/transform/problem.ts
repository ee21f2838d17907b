// What can be wrong with a recipe, and where in its text; the words are in ui/explain-recipe.ts.

export type Path = readonly (string | number)[];

export type Place = {
	/** 1-based, as people count. */
	readonly line: number;
	readonly column: number;
	/** 0-based UTF-16 offsets, `to` exclusive. */
	readonly from: number;
	readonly to: number;
	/** The step's place in the list, from 0; null where it is no step's. */
	readonly step: number | null;
};

export type ProblemFacts =
	| { readonly what: 'yaml'; readonly reason: string }
	| {
			readonly what: 'unknown-key';
			readonly key: string;
			readonly nearest: string | null;
			readonly known: readonly string[];
	  }
	| { readonly what: 'missing-key'; readonly key: string }
	| { readonly what: 'wrong-value'; readonly expected: string; readonly found: string }
	| { readonly what: 'no-kind'; readonly known: readonly string[] }
	| { readonly what: 'two-kinds'; readonly kinds: readonly string[] }
	| { readonly what: 'choose-one'; readonly keys: readonly string[] }
	| { readonly what: 'needs'; readonly key: string; readonly because: string }
	| { readonly what: 'expression'; readonly reason: 'empty' | 'unbalanced' | 'semicolon' }
	| { readonly what: 'unknown-dataset'; readonly name: string; readonly nearest: string | null }
	| { readonly what: 'unknown-version'; readonly name: string; readonly version: string }
	| { readonly what: 'unknown-column'; readonly name: string; readonly nearest: string | null }
	| { readonly what: 'column-taken'; readonly name: string }
	| { readonly what: 'step-name-taken'; readonly name: string }
	| { readonly what: 'wrong-type'; readonly name: string; readonly type: string; readonly expected: string }
	/** What the engine says of SQL, its position moved into the text. */
	| { readonly what: 'sql'; readonly type: string; readonly message: string; readonly candidates: readonly string[] };

export type Problem = Place & ProblemFacts;

/** In order of their places; at least one. */
export type RecipeProblems = { readonly kind: 'recipe-problems'; readonly problems: readonly Problem[] };

/** A problem of a value, wherever it stands in a text. */
export type Finding = { readonly path: Path; readonly offset?: number | undefined } & ProblemFacts;
