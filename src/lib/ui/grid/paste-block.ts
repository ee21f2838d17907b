// A block of cells as spreadsheets put it on the clipboard: tabs between cells, line ends between rows, quotes where needed.

/** Rows of cells; the last line end ends the last row. An empty text is one empty cell. */
export function parseBlock(text: string): readonly (readonly string[])[] {
	const rows: string[][] = [[]];
	let at = 0;
	while (at <= text.length) {
		const { cell, end } = text[at] === '"' ? quoted(text, at) : plain(text, at);
		rows.at(-1)?.push(cell);
		if (text[end] === '\t') {
			at = end + 1;
			continue;
		}
		const next = text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
		if (next >= text.length) break;
		rows.push([]);
		at = next;
	}
	return rows;
}

type Taken = { readonly cell: string; readonly end: number };

function plain(text: string, start: number): Taken {
	let end = start;
	while (end < text.length && !'\t\n\r'.includes(text[end] ?? '')) end++;
	return { cell: text.slice(start, end), end };
}

/** What only begins with a quote, and has no end of it before the cell's, is taken as it stands. */
function quoted(text: string, start: number): Taken {
	let cell = '';
	for (let at = start + 1; at < text.length; at++) {
		if (text[at] !== '"') cell += text[at] ?? '';
		else if (text[at + 1] === '"') {
			cell += '"';
			at++;
		} else return '\t\n\r'.includes(text[at + 1] ?? '\n') ? { cell, end: at + 1 } : plain(text, start);
	}
	return plain(text, start);
}
