// YAML 1.2 with the way back: every path of the value has its line and column in the text.
import { LineCounter, isAlias, isMap, isPair, isScalar, isSeq, parseDocument, type Node } from 'yaml';
import { err, ok, type Result } from '../result.ts';
import type { Place, TextProblem } from './text-problem.ts';

export type Path = readonly (string | number)[];

export type YamlText = {
	readonly value: unknown;
	readonly valueAt: (path: Path) => unknown;
	/** Of a value, or of what holds it when it is not there. */
	readonly placeOf: (path: Path) => Place;
	/** Of a key in the mapping at `path`. */
	readonly placeOfKey: (path: Path, key: string) => Place;
	/** Of a character in the text at `path`. */
	readonly placeIn: (path: Path, position: number) => Place;
};

const TEXT_MAX_BYTES = 1024 * 1024;
/** Refuses texts whose aliases unfold to very much more than they are. */
const ALIASES_MAX = 100;

export function readYaml(text: string): Result<YamlText, readonly TextProblem[]> {
	const start = { line: 1, column: 1, path: '' };
	if (text.length > TEXT_MAX_BYTES) return err([{ ...start, code: 'too-long', limitBytes: TEXT_MAX_BYTES }]);
	const lines = new LineCounter();
	const document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false });
	const placeAt = (offset: number): Place => {
		const { line, col } = lines.linePos(offset);
		return { line: Math.max(1, line), column: Math.max(1, col) };
	};
	if (document.errors.length > 0)
		return err(
			document.errors
				.slice(0, 20)
				.map(({ pos, message }) => ({ ...placeAt(pos[0]), path: '', code: 'yaml-syntax', reason: plain(message) }))
		);
	const root = document.contents;
	if (root === null || (isScalar(root) && root.value === null)) return err([{ ...start, code: 'empty-text' }]);
	let value: unknown;
	try {
		value = document.toJS({ maxAliasCount: ALIASES_MAX });
	} catch (error) {
		// The package throws a ReferenceError for aliases that unfold without end.
		if (!(error instanceof ReferenceError)) throw error;
		return err([{ ...start, code: 'yaml-syntax', reason: error.message }]);
	}
	const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
	const follow = (path: Path): { node: Node | null; offset: number } => {
		let node: unknown = root;
		let offset = root.range?.[0] ?? 0;
		for (const key of path) {
			const holder = resolve(node);
			let next: unknown;
			if (isMap(holder)) next = holder.items.find((pair) => isPair(pair) && keyOf(pair.key) === String(key))?.value;
			else if (isSeq(holder)) next = holder.items[Number(key)];
			if (!isNode(next)) break;
			node = next;
			offset = next.range?.[0] ?? offset;
		}
		return { node: isNode(node) ? node : null, offset };
	};
	return ok({
		value,
		valueAt: (path) =>
			path.reduce<unknown>(
				(held, key) => (held as Readonly<Record<string | number, unknown>> | undefined)?.[key],
				value
			),
		placeOf: (path) => placeAt(follow(path).offset),
		placeOfKey: (path, key) => {
			const holder = resolve(follow(path).node);
			const pair = isMap(holder) ? holder.items.find((one) => keyOf(one.key) === key) : undefined;
			return placeAt(isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : follow(path).offset);
		},
		placeIn: (path, position) => {
			const { node, offset } = follow(path);
			if (!isScalar(node) || typeof node.value !== 'string') return placeAt(offset);
			const before = node.value.slice(0, position);
			const { line, column } = placeAt(offset);
			if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') {
				const quote = node.type === 'PLAIN' ? 0 : 1;
				return before.includes('\n') ? { line, column } : { line, column: column + quote + position };
			}
			if (node.type === 'BLOCK_FOLDED') return { line, column };
			const below = before.split('\n').length;
			const content = node.value.split('\n')[below - 1] ?? '';
			const indent = (text.split('\n')[line + below - 1] ?? '').indexOf(content);
			return {
				line: line + below,
				column: Math.max(0, indent) + before.length - (before.lastIndexOf('\n') + 1) + 1
			};
		}
	});
}

export function pathText(path: Path): string {
	return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');
}

function keyOf(key: unknown): string {
	return isScalar(key) ? String(key.value) : '';
}

function isNode(value: unknown): value is Node {
	return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

/** One line, without the end mark that the package sets. */
function plain(message: string): string {
	return message.replace(/\s+/g, ' ').replace(/[.:]?\s*$/, '');
}
