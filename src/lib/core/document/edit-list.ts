// Edits of a text that holds a list of entries, one by one: the YAML document itself is changed, so that comments and what nobody touched stay.
import {
	isCollection,
	isMap,
	isScalar,
	isSeq,
	parseDocument,
	Scalar,
	type YAMLMap,
	YAMLSeq,
	type Document,
	type Node
} from 'yaml';

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** An entry is a mapping whose member `step` says what it is; other members stand beside it. */
export type ListEdit<Kind extends string, Head extends string, Beside extends string = never> =
	| { readonly kind: 'add'; readonly at: number; readonly step: Kind; readonly value: Plain }
	| { readonly kind: 'change'; readonly at: number; readonly step: Kind; readonly value: Plain }
	/** `to` is its place afterwards. */
	| { readonly kind: 'move'; readonly at: number; readonly to: number }
	| { readonly kind: 'duplicate' | 'remove'; readonly at: number }
	| { readonly kind: 'disable'; readonly at: number; readonly isDisabled: boolean }
	/** An empty name takes it away. */
	| { readonly kind: 'name'; readonly at: number; readonly name: string }
	/** An empty value takes it away. */
	| { readonly kind: 'beside'; readonly at: number; readonly key: Beside; readonly value: string }
	| { readonly kind: 'head'; readonly key: Head; readonly value: Plain };

/** The text after the edit of the list `key`; the same text where it is no YAML, or has no such entry. */
export function editList(text: string, key: string, edit: ListEdit<string, string, string>): string {
	const document = parseDocument(text, { version: '1.2' });
	if (document.errors.length > 0) return text;
	if (edit.kind === 'head') {
		if (edit.value === '' || edit.value === null) document.delete(edit.key);
		else document.set(edit.key, put(document, document.get(edit.key, true), edit.value));
		return told(document);
	}
	const { items } = listOf(document, key);
	const entry = items[edit.at];
	switch (edit.kind) {
		case 'add':
			items.splice(edit.at, 0, document.createNode({ [edit.step]: edit.value }));
			break;
		case 'change':
			if (isMap(entry)) entry.set(edit.step, put(document, entry.get(edit.step, true), edit.value));
			break;
		case 'move':
			if (entry) items.splice(edit.to, 0, ...items.splice(edit.at, 1));
			break;
		case 'duplicate': {
			if (!isMap(entry)) break;
			const copy = entry.clone();
			if (!isMap(copy)) break;
			// Two entries may not share a name.
			copy.delete('name');
			items.splice(edit.at + 1, 0, copy);
			break;
		}
		case 'remove':
			items.splice(edit.at, 1);
			break;
		case 'disable':
			if (isMap(entry)) setOrDelete(document, entry, 'disabled', edit.isDisabled ? true : null);
			break;
		case 'name':
			if (isMap(entry)) setOrDelete(document, entry, 'name', edit.name === '' ? null : edit.name);
			break;
		case 'beside':
			if (isMap(entry)) setOrDelete(document, entry, edit.key, edit.value === '' ? null : edit.value);
	}
	return told(document);
}

function told(document: Document): string {
	return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function listOf(document: Document, key: string): YAMLSeq<Node> {
	const found = document.get(key, true);
	if (isSeq<Node>(found)) {
		// Written as `[]`, it would hold its entries in one line.
		if (found.items.length === 0) found.flow = false;
		return found;
	}
	const made = new YAMLSeq<Node>();
	document.set(key, made);
	return made;
}

function setOrDelete(document: Document, map: YAMLMap, key: string, value: string | boolean | null): void {
	if (value === null) map.delete(key);
	else map.set(key, put(document, map.get(key, true), value));
}

/** The node with another value: what is equal in both stays as it is written, with its comments. */
function put(document: Document, node: unknown, value: Plain | undefined): unknown {
	if (isMap(node) && isRecord(value)) {
		for (const { key } of [...node.items]) if (value[keyOf(key)] === undefined) node.delete(key);
		for (const [key, member] of Object.entries(value))
			if (member !== undefined) node.set(key, put(document, node.get(key, true), member));
		inOrder(node, Object.keys(value));
		return node;
	}
	if (isSeq(node) && Array.isArray(value)) {
		const left = [...node.items];
		const members = value as readonly Plain[];
		node.items = members.map((member) => {
			const same = left.findIndex((item) => JSON.stringify(plainOf(item)) === JSON.stringify(member));
			return same >= 0 ? left.splice(same, 1)[0] : document.createNode(member);
		});
		return node;
	}
	if (isScalar(node) && !isRecord(value) && !Array.isArray(value)) {
		if (node.value === value) return node;
		const made = new Scalar(value);
		const { comment, commentBefore, spaceBefore, type } = node;
		Object.assign(made, { comment, commentBefore, spaceBefore });
		if (typeof value === 'string' && type !== undefined) made.type = value.includes('\n') ? Scalar.BLOCK_LITERAL : type;
		return made;
	}
	const made = document.createNode(value);
	if (isScalar(node) || isCollection(node)) {
		const { comment, commentBefore, spaceBefore } = node;
		Object.assign(made, { comment, commentBefore, spaceBefore });
	}
	return made;
}

function inOrder(map: YAMLMap, keys: readonly string[]): void {
	map.items.sort((one, other) => keys.indexOf(keyOf(one.key)) - keys.indexOf(keyOf(other.key)));
}

function keyOf(key: unknown): string {
	return String(isScalar(key) ? key.value : key);
}

function plainOf(item: unknown): unknown {
	return isScalar(item) || isCollection(item) ? (item.toJSON() as unknown) : item;
}

function isRecord(value: unknown): value is { readonly [key: string]: Plain | undefined } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
