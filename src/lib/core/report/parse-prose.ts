// From a Markdown node to prose. Links that are no links of the web lose their address and keep their words.
import type { Nodes, PhrasingContent } from 'mdast';
import { parseMeasure } from './parse-measure.ts';
import type { InlineNode, ProseNode, ProseValue } from './prose.ts';

/** By label, of `[label]: https://…` anywhere in the text. */
export type Definitions = ReadonlyMap<string, string>;

export type ReadProse = {
	readonly node: ProseNode;
	readonly values: readonly ProseValue[];
	/** Of `{{ … }}` that say nothing; offsets into the text, end exclusive. */
	readonly wrong: readonly { readonly text: string; readonly from: number; readonly to: number }[];
};

/** Null for what shows nothing, such as a definition. */
export function readProse(given: Nodes, definitions: Definitions): ReadProse | null {
	const values: ProseValue[] = [];
	const wrong: { text: string; from: number; to: number }[] = [];

	const texts = (text: string, offset: number): readonly InlineNode[] => {
		const nodes: InlineNode[] = [];
		let done = 0;
		for (const match of text.matchAll(/\{\{([^{}]*)\}\}/g)) {
			const value = parseValue(match[1] ?? '');
			const from = match.index;
			if (from > done) nodes.push({ kind: 'text', text: text.slice(done, from) });
			done = from + match[0].length;
			if (value) nodes.push({ kind: 'value', at: values.push(value) - 1 });
			else {
				nodes.push({ kind: 'text', text: match[0] });
				wrong.push({ text: match[0], from: offset + from, to: offset + done });
			}
		}
		if (done < text.length) nodes.push({ kind: 'text', text: text.slice(done) });
		return nodes;
	};

	const inline = (node: PhrasingContent): readonly InlineNode[] => {
		switch (node.type) {
			case 'text':
				return texts(node.value, node.position?.start.offset ?? 0);
			case 'strong':
				return [{ kind: 'strong', children: node.children.flatMap(inline) }];
			case 'emphasis':
				return [{ kind: 'emphasis', children: node.children.flatMap(inline) }];
			case 'delete':
				return [{ kind: 'deleted', children: node.children.flatMap(inline) }];
			case 'inlineCode':
				return [{ kind: 'code', text: node.value }];
			case 'break':
				return [{ kind: 'break' }];
			case 'link':
				return linked(node.url, node.children.flatMap(inline));
			case 'linkReference':
				return linked(definitions.get(node.identifier.toLowerCase()) ?? '', node.children.flatMap(inline));
			case 'image':
			case 'imageReference':
				return node.alt ? [{ kind: 'emphasis', children: [{ kind: 'text', text: node.alt }] }] : [];
			case 'html':
				return [{ kind: 'text', text: node.value }];
			case 'footnoteReference':
				return [{ kind: 'text', text: `[${node.identifier}]` }];
			default:
				return [];
		}
	};

	const block = (node: Nodes): ProseNode | null => {
		switch (node.type) {
			case 'heading':
				return { kind: 'heading', depth: node.depth, children: node.children.flatMap(inline) };
			case 'paragraph':
				return { kind: 'paragraph', children: node.children.flatMap(inline) };
			case 'blockquote':
				return { kind: 'quote', children: blocks(node.children) };
			case 'list':
				return {
					kind: 'list',
					start: node.ordered === true ? (node.start ?? 1) : null,
					items: node.children.map(({ checked, children }) => ({ isDone: checked ?? null, children: blocks(children) }))
				};
			case 'code':
				return { kind: 'code', language: node.lang ?? null, text: node.value };
			case 'table':
				return {
					kind: 'grid',
					align: [...(node.align ?? [])],
					rows: node.children.map((row) => row.children.map((cell) => cell.children.flatMap(inline)))
				};
			case 'thematicBreak':
				return { kind: 'rule' };
			case 'html':
				return { kind: 'paragraph', children: [{ kind: 'text', text: node.value }] };
			case 'footnoteDefinition': {
				const [first, ...others] = blocks(node.children);
				const mark: InlineNode = { kind: 'text', text: `[${node.identifier}] ` };
				const opened = first?.kind === 'paragraph' ? { ...first, children: [mark, ...first.children] } : first;
				return { kind: 'quote', children: opened ? [opened, ...others] : others };
			}
			default:
				return null;
		}
	};
	const blocks = (nodes: readonly Nodes[]): readonly ProseNode[] => nodes.flatMap((node) => block(node) ?? []);

	const node = block(given);
	return node && { node, values, wrong };
}

function linked(address: string, children: readonly InlineNode[]): readonly InlineNode[] {
	const url = linkAddress(address);
	return url === null ? children : [{ kind: 'link', url, children }];
}

/** What a reader may be sent to: a page of the web, a mail address, a place in this page; null for anything else. */
export function linkAddress(text: string): string | null {
	return /^(#[\w-]*|https?:\/\/[^\s/@?#\\]+([/?#]\S*)?|mailto:[^\s?#]+)$/i.test(text) ? text : null;
}

/** `daily.mean`, `avg(sensors.reading)`, with `| format` behind. */
function parseValue(text: string): ProseValue | null {
	const [told = '', ...formats] = text.split('|');
	const format = formats.join('|').trim();
	const part = String.raw`(?:"(?:[^"]|"")+"|[^\s."()]+)`;
	const match = new RegExp(
		String.raw`^\s*(?:([a-z]+)\s*\(\s*)?(${part}(?:@${part})?)(?:\.(${part}))?\s*(\))?\s*$`
	).exec(told);
	if (!match || (match[1] === undefined) !== (match[4] === undefined)) return null;
	const [, aggregate, from = '', column] = match;
	const value = parseMeasure(aggregate === undefined ? (column ?? '') : `${aggregate}(${column ?? ''})`);
	return value && { from: unquoted(from), value, format: format === '' ? null : format };
}

function unquoted(name: string): string {
	return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
