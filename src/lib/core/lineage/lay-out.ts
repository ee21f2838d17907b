// Where datasets and their columns stand in a drawing of lineage, and how the lines between them run.
import { layOutGraph, type Box, type GraphLayout, type Line, type Point } from '../pipeline/graph-layout.ts';
import { keyOf, toldEdges, type LineageAt, type LineageEdge, type LineageGraph, type LineageNode } from './graph.ts';

/** What can be chosen in it: a dataset by its head, or a column by its row. Its `id` is the `keyOf` of it. */
export type LineageBox = Box & LineageAt;
/** One line for all edges between two boxes that are of a type. */
export type LineageLine = Line & { readonly type: LineageEdge['type']; readonly edges: readonly LineageEdge[] };
/** Around a dataset with its columns. */
export type LineageFrame = Box & {
	readonly node: LineageNode;
	/** Columns without lineage, which have no row. */
	readonly left: number;
};
export type LineageLayout = Pick<GraphLayout, 'width' | 'height'> & {
	readonly boxes: readonly LineageBox[];
	readonly lines: readonly LineageLine[];
	readonly frames: readonly LineageFrame[];
};

export type LineageSizes = {
	readonly width: number;
	readonly head: number;
	readonly row: number;
	/** Below the rows. */
	readonly foot: number;
};

const LINE_GAP = 6;
/** From the first line of a bundle to its last. */
const BUNDLE_MAX = 30;

/** Without `hasColumns`, only datasets and what lies between them. */
export function layOutLineage(graph: LineageGraph, hasColumns: boolean, sizes: LineageSizes): LineageLayout {
	const shown = graph.nodes.map((node) => ({ node, columns: hasColumns ? columnsOf(node, graph.edges) : [] }));
	const heightOf = (columns: readonly string[]): number =>
		columns.length === 0 ? sizes.head : sizes.head + columns.length * sizes.row + sizes.foot;
	const idOf = (dataset: string): string => keyOf({ dataset, column: null });
	const laid = layOutGraph(
		[
			shown.map(({ node, columns }) => ({
				id: idOf(node.dataset),
				height: heightOf(columns),
				needs: needsOf(node, graph.edges).map(idOf)
			}))
		],
		{ width: sizes.width, height: sizes.head },
		0
	);
	const frames: LineageFrame[] = [];
	const boxes: LineageBox[] = [];
	for (const { node, columns } of shown) {
		const frame = laid.boxes.find(({ id }) => id === idOf(node.dataset));
		if (!frame) continue;
		const { x, y, width } = frame;
		frames.push({ ...frame, node, left: hasColumns ? node.columns.length - columns.length : 0 });
		boxes.push({ id: frame.id, x, y, width, height: sizes.head, dataset: node.dataset, column: null });
		for (const [at, column] of columns.entries()) {
			const id = keyOf({ dataset: node.dataset, column });
			const top = y + sizes.head + at * sizes.row;
			boxes.push({ id, x, y: top, width, height: sizes.row, dataset: node.dataset, column });
		}
	}
	return { ...laid, frames, boxes, lines: linesOf(graph, hasColumns, boxes, laid.lines) };
}

/** Those that have lineage, in their order. */
function columnsOf(node: LineageNode, edges: readonly LineageEdge[]): readonly string[] {
	const named = new Map<string, string>();
	for (const { type, from, to } of edges) {
		if (type === null) continue;
		for (const { dataset, column } of [from, to])
			if (column !== null && dataset.toLowerCase() === node.dataset.toLowerCase())
				named.set(column.toLowerCase(), column);
	}
	const known = node.columns.filter((column) => named.delete(column.toLowerCase()));
	return [...known, ...named.values()];
}

/** A dataset that is made of itself, as by adding rows, has no line to itself. */
function needsOf(node: LineageNode, edges: readonly LineageEdge[]): readonly string[] {
	const own = node.dataset.toLowerCase();
	const into = edges.filter(({ to }) => to.dataset.toLowerCase() === own).map(({ from }) => from.dataset);
	return [...new Set(into)].filter((name) => name.toLowerCase() !== own);
}

function linesOf(
	{ edges }: LineageGraph,
	hasColumns: boolean,
	boxes: readonly LineageBox[],
	ways: readonly Line[]
): readonly LineageLine[] {
	const boxById = new Map(boxes.map((box) => [box.id, box]));
	const wayOf = (from: LineageBox, to: LineageBox): readonly Point[] => {
		const [one, other] = [from, to].map(({ dataset }) => keyOf({ dataset, column: null }));
		return ways.find((way) => way.from === one && way.to === other)?.points.slice(1, -1) ?? [];
	};
	const end = (at: LineageAt): LineageAt => ({ dataset: at.dataset, column: hasColumns ? at.column : null });
	const grouped = new Map<string, LineageEdge[]>();
	for (const edge of toldEdges(edges)) {
		const [from, to] = [end(edge.from), end(edge.to)];
		const key = `${keyOf(from)} → ${keyOf(to)} ${hasColumns ? (edge.type ?? '') : ''}`;
		grouped.set(key, [...(grouped.get(key) ?? []), edge]);
	}
	const lines = [...grouped.values()].flatMap((group): readonly LineageLine[] => {
		const [first] = group;
		if (!first) return [];
		const [from, to] = [boxById.get(keyOf(end(first.from))), boxById.get(keyOf(end(first.to)))];
		if (!from || !to || from.dataset.toLowerCase() === to.dataset.toLowerCase()) return [];
		const type = group.find((edge) => edge.type === 'DIRECT')?.type ?? first.type;
		const points = [
			{ x: from.x + from.width, y: from.y + from.height / 2 },
			...wayOf(from, to),
			{ x: to.x, y: to.y + to.height / 2 }
		];
		return [{ from: from.id, to: to.id, points, type, edges: group }];
	});
	return spread(lines);
}

/** Lines that pass other datasets on the same way run beside each other there: dashes drawn over each other are no dashes. */
function spread(lines: readonly LineageLine[]): readonly LineageLine[] {
	const wayOf = ({ points }: LineageLine): string => JSON.stringify(points.slice(1, -1));
	const byWay = Map.groupBy(lines, wayOf);
	return lines.map((line) => {
		const others = byWay.get(wayOf(line)) ?? [];
		if (line.points.length === 2 || others.length < 2) return line;
		const step = Math.min(LINE_GAP, BUNDLE_MAX / (others.length - 1));
		const by = (others.indexOf(line) - (others.length - 1) / 2) * step;
		const points = line.points.map(({ x, y }, at) => ({
			x,
			y: at === 0 || at === line.points.length - 1 ? y : y + by
		}));
		return { ...line, points };
	});
}
