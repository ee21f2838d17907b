// What is told apart in a drawing of lineage: what is chosen, what lies before and behind it, and which lines are of it.
import { keyOf, reach, type LineageAt, type LineageEdge, type LineageGraph } from '#core/lineage/graph.ts';

export const LINEAGE_SIZES = { width: 212, head: 48, row: 28, foot: 8 } as const;

export type Side = 'chosen' | 'upstream' | 'downstream' | 'both' | 'none';

export type LineageLook = {
	readonly sideOf: (at: LineageAt) => Side;
	readonly isOf: (edges: readonly LineageEdge[]) => boolean;
};

/** Of a graph in which nothing is chosen, everything is on no side. */
export function lookOf(graph: LineageGraph, chosen: LineageAt | null): LineageLook {
	const up = chosen ? reach(graph, chosen, 'up') : new Set<LineageEdge>();
	const down = chosen ? reach(graph, chosen, 'down') : new Set<LineageEdge>();
	const above = placesOf(up, 'from');
	const below = placesOf(down, 'to');
	const sideOf = (at: LineageAt): Side => {
		if (chosen && keyOf(at) === keyOf(chosen)) return 'chosen';
		const [isAbove, isBelow] = [above.has(keyOf(at)), below.has(keyOf(at))];
		if (isAbove && isBelow) return 'both';
		return isAbove ? 'upstream' : isBelow ? 'downstream' : 'none';
	};
	return { sideOf, isOf: (edges) => edges.some((edge) => up.has(edge) || down.has(edge)) };
}

/** A dataset is where one of its columns is. */
function placesOf(edges: ReadonlySet<LineageEdge>, end: 'from' | 'to'): ReadonlySet<string> {
	const ends = [...edges].map((edge) => edge[end]);
	return new Set(ends.flatMap((at) => [keyOf(at), keyOf({ dataset: at.dataset, column: null })]));
}
