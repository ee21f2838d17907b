// A mail as its bytes: RFC 5322 headers and a plain text in base64, in which no line can be taken for a command.

export type Mail = {
	readonly from: string;
	readonly to: readonly string[];
	readonly subject: string;
	readonly text: string;
	readonly id: string;
	readonly atMs: number;
};

/** Fails: throws for a line break in a header, which the contract keeps out. */
export function messageOf({ from, to, subject, text, id, atMs }: Mail): string {
	const domain = from.split('@').at(-1) ?? 'localhost';
	const headers = [
		['Date', new Date(atMs).toUTCString().replace('GMT', '+0000')],
		['From', `Weir <${from}>`],
		['To', to.join(', ')],
		['Subject', encodedWords(subject)],
		['Message-ID', `<${id}@${domain}>`],
		['Auto-Submitted', 'auto-generated'],
		['MIME-Version', '1.0'],
		['Content-Type', 'text/plain; charset=utf-8'],
		['Content-Transfer-Encoding', 'base64']
	];
	const lines = headers.map(([name, value]) => `${name}: ${unbroken(value ?? '', name === 'Subject')}`);
	return [...lines, '', ...inLines(base64(text.replace(/\r?\n/g, '\r\n')), 76), ''].join('\r\n');
}

function unbroken(value: string, isFolded: boolean): string {
	const plain = isFolded ? value.replaceAll('\r\n ', ' ') : value;
	if (/[^\x20-\x7e]/.test(plain)) throw new Error('a header holds what it may not');
	return value;
}

/**
 * Words of at most 75 characters, folded.
 *
 * Source: RFC 2047, "Encoded-words".
 */
function encodedWords(text: string): string {
	if (/^[\x20-\x7e]{0,60}$/.test(text) && !text.includes('=?')) return text;
	const words: string[] = [];
	let word = '';
	for (const character of text) {
		if (new TextEncoder().encode(word + character).length > 42) {
			words.push(word);
			word = '';
		}
		word += character;
	}
	return [...words, word].map((one) => `=?utf-8?B?${base64(one)}?=`).join('\r\n ');
}

function base64(text: string): string {
	return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

function inLines(text: string, length: number): readonly string[] {
	return text.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
}
