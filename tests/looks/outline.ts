// What stands in a part of the page, as lines that can be read and compared: each text, each control, each mark with where it is drawn.
const SVG = 'http://www.w3.org/2000/svg';
/** Of a table; how many there are is told too. */
const ROWS_TOLD = 4;
/** Marks a line holds. */
const MARKS_A_LINE = 12;
/** Characters of a path that are told; of a longer one so many, and a number made of all. */
const PATH_TOLD = 60;
/** Of paths that stand in a row. */
const PATHS_TOLD = 12;

const spoken = ['role', 'aria-label', 'aria-valuetext'];
const looks = ['class', 'stroke', 'stroke-dasharray', 'style', 'text-anchor'];

/** Places are whole pixels, so that how letters measure on another machine does not matter. */
export function outline(part: Element): string {
	return [...part.children].flatMap((child) => linesOf(child, 0)).join('\n');
}

function linesOf(element: Element, depth: number): readonly string[] {
	if (element.classList.contains('lucide')) return [];
	if (element.namespaceURI === SVG) return drawnLines([element], depth);
	const text = ownText(element);
	const attributes = attributesOf(element, spoken);
	const says = text !== '' || attributes.length > 0 || element.localName === 'figure';
	const line = says ? [indent(depth, [element.localName, ...attributes, quoted(text)])] : [];
	const children = [...element.children];
	const shown = element.localName === 'tbody' ? children.slice(0, ROWS_TOLD) : children;
	const inner = shown.flatMap((child) => linesOf(child, depth + (says ? 1 : 0)));
	const more = shown.length < children.length ? [indent(depth, [`${children.length} rows`])] : [];
	return [...line, ...inner, ...more];
}

/** Marks that differ in place and colour only are told together. */
function drawnLines(elements: readonly Element[], depth: number): readonly string[] {
	const lines: string[] = [];
	for (let at = 0; at < elements.length;) {
		const first = elements[at];
		if (!first) break;
		let end = at + 1;
		while (end < elements.length && areAlike(first, elements[end])) end++;
		lines.push(...(first.children.length > 0 ? groupLines(first, depth) : markLines(elements.slice(at, end), depth)));
		at = end;
	}
	return lines;
}

function groupLines(group: Element, depth: number): readonly string[] {
	const isText = group.localName === 'text';
	const head = [group.localName, ...attributesOf(group, [...looks, 'fill']), placeOf(group)];
	if (isText) return [indent(depth, [...head, quoted(textsOf(group))])];
	return [indent(depth, head), ...drawnLines([...group.children], depth + 1)];
}

function markLines(marks: readonly Element[], depth: number): readonly string[] {
	const [first] = marks;
	if (!first) return [];
	const fills = marks.map(colourOf);
	const areFilledAlike = new Set(fills).size === 1;
	const head = [first.localName, ...attributesOf(first, areFilledAlike ? [...looks, 'fill'] : looks)];
	const told = marks.map((mark, at) =>
		[
			placeOf(mark, marks.length > 1 ? PATHS_TOLD : PATH_TOLD),
			areFilledAlike ? '' : (fills[at] ?? ''),
			quoted(ownText(mark))
		]
			.filter((one) => one !== '')
			.join(' ')
	);
	if (marks.length === 1) return [indent(depth, [...head, told[0] ?? ''])];
	const many = first.localName === 'text' ? 1 : MARKS_A_LINE;
	return [
		indent(depth, [...head, `× ${marks.length}`]),
		...Array.from({ length: Math.ceil(told.length / many) }, (_, line) =>
			indent(depth + 1, [told.slice(line * many, line * many + many).join(' | ')])
		)
	];
}

function areAlike(one: Element, other: Element | undefined): boolean {
	return (
		other?.localName === one.localName &&
		one.children.length === 0 &&
		other.children.length === 0 &&
		attributesOf(one, looks).join() === attributesOf(other, looks).join()
	);
}

function attributesOf(element: Element, names: readonly string[]): readonly string[] {
	return names.flatMap((name) => {
		const value = (element.getAttribute(name) ?? '').replaceAll(/\bs(velte)?-[\w-]+/g, '').trim();
		return value === '' ? [] : [`${name}="${value}"`];
	});
}

/** As people write places: a box is `left,top width×height`, a line `from→to`, a circle `middle r`. */
function placeOf(mark: Element, pathTold = PATH_TOLD): string {
	const at = (name: string): string | null => {
		const value = mark.getAttribute(name);
		return value === null || value.endsWith('em') ? null : rounded(value);
	};
	const pair = (x: string, y: string): string => {
		const [across, down] = [at(x), at(y)];
		return across === null && down === null ? '' : `${across ?? '0'},${down ?? '0'}`;
	};
	const told = [at('transform'), pair('x', 'y'), pair('cx', 'cy')];
	if (mark.localName === 'line') told.push(`${pair('x1', 'y1')}→${pair('x2', 'y2')}`);
	if (at('r') !== null) told.push(`r${at('r')}`);
	if (at('width') !== null) told.push(`${at('width')}×${at('height')}`);
	const path = rounded(mark.getAttribute('d') ?? '');
	told.push(path.length <= pathTold ? path : `${path.slice(0, pathTold)}… #${sumOf(path)}`);
	return told.filter((one) => one !== null && one !== '').join(' ');
}

/** A mixture of two tokens is told as how much there is of the first. */
function colourOf(mark: Element): string {
	return (mark.getAttribute('fill') ?? '').replace(/^color-mix\(in oklab, var\((--[\w-]+)\) (\d+)%.*$/, '$1 $2%');
}

/** A number with a fraction is told as the next whole one. */
function rounded(text: string): string {
	return text.replaceAll(/-?\d*\.\d+(e-?\d+)?/g, (number) => String(Math.round(Number(number)) + 0));
}

/** Another for another text, nearly always. */
function sumOf(text: string): string {
	let sum = 7;
	for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 4_294_967_291;
	return sum.toString(36);
}

function ownText(element: Element): string {
	return [...element.childNodes]
		.filter((node) => node.nodeType === Node.TEXT_NODE)
		.map((node) => node.textContent?.trim() ?? '')
		.filter((part) => part !== '')
		.join(' ');
}

function textsOf(element: Element): string {
	return [ownText(element), ...[...element.children].map((child) => child.textContent ?? '')]
		.filter((part) => part !== '')
		.join(' / ');
}

function quoted(text: string): string {
	return text === '' ? '' : JSON.stringify(text);
}

function indent(depth: number, parts: readonly string[]): string {
	return `${'  '.repeat(depth)}${parts.filter((part) => part !== '').join(' ')}`;
}
