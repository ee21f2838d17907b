// Whether a value that came from anywhere is prose: the closed tree, of bounded size and depth, with links that lead to the web alone.
import { linkAddress } from '../report/parse-prose.ts';
import type { ProseNode } from '../report/prose.ts';
import { bundleLimits } from './bundle.ts';

/** How many nodes a whole bundle may still have. */
export type ProseBudget = { nodes: number };

/** `values`: how many numbers the block has for its text. */
export function isProse(value: unknown, values: number, budget: ProseBudget): value is ProseNode {
	return new Check(values, budget).block(value, 0);
}

type Fields = Readonly<Record<string, unknown>>;

class Check {
	readonly #values: number;
	readonly #budget: ProseBudget;

	constructor(values: number, budget: ProseBudget) {
		this.#values = values;
		this.#budget = budget;
	}

	block(node: unknown, depth: number): boolean {
		if (!this.#spend(depth) || !isFields(node)) return false;
		const blocks = (nodes: unknown): boolean => isList(nodes) && nodes.every((one) => this.block(one, depth + 1));
		const inlines = (nodes: unknown): boolean => isList(nodes) && nodes.every((one) => this.inline(one, depth + 1));
		switch (node['kind']) {
			case 'heading':
				return has(node, ['depth', 'children']) && isCount(node['depth'], 1, 6) && inlines(node['children']);
			case 'paragraph':
				return has(node, ['children']) && inlines(node['children']);
			case 'quote':
				return has(node, ['children']) && blocks(node['children']);
			case 'list':
				return (
					has(node, ['start', 'items']) &&
					(node['start'] === null || isCount(node['start'], 0, 999_999_999)) &&
					isList(node['items']) &&
					node['items'].every((item) => this.#item(item, blocks))
				);
			case 'code':
				return (
					has(node, ['language', 'text']) &&
					(node['language'] === null || isText(node['language'])) &&
					isText(node['text'])
				);
			case 'grid':
				return (
					has(node, ['align', 'rows']) &&
					isList(node['align']) &&
					node['align'].every((one) => one === null || one === 'left' || one === 'right' || one === 'center') &&
					isList(node['rows']) &&
					node['rows'].every((row) => isList(row) && row.every((cell) => this.#spend(depth) && inlines(cell)))
				);
			case 'rule':
				return has(node, []);
			default:
				return false;
		}
	}

	inline(node: unknown, depth: number): boolean {
		if (!this.#spend(depth) || !isFields(node)) return false;
		const children = (): boolean =>
			isList(node['children']) && node['children'].every((one) => this.inline(one, depth + 1));
		switch (node['kind']) {
			case 'text':
			case 'code':
				return has(node, ['text']) && isText(node['text']);
			case 'strong':
			case 'emphasis':
			case 'deleted':
				return has(node, ['children']) && children();
			case 'link': {
				const { url } = node;
				return has(node, ['url', 'children']) && typeof url === 'string' && linkAddress(url) === url && children();
			}
			case 'break':
				return has(node, []);
			case 'value':
				return has(node, ['at']) && isCount(node['at'], 0, this.#values - 1);
			default:
				return false;
		}
	}

	#item(item: unknown, blocks: (nodes: unknown) => boolean): boolean {
		if (!isFields(item) || Object.keys(item).length !== 2) return false;
		const { isDone, children } = item;
		return (isDone === null || typeof isDone === 'boolean') && blocks(children);
	}

	#spend(depth: number): boolean {
		this.#budget.nodes--;
		return this.#budget.nodes >= 0 && depth <= bundleLimits.proseDepth;
	}
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
	return Array.isArray(value);
}

/** These besides its kind, and no more. */
function has(node: Fields, fields: readonly string[]): boolean {
	return Object.keys(node).length === fields.length + 1 && fields.every((field) => Object.hasOwn(node, field));
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value.length <= bundleLimits.textLength;
}

function isCount(value: unknown, min: number, max: number): boolean {
	return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
