// What a page gives the SQL editor and hears from it.
import type { Column } from '#core/version/version.ts';

/** One dataset as completion sees it; `versions` are the names after `@`, such as `v1`. */
export type CatalogueTable = {
	readonly name: string;
	readonly columns: readonly Column[];
	readonly versions: readonly string[];
};

/** A quick fix writes `replacement` over the diagnostic's range. */
export type EditorFix = { readonly label: string; readonly replacement: string };

/** 0-based UTF-16 offsets into `text`, `to` exclusive; an empty range marks the word at `from`. */
export type EditorDiagnostic = {
	readonly from: number;
	readonly to: number;
	readonly message: string;
	readonly severity: 'error' | 'warning' | 'info';
	readonly fixes: readonly EditorFix[];
};

export type SqlEditorProps = {
	readonly label: string;
	readonly text: string;
	readonly onchange: (text: string) => void;
	/** Names the document: each has its own undo history, selection and scroll position. Default: one document. */
	readonly key?: string;
	readonly catalogue: readonly CatalogueTable[];
	/** Belong to the current text; the editor moves them along with edits and drops those whose range is edited. */
	readonly diagnostics: readonly EditorDiagnostic[];
	/** The whole text, or the selected part and where it starts. */
	readonly onrun: (text: string, offset: number) => void;
	readonly onsave?: () => void;
	/** Shift+Alt+F; without it the editor formats its text itself. */
	readonly onformat?: () => void;
};

/** What `bind:this` on SqlEditor offers. */
export type SqlEditorHandle = {
	focus(): void;
	/** Calls `onrun` as Ctrl/⌘+Enter does. */
	run(): void;
	/** Formats the text as one undoable change; false when it could not be parsed. */
	format(): Promise<boolean>;
	/** Replaces the selection, as typing would. */
	insert(text: string): void;
};
