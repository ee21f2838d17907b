// How lineage is said: what becomes of a column on its way, and where an edge begins and ends.
import type { LineageAt, LineageEdge } from '#core/lineage/graph.ts';

const ways: Readonly<Record<NonNullable<LineageEdge['subtype']>, string>> = {
	IDENTITY: 'as it is',
	TRANSFORMATION: 'computed',
	AGGREGATION: 'aggregated',
	JOIN: 'decides a join',
	FILTER: 'filters',
	GROUP_BY: 'groups',
	SORT: 'orders',
	WINDOW: 'orders or parts a window',
	CONDITIONAL: 'decides a condition'
};

/** Whether a value goes in, or only decides. */
export function typeWords({ type }: Pick<LineageEdge, 'type'>): string {
	if (type === null) return 'Not known';
	return type === 'DIRECT' ? 'Direct' : 'Indirect';
}

export function wayWords({ subtype }: Pick<LineageEdge, 'subtype'>): string {
	return subtype === null ? 'is read' : ways[subtype];
}

/** `Title of movies`, `all rows of good`. */
export function endWords({ dataset, column }: LineageAt, isTarget: boolean): string {
	if (column !== null) return `${column} of ${dataset}`;
	return isTarget ? `all rows of ${dataset}` : dataset;
}
