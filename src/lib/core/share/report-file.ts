// A report as one HTML file that opens from disk: the script and styles that draw it, and its bundle as base64url. Its own policy lets it
// ask for nothing, and nothing in it is markup but what stands here.
import { toBase64Url } from '../base64url.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What draws it, as the build made it: no text of it ends the element that it stands in. */
export type ReportFileParts = {
	readonly script: string;
	readonly style: string;
	/** SHA-256 of each, base64, as a Content-Security-Policy names it. */
	readonly scriptHash: string;
	readonly styleHash: string;
};

/** The element that holds the bundle. */
export const BUNDLE_ELEMENT = 'bundle';

export function writeReportFile(parts: ReportFileParts, { title, bundle }: { title: string; bundle: Bytes }): string {
	// Letters, digits, - and _ alone: it can end no element.
	const packed = toBase64Url(bundle);
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(parts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${asText(title)}</title>
<style>${parts.style}</style>
</head>
<body>
<noscript>This report needs JavaScript, which this program does not run.</noscript>
<div id="app"></div>
<script type="text/plain" id="${BUNDLE_ELEMENT}">${packed}</script>
<script type="module">${parts.script}</script>
</body>
</html>
`;
}

/** A name that every system takes. */
export function reportFileName(title: string): string {
	const name = title
		.normalize('NFKC')
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.slice(0, 80)
		.replace(/^-+|-+$/g, '');
	return `${name === '' ? 'report' : name}.html`;
}

/** Pictures are those that the page draws of itself, fonts those in its styles. */
function policyOf({ scriptHash, styleHash }: ReportFileParts): string {
	return [
		"default-src 'none'",
		`script-src 'sha256-${scriptHash}'`,
		`style-src 'sha256-${styleHash}'`,
		'img-src data: blob:',
		'font-src data:',
		"base-uri 'none'",
		"form-action 'none'",
		"require-trusted-types-for 'script'",
		'trusted-types svelte-trusted-html'
	].join('; ');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function asText(text: string): string {
	return text.replace(/[&<>"]/g, (letter) => entities[letter] ?? letter);
}
