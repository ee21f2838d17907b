// The foot of every printed page: what it is of and when that was, and which page. Its words stand in a sheet of rules, since no element
// is repeated on every page.
import type { Attachment } from 'svelte/attachments';

/** Long ones would run into the number of the page. */
const WORDS_MAX = 110;

/** While the node is there; a dashboard lies on its side. */
export function pageFoot(words: string, isWide: boolean): Attachment {
	return () => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(pageRules(words, isWide));
		document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
		return () => {
			document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
		};
	};
}

export function pageRules(words: string, isWide: boolean): string {
	const shown = words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX)}…` : words;
	const look =
		"font: 8pt 'Inter Variable', system-ui, sans-serif; color: #5b6d76; vertical-align: top; padding-top: 4mm";
	return `@page {
	${isWide ? 'size: landscape;' : ''}
	margin: 14mm 14mm 18mm;
	@bottom-left { content: ${cssText(shown)}; width: 82%; text-align: left; ${look} }
	@bottom-right { content: counter(page) ' / ' counter(pages); ${look} }
}`;
}

/** Letter by letter as its number, so that no text of a report is read as a rule. */
function cssText(text: string): string {
	return `'${text.replace(/[^\p{L}\p{N} .,:]/gu, (letter) => `\\${(letter.codePointAt(0) ?? 32).toString(16)} `)}'`;
}
