import { setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { fromPage } from './editor-extensions.ts';
import { lintDiagnostics } from './editor-diagnostics.ts';
import type { EditorDiagnostic } from './editor-props.ts';

/**
 * An editor in a shadow root: there CodeMirror puts its styles into adopted style sheets, which a strict
 * style-src allows, while in a document it writes a style element, which it does not.
 */
export class ShadowEditor {
	/** Null until it is mounted, and after it has gone. */
	view: EditorView | null = null;
	/** The text last told to or by the page. */
	#shared = '';

	/** @returns takes it away again */
	mount(host: HTMLElement, state: EditorState): () => void {
		const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
		this.#shared = state.sliceDoc();
		const view = new EditorView({ root, parent: root, state });
		this.view = view;
		return () => {
			view.destroy();
			this.view = null;
		};
	}

	/** The person changed it to this: the page need not say it again. */
	told(text: string): void {
		this.#shared = text;
	}

	/** Another document takes its place, with its own history. */
	open(state: EditorState): void {
		this.#shared = state.sliceDoc();
		this.view?.setState(state);
	}

	/** What the page has now. Only what differs is changed, so that cursor and scroll position stay. */
	take(text: string): void {
		if (this.view === null || text === this.#shared) return;
		this.#shared = text;
		const before = this.view.state.sliceDoc();
		let from = 0;
		while (from < before.length && before[from] === text[from]) from++;
		let end = before.length;
		let to = text.length;
		while (end > from && to > from && before[end - 1] === text[to - 1]) {
			end--;
			to--;
		}
		this.view.dispatch({
			changes: { from, to: end, insert: text.slice(from, to) },
			annotations: fromPage.of(true)
		});
	}

	mark(diagnostics: readonly EditorDiagnostic[]): void {
		const { view } = this;
		view?.dispatch(setDiagnostics(view.state, lintDiagnostics(view.state, diagnostics)));
	}
}

export function editorState(text: string, extensions: Extension): EditorState {
	return EditorState.create({ doc: text, extensions });
}
