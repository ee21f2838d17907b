// Edits of a recipe's text step by step: the YAML document itself is changed, so that comments and what nobody touched stay.
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
import type { StepKind } from './step-schemas.ts';

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain | undefined };

export type StepEdit =
	| { readonly kind: 'add'; readonly at: number; readonly step: StepKind; readonly value: Plain }
	| { readonly kind: 'change'; readonly at: number; readonly step: StepKind; readonly value: Plain }
	/** `to` is its place afterwards. */
	| { readonly kind: 'move'; readonly at: number; readonly to: number }
	| { readonly kind: 'duplicate' | 'remove'; readonly at: number }
	| { readonly kind: 'disable'; readonly at: number; readonly isDisabled: boolean }
	/** An empty name takes it away. */
	| { readonly kind: 'name'; readonly at: number; readonly name: string }
	| { readonly kind: 'head'; readonly key: 'input' | 'output' | 'description'; readonly value: Plain };

/** The text after the edit; the same text where it is no YAML, or has no such step. */
export function editRecipe(text: string, edit: StepEdit): string {
	const document = parseDocument(text, { version: '1.2' });
	if (document.errors.length > 0) return text;
	if (edit.kind === 'head') {
		if (edit.value === '' || edit.value === null) document.delete(edit.key);
		else document.set(edit.key, put(document, document.get(edit.key, true), edit.value));
		return told(document);
	}
	const { items } = stepsOf(document);
	const step = items[edit.at];
	switch (edit.kind) {
		case 'add':
			items.splice(edit.at, 0, document.createNode({ [edit.step]: edit.value }));
			break;
		case 'change':
			if (isMap(step)) step.set(edit.step, put(document, step.get(edit.step, true), edit.value));
			break;
		case 'move':
			if (step) items.splice(edit.to, 0, ...items.splice(edit.at, 1));
			break;
		case 'duplicate': {
			if (!isMap(step)) break;
			const copy = step.clone();
			if (!isMap(copy)) break;
			// Two steps may not share a name.
			copy.delete('name');
			items.splice(edit.at + 1, 0, copy);
			break;
		}
		case 'remove':
			items.splice(edit.at, 1);
			break;
		case 'disable':
			if (isMap(step)) setOrDelete(document, step, 'disabled', edit.isDisabled ? true : null);
			break;
		case 'name':
			if (isMap(step)) setOrDelete(document, step, 'name', edit.name === '' ? null : edit.name);
	}
	return told(document);
}

function told(document: Document): string {
	return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function stepsOf(document: Document): YAMLSeq<Node> {
	const found = document.get('steps', true);
	if (isSeq<Node>(found)) {
		// Written as `steps: []`, it would hold its steps in one line.
		if (found.items.length === 0) found.flow = false;
		return found;
	}
	const made = new YAMLSeq<Node>();
	document.set('steps', made);
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
