// The graph of lineage as the page draws it: what is on which side of what is chosen, where its boxes stand, its addresses.
import { describe, expect, test } from 'vitest';
import { around, keyOf, reach, type LineageEdge, type LineageGraph } from '#core/lineage/graph.ts';
import { layOutLineage } from '#core/lineage/lay-out.ts';
import { lineagePath, lineagePlaceOf } from '#lib/ui/lineage/lineage-path.ts';
import { LINEAGE_SIZES, lookOf } from '#lib/ui/lineage/lineage-look.ts';

const node = (dataset: string, ...columns: string[]): LineageGraph['nodes'][number] => ({
	dataset,
	version: 'v',
	madeBy: null,
	columns,
	unknown: []
});
/** `a.x → b.y FILTER`; `*` is all rows, and no word is an edge of which no column is known. */
function edge(text: string): LineageEdge {
	const [, from = '', to = '', subtype = null] = /^(\S+) → (\S+)(?: (\w+))?$/.exec(text) ?? [];
	const at = (place: string): LineageEdge['from'] => {
		const [dataset = '', column = '*'] = place.split('.');
		return { dataset, column: column === '*' ? null : column };
	};
	const isDirect = subtype === 'IDENTITY' || subtype === 'AGGREGATION';
	const type = subtype === null ? null : isDirect ? 'DIRECT' : 'INDIRECT';
	return { from: at(from), to: at(to), type, subtype: subtype as LineageEdge['subtype'] };
}
const graph: LineageGraph = {
	nodes: [
		node('movies', 'Title', 'Year', 'Rating'),
		node('good', 'Title', 'Rating'),
		node('counted', 'n'),
		node('other', 'x')
	],
	edges: [
		'movies → good',
		'movies.Title → good.Title IDENTITY',
		'movies.Rating → good.Rating IDENTITY',
		'movies.Year → good.* FILTER',
		'good → counted',
		'good.Title → counted.n AGGREGATION',
		'good.Rating → counted.* FILTER',
		'other → counted'
	].map(edge)
};
const told = (edges: Iterable<LineageEdge>): readonly string[] =>
	[...edges].map(({ from, to }) => `${from.dataset}.${from.column ?? '*'} → ${to.dataset}.${to.column ?? '*'}`);

describe('what lies before and behind', () => {
	test('a column is what its values and what decides its rows come from, all the way up', () => {
		expect(told(reach(graph, { dataset: 'COUNTED', column: 'N' }, 'up')).toSorted()).toEqual([
			'good.Rating → counted.*',
			'good.Title → counted.n',
			'movies.Rating → good.Rating',
			'movies.Title → good.Title',
			'movies.Year → good.*'
		]);
		expect(told(reach(graph, { dataset: 'movies', column: 'Title' }, 'down'))).toEqual([
			'movies.Title → good.Title',
			'good.Title → counted.n'
		]);
	});

	test('a dataset is everything that leads to it, and nothing else is kept', () => {
		const { nodes, edges } = around(graph, 'good', null);
		expect(nodes.map(({ dataset }) => dataset)).toEqual(['movies', 'good', 'counted']);
		expect(told(edges)).not.toContain('other.* → counted.*');
	});

	test('each box is on the side of what is chosen that it lies on', () => {
		const { sideOf, isOf } = lookOf(graph, { dataset: 'good', column: 'Title' });
		expect(sideOf({ dataset: 'good', column: 'title' })).toBe('chosen');
		expect(sideOf({ dataset: 'movies', column: null })).toBe('upstream');
		expect(sideOf({ dataset: 'movies', column: 'Year' })).toBe('upstream');
		expect(sideOf({ dataset: 'movies', column: 'Rating' })).toBe('none');
		expect(sideOf({ dataset: 'counted', column: 'n' })).toBe('downstream');
		expect(sideOf({ dataset: 'other', column: null })).toBe('none');
		expect(isOf(graph.edges.filter(({ from }) => from.dataset === 'other'))).toBe(false);
		expect(lookOf(graph, null).sideOf({ dataset: 'good', column: null })).toBe('none');
	});
});

describe('the drawing', () => {
	test('of datasets has a box each, and one line for all that lies between two', () => {
		const { boxes, frames, lines } = layOutLineage(graph, false, LINEAGE_SIZES);
		expect(boxes.map(({ dataset, column }) => [dataset, column])).toEqual([
			['movies', null],
			['good', null],
			['counted', null],
			['other', null]
		]);
		expect(frames.every(({ height }) => height === LINEAGE_SIZES.head)).toBe(true);
		expect(lines.map(({ from, to, type }) => [from, to, type])).toEqual([
			['movies\n', 'good\n', 'DIRECT'],
			['good\n', 'counted\n', 'DIRECT'],
			['other\n', 'counted\n', null]
		]);
	});

	test('of columns has a row for each that has lineage, and its lines begin and end at the rows', () => {
		const { boxes, frames, lines } = layOutLineage(graph, true, LINEAGE_SIZES);
		expect(boxes.filter(({ dataset }) => dataset === 'movies').map(({ column }) => column)).toEqual([
			null,
			'Title',
			'Year',
			'Rating'
		]);
		expect(frames.map(({ node: { dataset }, left }) => [dataset, left])).toEqual([
			['movies', 0],
			['good', 0],
			['counted', 0],
			['other', 1]
		]);
		const boxOf = (dataset: string, column: string | null) =>
			boxes.find(({ id }) => id === keyOf({ dataset, column })) ?? { x: 0, y: 0, width: 0, height: 0 };
		const line = lines.find(({ from, to }) => from === 'movies\nyear' && to === 'good\n');
		const [year, good] = [boxOf('movies', 'Year'), boxOf('good', null)];
		expect(line?.type).toBe('INDIRECT');
		expect(line?.points[0]).toEqual({ x: year.x + year.width, y: year.y + year.height / 2 });
		expect(line?.points.at(-1)).toEqual({ x: good.x, y: good.y + good.height / 2 });
		const rows = boxes.filter(({ column }) => column !== null);
		for (const row of rows) {
			const frame = frames.find((one) => one.node.dataset === row.dataset);
			expect(row.y + row.height).toBeLessThanOrEqual((frame?.y ?? 0) + (frame?.height ?? 0));
		}
	});

	test('of lines that pass a dataset on the same way has them beside each other', () => {
		const passing: LineageGraph = {
			nodes: [node('a', 'x', 'y'), node('b', 'x'), node('c', 'x', 'y')],
			edges: ['a.x → b.x IDENTITY', 'b.x → c.x IDENTITY', 'a.x → c.x IDENTITY', 'a.y → c.y IDENTITY'].map(edge)
		};
		const ways = layOutLineage(passing, true, LINEAGE_SIZES)
			.lines.filter(({ from, to }) => from.startsWith('a') && to.startsWith('c'))
			.map(({ points }) => points.slice(1, -1).map(({ y }) => y));
		expect(ways).toHaveLength(2);
		expect(ways[0]).not.toEqual(ways[1]);
	});

	test('of a dataset that is made of itself has no line to itself', () => {
		const own = { nodes: [node('log', 'x')], edges: [edge('log → log'), edge('log.x → log.x IDENTITY')] };
		expect(layOutLineage(own, true, LINEAGE_SIZES).lines).toEqual([]);
		expect(layOutLineage({ nodes: [], edges: [] }, true, LINEAGE_SIZES)).toMatchObject({ boxes: [], width: 0 });
	});
});

test('an address of lineage is read as it was written', () => {
	const place = { dataset: 'a b', column: 'x&y', run: 'r 1', view: 'columns', isOnly: true } as const;
	expect(lineagePlaceOf(new URL(lineagePath(place), 'http://weir').searchParams)).toEqual(place);
	expect(lineagePath({ dataset: null, view: 'datasets' })).toBe('/lineage');
});
