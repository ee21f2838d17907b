// Everything a YAML document needs in CodeMirror. What belongs to the page is read when it is needed, never captured.
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import {
	HighlightStyle,
	bracketMatching,
	foldGutter,
	foldKeymap,
	indentOnInput,
	indentUnit,
	syntaxHighlighting
} from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, Prec, type Extension } from '@codemirror/state';
import {
	EditorView,
	drawSelection,
	highlightActiveLine,
	highlightActiveLineGutter,
	highlightSpecialChars,
	keymap,
	lineNumbers,
	tooltips
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { editorLook } from './editor-theme.ts';
import { fromPage } from './sql-extensions.ts';

export type YamlPage = {
	readonly label: () => string;
	readonly onchange: (text: string) => void;
	readonly save: () => void;
	readonly undo: () => void;
	readonly redo: () => void;
	readonly line: (line: number) => void;
};

const keys = HighlightStyle.define([
	{ tag: tags.definition(tags.propertyName), color: 'var(--accent)', fontWeight: '500' }
]);

export function yamlExtensions(page: YamlPage): Extension {
	const verb = (run: () => void) => (): boolean => {
		run();
		return true;
	};
	return [
		Prec.highest(
			keymap.of([
				{ key: 'Mod-s', run: verb(page.save) },
				{ key: 'Mod-z', run: verb(page.undo), shift: verb(page.redo) },
				{ key: 'Mod-y', run: verb(page.redo) }
			])
		),
		lineNumbers(),
		foldGutter(),
		lintGutter(),
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
		yaml(),
		syntaxHighlighting(keys),
		keymap.of([...closeBracketsKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap, ...defaultKeymap, indentWithTab]),
		EditorView.contentAttributes.of(() => ({
			'aria-label': page.label(),
			tabindex: '0',
			'aria-description': 'YAML editor. Tab indents; press Escape, then Tab, to leave. F8 goes to the next problem.',
			spellcheck: 'false',
			autocorrect: 'off',
			autocapitalize: 'off'
		})),
		EditorView.updateListener.of((update) => {
			const isFromPage = update.transactions.some((transaction) => transaction.annotation(fromPage) === true);
			if (update.docChanged && !isFromPage) page.onchange(update.state.sliceDoc());
			if (update.selectionSet && !isFromPage)
				page.line(update.state.doc.lineAt(update.state.selection.main.head).number);
		}),
		editorLook
	];
}
