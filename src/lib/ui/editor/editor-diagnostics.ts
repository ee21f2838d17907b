// The page's diagnostics as CodeMirror's: ranges kept inside the text, fixes as actions.
import type { Diagnostic } from '@codemirror/lint';
import type { EditorState } from '@codemirror/state';
import type { EditorDiagnostic } from './editor-props.ts';

export function lintDiagnostics(state: EditorState, diagnostics: readonly EditorDiagnostic[]): readonly Diagnostic[] {
	return diagnostics.map((diagnostic) => ({
		...markedRange(state, diagnostic),
		severity: diagnostic.severity,
		message: diagnostic.message,
		actions: diagnostic.fixes.map(({ label, replacement }) => ({
			name: label,
			apply: (view, from, to) => {
				view.dispatch({
					changes: { from, to, insert: replacement },
					selection: { anchor: from + replacement.length },
					userEvent: 'input.fix'
				});
				view.focus();
			}
		}))
	}));
}

/** An empty range becomes the word it touches, or one character. */
function markedRange(
	state: EditorState,
	{ from, to }: EditorDiagnostic
): { readonly from: number; readonly to: number } {
	const end = state.doc.length;
	const start = Math.max(0, Math.min(from, end));
	const stop = Math.max(start, Math.min(to, end));
	if (stop > start) return { from: start, to: stop };
	const word = state.wordAt(start);
	if (word !== null) return { from: word.from, to: word.to };
	return start < end ? { from: start, to: start + 1 } : { from: Math.max(0, end - 1), to: end };
}
