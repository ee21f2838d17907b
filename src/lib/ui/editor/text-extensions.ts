// Everything a document in YAML or Markdown needs in CodeMirror. What belongs to the page is read when it is needed, never captured.
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { markdown } from '@codemirror/lang-markdown';
import { PostgreSQL } from '@codemirror/lang-sql';
import { yaml } from '@codemirror/lang-yaml';
import {
	HighlightStyle,
	bracketMatching,
	foldGutter,
	foldKeymap,
	indentOnInput,
	indentUnit,
	syntaxHighlighting,
	type Language
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

/** Fences of a Markdown text hold YAML. */
export type TextLanguage = 'yaml' | 'markdown';

export type TextPage = {
	readonly label: () => string;
	readonly language: TextLanguage;
	readonly onchange: (text: string) => void;
	readonly save: () => void;
	readonly undo: () => void;
	readonly redo: () => void;
	readonly line: (line: number) => void;
};

const keys = HighlightStyle.define([
	{ tag: tags.definition(tags.propertyName), color: 'var(--accent)', fontWeight: '500' },
	{ tag: tags.heading, fontWeight: '650' },
	{ tag: tags.strong, fontWeight: '650' },
	{ tag: tags.emphasis, fontStyle: 'italic' },
	{ tag: [tags.monospace, tags.link], color: 'var(--accent)' },
	{ tag: tags.processingInstruction, color: 'var(--text-3)' },
	{ tag: [tags.keyword, tags.operatorKeyword], color: 'var(--accent)', fontWeight: '500' },
	{ tag: tags.string, color: 'var(--measure)' }
]);

export function textExtensions(page: TextPage): Extension {
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
		page.language === 'yaml' ? yaml() : [markdown({ codeLanguages: fenceLanguage }), EditorView.lineWrapping],
		syntaxHighlighting(keys),
		keymap.of([...closeBracketsKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap, ...defaultKeymap, indentWithTab]),
		EditorView.contentAttributes.of(() => ({
			'aria-label': page.label(),
			tabindex: '0',
			'aria-description': `${page.language === 'yaml' ? 'YAML' : 'Markdown'} editor. Tab indents; press Escape, then Tab, to leave. F8 goes to the next problem.`,
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

const yamlFence = yaml();
const sqlFence = PostgreSQL.language;

/** Of the word behind a fence. */
function fenceLanguage(told: string): Language | null {
	const [word = ''] = told.split(/\s+/);
	if (word === 'sql') return sqlFence;
	return ['chart', 'table', 'metric', 'input', 'yaml'].includes(word) ? yamlFence.language : null;
}
