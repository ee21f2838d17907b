// What `window.weir` offers for documents, and for recipes, which are some of them.
import type { Document, DocumentKind } from '../core/document/document.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Column } from '../core/version/version.ts';
import type { Answer } from './console-answer.ts';
import type { PlanRecipeFailure } from './plan-recipe.ts';
import type { RunRecipeFailure } from './run-recipe.ts';

export type DocumentVersionFacts = {
	readonly version: string;
	/** `v1` is the oldest. */
	readonly number: number;
	readonly text: string;
	readonly message: string;
	readonly createdAtMs: number;
};

export type DocumentFacts = Pick<Document, 'kind' | 'name'> & DocumentVersionFacts & { readonly versionCount: number };

type DocumentSaved = Pick<Document, 'kind' | 'name'> & {
	readonly version: string;
	/** False when the text was there already: then no version was made. */
	readonly isChanged: boolean;
};

/** What a recipe would do, as far as is known without its rows. */
export type RecipeFacts = {
	readonly sql: string;
	readonly inputColumns: readonly Column[];
	/** Of its output. */
	readonly columns: readonly Column[];
	/** Enabled steps with their names in the SQL, and the columns after them. */
	readonly steps: readonly { readonly index: number; readonly name: string; readonly columns: readonly Column[] }[];
};

export type DocumentConsole = {
	/** Keeps a text as a new document, or as the next version of the one with that name. */
	saveDocument(
		kind: DocumentKind,
		name: string,
		text: string,
		options?: { readonly message?: string }
	): Answer<DocumentSaved, StoreFailure>;
	/** Checks a recipe, given by its name or its text, against the datasets it reads; nothing is run. */
	checkRecipe(nameOrText: string): Answer<RecipeFacts, PlanRecipeFailure>;
	/** A recipe as one SELECT; with functions between the parts of it, where steps are such. */
	recipeSql(nameOrText: string): Answer<string, PlanRecipeFailure>;
	/** Keeps the rows of a recipe as a dataset; `replace` makes them the next version of an existing one. */
	runRecipe(
		nameOrText: string,
		options?: {
			/** Left out, what the recipe says. */
			readonly output?: string;
			readonly replace?: boolean;
			readonly message?: string;
			readonly signal?: AbortSignal;
		}
	): Answer<
		{
			readonly dataset: string;
			readonly version: string;
			readonly rowCount: number;
			readonly rejectCount: number;
		},
		RunRecipeFailure
	>;
	/** Newest texts, by kind and name. */
	documents(kind?: DocumentKind): Answer<readonly DocumentFacts[], StoreFailure>;
	/** `at` is `v2`, the start of an id, or a time. */
	document(kind: DocumentKind, name: string, at?: string): Answer<DocumentFacts, StoreFailure>;
	/** Oldest first. */
	documentHistory(kind: DocumentKind, name: string): Answer<readonly DocumentVersionFacts[], StoreFailure>;
	/** A new version with the text of an older one. */
	restoreDocument(kind: DocumentKind, name: string, at: string): Answer<DocumentSaved, StoreFailure>;
	renameDocument(
		kind: DocumentKind,
		name: string,
		to: string
	): Answer<{ readonly kind: string; readonly name: string }, StoreFailure>;
	/** `undo` brings it back. */
	removeDocument(
		kind: DocumentKind,
		name: string
	): Answer<{ readonly kind: string; readonly name: string }, StoreFailure>;
};
