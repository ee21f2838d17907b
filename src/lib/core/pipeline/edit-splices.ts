// Where in the text a step or a key stands, and what to put there instead: pieces of text, never the whole.
import { isCollection, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { flowText, indented, itemText, pairText, type Plain } from './edit-values.ts';

export type Splice = { readonly from: number; readonly to: number; readonly insert: string };

/** A new item at a place of a list. */
export function addItem(text: string, list: YAMLSeq, at: number, value: Plain): Splice | null {
	if (list.flow === true || list.items.length === 0) return addInBrackets(text, list, at, flowText(value));
	const before = at > 0 ? list.items[at - 1] : undefined;
	const first = list.items[0];
	if (!isNode(first)) return null;
	const indent = ' '.repeat(columnOf(text, dashOf(text, list, 0)));
	const lines = indented(itemText(value), indent, true);
	if (!isNode(before)) return insertLines(text, lineStart(text, dashOf(text, list, 0)), lines);
	return insertLines(text, lineEnd(text, endOf(before)), lines);
}

/** A new list with one item, behind all other keys. */
export function addList(text: string, map: YAMLMap, key: string, value: Plain): Splice | null {
	const last = map.items.at(-1);
	if (map.flow === true) return addInBrackets(text, map, map.items.length, `${key}: [${flowText(value)}]`);
	if (!last) return null;
	return insertLines(text, lineEnd(text, endOf(last)), `${key}:\n${indented(itemText(value), '  ', true)}`);
}

/** With the comment lines right above it, which are about it. */
export function removeItem(text: string, list: YAMLSeq, at: number): Splice | null {
	const item = list.items[at];
	if (!isNode(item)) return null;
	if (list.items.length === 1) return null;
	if (list.flow === true) return removeFromBrackets(text, list.items as readonly Node[], at);
	const dash = dashOf(text, list, at);
	const before = list.items[at - 1];
	const least = isNode(before) ? lineEnd(text, endOf(before)) : 0;
	return removeLines(
		text,
		withComments(text, lineStart(text, dash), columnOf(text, dash), least),
		lineEnd(text, endOf(item))
	);
}

/** A key's value, where it is; otherwise a new key behind the first of `after` that is there, or behind the last. */
export function setKey(
	text: string,
	map: YAMLMap,
	{ key, value, after }: { readonly key: string; readonly value: Plain; readonly after: readonly string[] }
): Splice | null {
	const pair = pairOf(map, key);
	if (pair) return setValue(text, map, pair, key, value);
	const behind = after.map((one) => pairOf(map, one)).find((one) => one !== undefined) ?? map.items.at(-1);
	if (map.flow === true) {
		const at = behind ? map.items.indexOf(behind) + 1 : 0;
		return addInBrackets(text, map, at, `${key}: ${flowText(value)}`);
	}
	if (!behind || !isNode(behind.key)) return null;
	const indent = ' '.repeat(columnOf(text, startOf(behind.key)));
	return insertLines(text, lineEnd(text, endOf(behind)), indented(pairText(key, value), indent, true));
}

export function removeKey(text: string, map: YAMLMap, key: string): Splice | null {
	const pair = pairOf(map, key);
	const at = pair ? map.items.indexOf(pair) : -1;
	if (!pair || !isNode(pair.key) || map.items.length === 1) return null;
	if (map.flow === true) return removeFromBrackets(text, map.items, at);
	const from = startOf(pair.key);
	const next = map.items[at + 1];
	// The first one stands behind the dash: the next takes its place.
	const isBehindDash = text.slice(lineStart(text, from), from).trim() !== '';
	if (isBehindDash) return next && isNode(next.key) ? { from, to: startOf(next.key), insert: '' } : null;
	return removeLines(text, lineStart(text, from), lineEnd(text, endOf(pair)));
}

function setValue(text: string, map: YAMLMap, pair: Pair, key: string, value: Plain): Splice | null {
	const node = pair.value;
	if (!isNode(pair.key) || !isNode(node)) return null;
	const from = startOf(node);
	const isFlow = map.flow === true;
	const isList = isSeq(node) && Array.isArray(value) && node.items.every(isScalar);
	if (isList) {
		const change = changeOfList(text, node, value as readonly Plain[]);
		if (change) return change;
	}
	const isPlainFlow = isFlow || (isCollection(node) && node.flow === true);
	if (isPlainFlow) return { from, to: endOf(node), insert: flowText(value) };
	const isQuoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
	if (isQuoted && typeof value === 'string' && !value.includes('\n'))
		return { from, to: endOf(node), insert: quoted(value, node.type === 'QUOTE_SINGLE') };
	const isWord = isScalar(node) && !isBlock(node) && (typeof value !== 'object' || value === null);
	const start = startOf(pair.key);
	const lines = indented(pairText(key, value), ' '.repeat(columnOf(text, start)), false);
	const to = endOf(node);
	if (isWord && !lines.includes('\n')) {
		const word = lines.slice(key.length + 2);
		return { from, to, insert: from === to ? ` ${word}` : word };
	}
	const [first = '', ...rest] = lines.split('\n');
	const { comment, end } = commentOn(text, node);
	const written = native(text, [first + comment, ...rest].join('\n'));
	return { from: start, to: end, insert: written + (text[end - 1] === '\n' ? newline(text) : '') };
}

/** What is said beside a value, or beside the header of a block; and where both end. */
function commentOn(text: string, node: Node): { readonly comment: string; readonly end: number } {
	const to = endOf(node);
	const isHeaded = isBlock(node);
	const line = text.slice(isHeaded ? startOf(node) : to, lineEnd(text, isHeaded ? startOf(node) + 1 : to));
	const found = (isHeaded ? /^[|>][-+0-9]*([ \t]+#[^\r\n]*)/ : /^([ \t]+#[^\r\n]*)/).exec(line)?.[1] ?? '';
	return { comment: found, end: isHeaded || found === '' ? to : to + found.length };
}

/** One item more or less, so that the others keep their look; null when more than that changed. */
function changeOfList(text: string, list: YAMLSeq, value: readonly Plain[]): Splice | null {
	const old = list.items.map((item) => (isScalar(item) ? item.value : undefined));
	const at = old.findIndex((item, index) => item !== value[index]);
	if (value.length === old.length + 1 && at < 0) return addItem(text, list, old.length, value.at(-1) ?? null);
	if (value.length === old.length) {
		const changed = old.flatMap((item, index) => (item === value[index] ? [] : [index]));
		const node = list.items[changed[0] ?? -1];
		if (changed.length !== 1 || !isNode(node)) return null;
		return { from: startOf(node), to: endOf(node), insert: flowText(value[changed[0] ?? 0] ?? null) };
	}
	const isOneLess =
		value.length === old.length - 1 && old.toSpliced(at, 1).every((item, index) => item === value[index]);
	return isOneLess && value.length > 0 ? removeItem(text, list, at) : null;
}

function addInBrackets(text: string, holder: YAMLMap | YAMLSeq, at: number, member: string): Splice | null {
	const before = at > 0 ? holder.items[at - 1] : undefined;
	if (isMember(before)) {
		const from = endOf(before);
		return { from, to: from, insert: `, ${member}` };
	}
	const first = holder.items[0];
	if (isMember(first)) {
		const from = startOf(first);
		return { from, to: from, insert: `${member}, ` };
	}
	const [from = 0, to = 0] = holder.range ?? [];
	const isList = isSeq(holder);
	if (!/^[[{]/.test(text.slice(from, to))) return null;
	return { from, to, insert: isList ? `[${member}]` : `{ ${member} }` };
}

function removeFromBrackets(text: string, members: readonly (Node | Pair)[], at: number): Splice | null {
	const [before, member, next] = [members[at - 1], members[at], members[at + 1]];
	if (!member) return null;
	// A comment behind the one before is about that one.
	const isTold = before !== undefined && text.slice(endOf(before), startOf(member)).includes('#');
	if (before && !isTold) return { from: endOf(before), to: endOf(member), insert: '' };
	return { from: startOf(member), to: next ? startOf(next) : endOf(member), insert: '' };
}

function insertLines(text: string, at: number, lines: string): Splice {
	const end = newline(text);
	const written = native(text, lines);
	// The text ends without a line break, and goes on doing so.
	const isOpenEnd = at === text.length && !text.endsWith('\n') && text !== '';
	return { from: at, to: at, insert: isOpenEnd ? end + written : written + end };
}

function removeLines(text: string, from: number, to: number): Splice {
	const isOpenEnd = to === text.length && !text.endsWith('\n');
	const breakAt = text.slice(0, from).endsWith('\r\n') ? from - 2 : from - 1;
	return isOpenEnd && from > 0 ? { from: breakAt, to, insert: '' } : { from, to, insert: '' };
}

/** Comment lines of the same column that stand right above, not before `least`. */
function withComments(text: string, from: number, column: number, least: number): number {
	let start = from;
	while (start > least) {
		const above = lineStart(text, start - 1);
		const line = text.slice(above, start);
		if (above < least || line.search(/\S/) !== column || line[column] !== '#') break;
		start = above;
	}
	return start;
}

function dashOf(text: string, list: YAMLSeq, at: number): number {
	const token = list.srcToken;
	const item = token && 'items' in token ? token.items[at] : undefined;
	const dash = item?.start.find((one) => one.type === 'seq-item-ind');
	const node = list.items[at];
	return dash?.offset ?? (isNode(node) ? text.lastIndexOf('-', startOf(node)) : 0);
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
	return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function startOf(member: Node | Pair): number {
	if (isPair(member)) return isNode(member.key) ? startOf(member.key) : 0;
	return member.range?.[0] ?? 0;
}

/** Behind the last character of it; of a block, of its last member. */
function endOf(member: Node | Pair): number {
	if (isPair(member)) {
		if (isNode(member.value)) return Math.max(endOf(member.value), isNode(member.key) ? endOf(member.key) : 0);
		return isNode(member.key) ? endOf(member.key) + 1 : 0;
	}
	if (isCollection(member) && member.flow !== true) {
		const last = member.items.at(-1);
		if (isMember(last)) return endOf(last);
	}
	return member.range?.[1] ?? 0;
}

function isBlock(node: Node): boolean {
	return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
}

function lineStart(text: string, at: number): number {
	return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the next line begins. */
function lineEnd(text: string, at: number): number {
	if (at > 0 && text[at - 1] === '\n') return at;
	const end = text.indexOf('\n', at);
	return end < 0 ? text.length : end + 1;
}

function columnOf(text: string, at: number): number {
	return at - lineStart(text, at);
}

function newline(text: string): string {
	return text.includes('\r\n') ? '\r\n' : '\n';
}

function native(text: string, lines: string): string {
	return newline(text) === '\n' ? lines : lines.replaceAll('\n', '\r\n');
}

function quoted(value: string, isSingle: boolean): string {
	const isPlain = isSingle && !/[^\x20-\x7e]/.test(value);
	return isPlain ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

function isNode(value: unknown): value is Node {
	return isScalar(value) || isMap(value) || isSeq(value);
}

function isMember(value: unknown): value is Node | Pair {
	return isNode(value) || isPair(value);
}
