// Where each step of a graph stands, from left to right, and how the lines between them run.
import { Graph, layout } from '@dagrejs/dagre';

export type Point = { readonly x: number; readonly y: number };
export type Box = Point & { readonly id: string; readonly width: number; readonly height: number };
export type Line = { readonly from: string; readonly to: string; readonly points: readonly Point[] };
export type GraphLayout = {
	readonly boxes: readonly Box[];
	readonly lines: readonly Line[];
	readonly width: number;
	readonly height: number;
};

/** `height` where it is not as high as the others. */
type Node = { readonly id: string; readonly needs: readonly string[]; readonly height?: number };
export type Size = { readonly width: number; readonly height: number };

const GAP = 20;
const RANK_GAP = 52;

/** `x` and `y` are of the upper left corner. Groups stand one below the other, such as the steps of a failure below the others. */
export function layOutGraph(groups: readonly (readonly Node[])[], size: Size, groupGap: number): GraphLayout {
	const boxes: Box[] = [];
	const lines: Line[] = [];
	let width = 0;
	let top = 0;
	for (const nodes of groups) {
		if (nodes.length === 0) continue;
		if (top > 0) top += groupGap;
		const laid = layOutOne(nodes, size);
		boxes.push(...laid.boxes.map((box) => ({ ...box, y: box.y + top })));
		for (const { from, to, points } of laid.lines)
			lines.push({ from, to, points: points.map(({ x, y }) => ({ x, y: y + top })) });
		width = Math.max(width, laid.width);
		top += laid.height;
	}
	return { boxes, lines, width, height: top };
}

function layOutOne(nodes: readonly Node[], size: Size): GraphLayout {
	const graph = new Graph<object, { width: number; height: number; x?: number; y?: number }, { points?: Point[] }>();
	graph.setGraph({ rankdir: 'LR', nodesep: GAP, ranksep: RANK_GAP, edgesep: 14, ranker: 'network-simplex' });
	graph.setDefaultEdgeLabel(() => ({}));
	for (const { id, height = size.height } of nodes) graph.setNode(id, { width: size.width, height });
	for (const { id, needs } of nodes) for (const need of needs) if (graph.hasNode(need)) graph.setEdge(need, id);
	layout(graph);
	const boxes = nodes.map(({ id, height = size.height }): Box => {
		const { x = 0, y = 0 } = graph.node(id) ?? {};
		return { id, width: size.width, height, x: x - size.width / 2, y: y - height / 2 };
	});
	const columns = [...new Set(boxes.map(({ x }) => x))];
	const boxById = new Map(boxes.map((box) => [box.id, box]));
	const lines = graph.edges().map(({ v, w }): Line => {
		const bends = graph.edge(v, w)?.points?.slice(1, -1) ?? [];
		// It passes a column between its steps, level from one side to the other.
		const passed = bends.flatMap(({ x, y }): readonly Point[] => {
			const left = columns.find((column) => column < x && x < column + size.width);
			return left === undefined
				? []
				: [
						{ x: left, y },
						{ x: left + size.width, y }
					];
		});
		return { from: v, to: w, points: [sideOf(boxById.get(v), 1), ...passed, sideOf(boxById.get(w), 0)] };
	});
	const width = Math.max(0, ...boxes.map((box) => box.x + box.width));
	const height = Math.max(0, ...boxes.map((box) => box.y + box.height), ...lines.flatMap(yOf));
	return { boxes, lines, width, height };
}

/** The middle of its left (0) or right (1) side. */
function sideOf(box: Box | undefined, side: 0 | 1): Point {
	return box ? { x: box.x + box.width * side, y: box.y + box.height / 2 } : { x: 0, y: 0 };
}

function yOf({ points }: Line): readonly number[] {
	return points.map(({ y }) => y);
}

/** A smooth way through the points, as the `d` of a path. */
export function pathOfLine(points: readonly Point[]): string {
	const [first, ...rest] = points;
	if (!first) return '';
	let path = `M ${round(first.x)} ${round(first.y)}`;
	let last = first;
	for (const point of rest) {
		const middle = (last.x + point.x) / 2;
		path += ` C ${round(middle)} ${round(last.y)} ${round(middle)} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
		last = point;
	}
	return path;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
