// The editor's looks, from the page's tokens: custom properties reach into the shadow root, style sheets do not.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const theme = EditorView.theme({
	'&': { height: '100%', backgroundColor: 'var(--bg)', color: 'var(--text)', fontSize: '13px' },
	'&.cm-focused': { outline: 'none' },
	'.cm-scroller': {
		fontFamily: 'var(--mono)',
		fontVariantLigatures: 'none',
		lineHeight: '20px',
		overflow: 'auto'
	},
	'.cm-content': { padding: '8px 0 24px', caretColor: 'var(--accent)' },
	'.cm-line': { padding: '0 12px 0 8px' },
	'.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--text-3)', border: 'none', paddingLeft: '6px' },
	'.cm-lineNumbers .cm-gutterElement': { minWidth: '26px', padding: '0 8px 0 0' },
	'.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
	'&.cm-focused .cm-activeLine': { backgroundColor: 'color-mix(in oklab, var(--surface) 80%, transparent)' },
	'.cm-activeLineGutter': { color: 'var(--text)' },
	'.cm-cursor': { borderLeft: '2px solid var(--accent)', marginLeft: '-1px' },
	'.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
		background: 'var(--accent-soft)'
	},
	'.cm-selectionMatch': { backgroundColor: 'color-mix(in oklab, var(--accent) 14%, transparent)' },
	'.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
		backgroundColor: 'transparent',
		outline: '1px solid var(--text-3)',
		borderRadius: '2px'
	},
	'.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': {
		backgroundColor: 'transparent',
		color: 'var(--danger)'
	},
	'.cm-placeholder': { color: 'var(--text-3)' },
	'.cm-lintRange-error': underline('var(--danger)'),
	'.cm-lintRange-warning': underline('var(--warn)'),
	'.cm-lintRange-info': underline('var(--accent)'),
	'.cm-tooltip': {
		border: '1px solid var(--line)',
		borderRadius: 'var(--radius)',
		backgroundColor: 'var(--raised)',
		color: 'var(--text)',
		boxShadow: 'var(--shadow)',
		overflow: 'hidden'
	},
	'.cm-tooltip.cm-tooltip-autocomplete > ul': {
		fontFamily: 'var(--mono)',
		fontSize: '12.5px',
		maxHeight: '260px',
		minWidth: '260px',
		padding: '4px'
	},
	'.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
		display: 'flex',
		gap: '16px',
		justifyContent: 'space-between',
		padding: '2px 8px',
		borderRadius: '5px',
		lineHeight: '20px'
	},
	'.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
		backgroundColor: 'var(--accent-soft)',
		color: 'var(--text)'
	},
	'.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--accent)', fontWeight: '600' },
	'.cm-completionDetail': {
		fontFamily: 'var(--sans)',
		fontStyle: 'normal',
		fontSize: '11px',
		color: 'var(--text-3)',
		marginLeft: '0'
	},
	'.cm-tooltip.cm-completionInfo': { padding: '6px 10px', fontFamily: 'var(--sans)', fontSize: '12px' },
	'.cm-tooltip-lint': { padding: '0' },
	'.cm-diagnostic': {
		padding: '7px 10px 8px',
		borderLeft: '3px solid var(--accent)',
		font: '12.5px/1.45 var(--sans)',
		maxWidth: '520px',
		whiteSpace: 'pre-wrap'
	},
	'.cm-diagnostic-error': { borderLeftColor: 'var(--danger)' },
	'.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
	'.cm-diagnosticText': { display: 'block' },
	'.cm-diagnosticAction': {
		margin: '6px 6px 0 0',
		padding: '3px 9px',
		border: '1px solid var(--line)',
		borderRadius: '5px',
		backgroundColor: 'var(--bg)',
		color: 'var(--text)',
		font: '500 12px/18px var(--sans)',
		cursor: 'pointer'
	},
	'.cm-diagnosticAction:hover': { borderColor: 'var(--accent)' },
	'.cm-panels': {
		backgroundColor: 'var(--surface)',
		color: 'var(--text)',
		font: '12.5px var(--sans)',
		borderColor: 'var(--line)'
	},
	'.cm-panels.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
	'.cm-panel.cm-search': { padding: '8px 28px 8px 10px' },
	'.cm-panel.cm-search label': { fontSize: '12px', color: 'var(--text-2)' },
	'.cm-textfield': {
		height: '26px',
		boxSizing: 'border-box',
		padding: '0 8px',
		border: '1px solid var(--line)',
		borderRadius: '5px',
		backgroundColor: 'var(--bg)',
		color: 'var(--text)',
		font: '12.5px var(--mono)'
	},
	'.cm-button': {
		height: '26px',
		padding: '0 9px',
		border: '1px solid var(--line)',
		borderRadius: '5px',
		background: 'none',
		color: 'var(--text)',
		font: '12px var(--sans)'
	},
	'.cm-panel.cm-search [name=close]': { color: 'var(--text-2)', fontSize: '16px', right: '8px', top: '6px' },
	'.cm-textfield:focus-visible, .cm-button:focus-visible, .cm-diagnosticAction:focus-visible': {
		outline: '2px solid var(--accent)',
		outlineOffset: '0'
	},
	'.cm-searchMatch': { backgroundColor: 'color-mix(in oklab, var(--warn) 28%, transparent)' },
	'.cm-searchMatch.cm-searchMatch-selected': { backgroundColor: 'color-mix(in oklab, var(--warn) 50%, transparent)' }
});

const highlight = HighlightStyle.define([
	{ tag: tags.keyword, color: 'var(--accent)', fontWeight: '500' },
	{ tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
	{ tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
	{ tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
	{ tag: tags.typeName, color: 'var(--text-2)' },
	{ tag: tags.special(tags.name), color: 'var(--text-2)' },
	{ tag: [tags.operator, tags.punctuation], color: 'var(--text-2)' },
	{ tag: tags.standard(tags.name), color: 'var(--text)', fontWeight: '500' }
]);

export const editorLook: Extension = [theme, syntaxHighlighting(highlight)];

/** A wavy line by text decoration: the library's own is a background image in a data URL, with fixed colours. */
function underline(color: string): Readonly<Record<string, string>> {
	return {
		backgroundImage: 'none',
		textDecoration: `underline wavy ${color}`,
		textDecorationSkipInk: 'none',
		textUnderlineOffset: '3px',
		paddingBottom: '0'
	};
}
