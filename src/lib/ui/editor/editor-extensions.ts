// What every editor of Weir has in CodeMirror, whatever it edits. What belongs to the page is read when it is needed, never captured.
import { closeBrackets } from '@codemirror/autocomplete';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, search } from '@codemirror/search';
import { Annotation, EditorState, type Extension } from '@codemirror/state';
import {
	EditorView,
	drawSelection,
	highlightActiveLine,
	highlightActiveLineGutter,
	highlightSpecialChars,
	lineNumbers,
	tooltips
} from '@codemirror/view';
import { editorLook } from './editor-theme.ts';

/** Marks a change that came from the page, so that it is not told back to it. */
export const fromPage = Annotation.define<true>();

export type EditorPage = {
	readonly label: () => string;
	/** What it edits, and its keys, for who does not see it. */
	readonly description: string;
	readonly onchange: (text: string) => void;
	/** Where the cursor is now, 1-based. */
	readonly online?: (line: number) => void;
};

export function editorExtensions({ label, description, onchange, online }: EditorPage): Extension {
	return [
		lineNumbers(),
		highlightActiveLineGutter(),
		highlightActiveLine(),
		highlightSpecialChars(),
		drawSelection(),
		EditorState.allowMultipleSelections.of(true),
		EditorState.tabSize.of(2),
		indentUnit.of('  '),
		indentOnInput(),
		bracketMatching(),
		closeBrackets(),
		search(),
		highlightSelectionMatches(),
		tooltips({ position: 'fixed' }),
		EditorView.contentAttributes.of(() => ({
			'aria-label': label(),
			tabindex: '0',
			'aria-description': description,
			spellcheck: 'false',
			autocorrect: 'off',
			autocapitalize: 'off'
		})),
		EditorView.updateListener.of(({ transactions, docChanged, selectionSet, state }) => {
			if (transactions.some((transaction) => transaction.annotation(fromPage) === true)) return;
			if (docChanged) onchange(state.sliceDoc());
			if (selectionSet) online?.(state.doc.lineAt(state.selection.main.head).number);
		}),
		editorLook
	];
}

/** A key's command that has always done something. */
export function verb(run: () => void): () => boolean {
	return () => {
		run();
		return true;
	};
}
