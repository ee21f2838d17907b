// Parts of a JSON text as they were written, so that numbers keep all their digits. The text was parsed before: it is valid.

export type Slice = { readonly start: number; readonly end: number };
export type Member = Slice & { readonly key: string };

/** The elements of the array at `path`, each in one line; null where there is none. */
export function recordTexts(text: string, path: string): readonly string[] | null {
	const at = valueAt(text, path);
	if (at === null || text[at] !== '[') return null;
	return membersAt(text, at).map(({ start, end }) => inOneLine(text.slice(start, end)));
}

/** An object with only these of its members. */
export function onlyMembers(text: string, keep: ReadonlySet<string>): string {
	const members = membersAt(text, skipSpace(text, 0)).filter(({ key }) => keep.has(key));
	return `{${members.map(({ key, start, end }) => `${JSON.stringify(key)}:${text.slice(start, end)}`).join(',')}}`;
}

/** A line break stands only between values: within a text it is escaped. */
export function inOneLine(text: string): string {
	return text.replaceAll(/[\r\n]+/g, ' ').trim();
}

function valueAt(text: string, path: string): number | null {
	let at = skipSpace(text, 0);
	for (const name of path === '' ? [] : path.split('.')) {
		if (text[at] !== '{') return null;
		const member = membersAt(text, at).findLast(({ key }) => key === name);
		if (!member) return null;
		at = member.start;
	}
	return at;
}

/** Of an object or an array; the keys of an array are empty. */
function membersAt(text: string, open: number): readonly Member[] {
	const isObject = text[open] === '{';
	const members: Member[] = [];
	let at = skipSpace(text, open + 1);
	while (at < text.length && text[at] !== ']' && text[at] !== '}') {
		let key = '';
		if (isObject) {
			const end = skipText(text, at);
			key = JSON.parse(text.slice(at, end)) as string;
			at = skipSpace(text, skipSpace(text, end) + 1);
		}
		const end = skipValue(text, at);
		members.push({ key, start: at, end });
		at = skipSpace(text, end);
		if (text[at] === ',') at = skipSpace(text, at + 1);
	}
	return members;
}

function skipValue(text: string, start: number): number {
	const first = text[start];
	if (first === '"') return skipText(text, start);
	if (first !== '{' && first !== '[') {
		const rest = /[,\]}\s]/g;
		rest.lastIndex = start;
		return rest.exec(text)?.index ?? text.length;
	}
	let depth = 0;
	const marks = /["[\]{}]/g;
	marks.lastIndex = start;
	for (let found = marks.exec(text); found; found = marks.exec(text)) {
		if (found[0] === '"') marks.lastIndex = skipText(text, found.index);
		else if (found[0] === '{' || found[0] === '[') depth++;
		else if (--depth === 0) return found.index + 1;
	}
	return text.length;
}

function skipText(text: string, start: number): number {
	let at = start + 1;
	while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
	return at + 1;
}

function skipSpace(text: string, start: number): number {
	let at = start;
	while (at < text.length && /\s/.test(text.charAt(at))) at++;
	return at;
}
