// What a bundle is called to those who have it: by its title, or by the heading that its prose begins with. The report's own name stays at home.
import type { InlineNode } from '../report/prose.ts';
import type { Bundle } from './bundle.ts';

export function bundleTitle({ title, blocks }: Pick<Bundle, 'title' | 'blocks'>): string {
	if (title !== null) return title;
	const headings = blocks.flatMap(({ block }) =>
		block.kind === 'prose' && block.node.kind === 'heading' && block.node.depth === 1 ? [block.node] : []
	);
	const text = textOf(headings[0]?.children ?? []).trim();
	return text === '' ? 'Report' : text;
}

/** Numbers in it are left out. */
function textOf(nodes: readonly InlineNode[]): string {
	return nodes.map((node) => ('text' in node ? node.text : 'children' in node ? textOf(node.children) : ' ')).join('');
}
