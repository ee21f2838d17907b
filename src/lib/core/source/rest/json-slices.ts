// Parts of a JSON text as they were written, so that numbers keep all their digits. The text was parsed before: it is valid.

export type Slice = { readonly start: number; readonly end: number };
export type Member = Slice & { readonly key: string };

/** The elements of the array at `path`, each in one line; null where there is none. */
export function recordTexts(text: string, path: string): readonly string[] | null {
	const { found } = elementsIn(text, skipSpace(text, 0), path === '' ? [] : path.split('.'));
	if (!found) return null;
	const hasBreaks = /[\r\n]/.test(text);
	return found.map(({ start, end }) => (hasBreaks ? inOneLine(text.slice(start, end)) : text.slice(start, end)));
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

type Elements = {
	/** Null where there is no array at the path. */
	readonly found: readonly Slice[] | null;
	/** Of the value that was looked through. */
	readonly end: number;
};

/** In one pass, which costs more than parsing does: of a name that stands twice the last one counts. */
function elementsIn(text: string, start: number, [name, ...rest]: readonly string[]): Elements {
	const isArray = text[start] === '[';
	if (name === undefined ? !isArray : text[start] !== '{') return { found: null, end: skipValue(text, start) };
	let found: Elements['found'] = null;
	const { members, end } = scan(text, start, (key, at) => {
		if (name === undefined || key !== name) return skipValue(text, at);
		const inside = elementsIn(text, at, rest);
		found = inside.found;
		return inside.end;
	});
	return { found: name === undefined ? members : found, end };
}

/** Of an object or an array; the keys of an array are empty. */
function membersAt(text: string, open: number): readonly Member[] {
	return scan(text, open, (_key, at) => skipValue(text, at)).members;
}

/** `skip` says where a value ends. */
function scan(
	text: string,
	open: number,
	skip: (key: string, at: number) => number
): { readonly members: readonly Member[]; readonly end: number } {
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
		const end = skip(key, at);
		members.push({ key, start: at, end });
		at = skipSpace(text, end);
		if (text[at] === ',') at = skipSpace(text, at + 1);
	}
	return { members, end: at + 1 };
}

const [QUOTE, BACKSLASH, COMMA] = [34, 92, 44];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

function skipValue(text: string, start: number): number {
	const first = text.charCodeAt(start);
	if (first === QUOTE) return skipText(text, start);
	let at = start;
	if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
		while (at < text.length && !endsPlain(text.charCodeAt(at))) at++;
		return at;
	}
	for (let depth = 0; at < text.length;) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) {
			at = skipText(text, at);
			continue;
		}
		at++;
		if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
		else if ((code === CLOSE_OBJECT || code === CLOSE_ARRAY) && --depth === 0) return at;
	}
	return at;
}

/** Of a number, `true`, `false` or `null`. */
function endsPlain(code: number): boolean {
	return code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT || isSpace(code);
}

/** A quote that an odd number of backslashes stands before belongs to the text. */
function skipText(text: string, start: number): number {
	for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
		let slashes = 0;
		while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
		if (slashes % 2 === 0) return at + 1;
	}
	return text.length;
}

function skipSpace(text: string, start: number): number {
	let at = start;
	while (at < text.length && isSpace(text.charCodeAt(at))) at++;
	return at;
}

/** Source: RFC 8259, section 2. */
function isSpace(code: number): boolean {
	return code === 32 || code === 10 || code === 13 || code === 9;
}
