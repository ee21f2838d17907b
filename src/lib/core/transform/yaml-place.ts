// Where in a YAML text something stands: a value or key by its path, and a position inside a scalar's text.
import { isMap, isNode, isPair, isScalar, type LineCounter, type Document, type Node, type Scalar } from 'yaml';
import type { Path, Place } from './problem.ts';

export type YamlText = { readonly text: string; readonly document: Document.Parsed; readonly lines: LineCounter };

/** The place of the value at a path, or of the nearest thing round it; of the key itself when `key` says so. */
export function placeOf(
	yaml: YamlText,
	path: Path,
	at: { readonly key?: boolean; readonly offset?: number | undefined } = {}
): Place {
	const step = path[0] === 'steps' && typeof path[1] === 'number' ? path[1] : null;
	const [from, to] = rangeOf(yaml, path, at.key ?? false, at.offset);
	return { ...positionOf(yaml.lines, from), from, to, step };
}

export function positionOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
	const { line, col } = lines.linePos(offset);
	return { line: Math.max(1, line), column: Math.max(1, col) };
}

function rangeOf(yaml: YamlText, path: Path, isKey: boolean, offset: number | undefined): readonly [number, number] {
	for (let length = path.length; length >= 0; length--) {
		const found =
			length === path.length && !isKey ? nodeAt(yaml.document, path) : keyAt(yaml.document, path.slice(0, length));
		if (!found?.range) continue;
		const [start, valueEnd] = found.range;
		if (offset === undefined || !isScalar(found) || length < path.length)
			return [start, Math.max(start, trimmed(yaml.text, start, valueEnd))];
		const at = offsetInScalar(yaml.text, found, offset);
		return [at, at];
	}
	return [0, 0];
}

function trimmed(text: string, start: number, end: number): number {
	return start + text.slice(start, end).trimEnd().length;
}

export function nodeAt(document: Document.Parsed, path: Path): Node | null {
	const found = path.length === 0 ? document.contents : document.getIn(path, true);
	return isNode(found) ? found : null;
}

/** The key of the last part of a path; of a list's member, the member. */
function keyAt(document: Document.Parsed, path: Path): Node | null {
	if (path.length === 0) return document.contents;
	const last = path.at(-1);
	const parent = nodeAt(document, path.slice(0, -1));
	if (!isMap(parent)) return nodeAt(document, path);
	const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === last);
	return isPair(pair) && isNode(pair.key) ? pair.key : null;
}

/** A position in a scalar's value as one in the text; where escapes or folded lines moved it, the scalar's start. */
function offsetInScalar(text: string, { value, range, type }: Scalar, offset: number): number {
	if (!range || typeof value !== 'string') return range?.[0] ?? 0;
	const [start, end] = range;
	for (const lead of [0, 1])
		if (text.slice(start + lead, start + lead + value.length) === value) return start + lead + offset;
	if (type !== 'BLOCK_LITERAL') return start;
	const before = value.slice(0, offset).split('\n');
	const lines = text.slice(start, end).split('\n');
	const indent = /^ */.exec(lines.slice(1).find((line) => line.trim() !== '') ?? '')?.[0].length ?? 0;
	let at = start;
	for (const line of lines.slice(0, before.length)) at += line.length + 1;
	return Math.min(end, at + indent + (before.at(-1)?.length ?? 0));
}
