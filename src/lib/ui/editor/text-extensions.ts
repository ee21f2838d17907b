// Everything a document in YAML or Markdown needs in CodeMirror. What belongs to the page is read when it is needed, never captured.
import { closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { markdown } from '@codemirror/lang-markdown';
import { PostgreSQL } from '@codemirror/lang-sql';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, foldGutter, foldKeymap, syntaxHighlighting, type Language } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { searchKeymap } from '@codemirror/search';
import { Prec, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { editorExtensions, verb } from './editor-extensions.ts';

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
	const name = page.language === 'yaml' ? 'YAML' : 'Markdown';
	return [
		Prec.highest(
			keymap.of([
				{ key: 'Mod-s', run: verb(page.save) },
				{ key: 'Mod-z', run: verb(page.undo), shift: verb(page.redo) },
				{ key: 'Mod-y', run: verb(page.redo) }
			])
		),
		editorExtensions({
			label: page.label,
			description: `${name} editor. Tab indents; press Escape, then Tab, to leave. F8 goes to the next problem.`,
			onchange: page.onchange,
			online: page.line
		}),
		foldGutter(),
		lintGutter(),
		page.language === 'yaml' ? yaml() : [markdown({ codeLanguages: fenceLanguage }), EditorView.lineWrapping],
		syntaxHighlighting(keys),
		keymap.of([...closeBracketsKeymap, ...searchKeymap, ...foldKeymap, ...lintKeymap, ...defaultKeymap, indentWithTab])
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
