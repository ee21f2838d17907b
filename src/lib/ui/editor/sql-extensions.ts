// Everything a SQL document needs in CodeMirror. What belongs to the page is read when it is needed, never captured.
import { autocompletion, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { LanguageSupport } from '@codemirror/language';
import { SQLDialect } from '@codemirror/lang-sql';
import { forEachDiagnostic, lintKeymap, type Diagnostic } from '@codemirror/lint';
import { searchKeymap } from '@codemirror/search';
import { Prec, type Extension } from '@codemirror/state';
import { dropCursor, keymap, rectangularSelection, type EditorView } from '@codemirror/view';
import { KEYWORDS, TYPES } from './duckdb-words.ts';
import { editorExtensions, verb } from './editor-extensions.ts';
import type { CatalogueTable } from './editor-props.ts';
import { sqlCompletion } from './sql-completion.ts';

const duckdb = SQLDialect.define({
	keywords: KEYWORDS,
	types: TYPES,
	operatorChars: '+-*/<>=~!%^&|:',
	specialVar: '@?',
	doubleDollarQuotedStrings: true,
	caseInsensitiveIdentifiers: true
});

export type SqlPage = {
	readonly label: () => string;
	readonly catalogue: () => readonly CatalogueTable[];
	readonly onchange: (text: string) => void;
	readonly run: () => void;
	readonly format: () => void;
	/** False leaves the key to the browser. */
	readonly save: () => boolean;
};

export function sqlExtensions(page: SqlPage): Extension {
	return [
		Prec.highest(
			keymap.of([
				{ key: 'Mod-Enter', run: verb(page.run) },
				{ key: 'Shift-Alt-f', run: verb(page.format) },
				{ key: 'Mod-s', run: page.save },
				{ key: 'Mod-.', run: applyFirstFix }
			])
		),
		editorExtensions({
			label: page.label,
			description:
				'SQL editor. Control or Command with Enter runs the text or the selection. Tab indents; press Escape, then Tab, to leave. Control or Command with a full stop applies the first fix.',
			onchange: page.onchange
		}),
		history(),
		dropCursor(),
		rectangularSelection(),
		new LanguageSupport(duckdb.language),
		autocompletion({ override: [sqlCompletion(page.catalogue)], icons: false, activateOnTypingDelay: 60 }),
		keymap.of([
			...closeBracketsKeymap,
			...completionKeymap,
			...searchKeymap,
			...historyKeymap,
			...lintKeymap,
			...defaultKeymap,
			indentWithTab
		])
	];
}

/** Applies the first fix of the first diagnostic that touches the cursor; without one the key does nothing. */
function applyFirstFix(view: EditorView): boolean {
	const { head } = view.state.selection.main;
	const found: { readonly diagnostic: Diagnostic; readonly from: number; readonly to: number }[] = [];
	forEachDiagnostic(view.state, (diagnostic, from, to) => {
		if (from <= head && head <= to) found.push({ diagnostic, from, to });
	});
	for (const { diagnostic, from, to } of found) {
		const [action] = diagnostic.actions ?? [];
		if (action === undefined) continue;
		action.apply(view, from, to);
		return true;
	}
	return false;
}
