// A share that its readers can filter: what is marked in one chart is added up in the blocks beside it, and nothing that does not add up is taken.
import { describe, expect, test } from 'vitest';
import { strFromU8, inflateSync, deflateSync, strToU8 } from 'fflate';
import type { Edition, EditionBlock } from '#core/report/edition.ts';
import { err } from '#core/result.ts';
import { decodeBundle, encodeBundle } from '#core/share/bundle-bytes.ts';
import { minimiseEdition } from '#core/share/minimise-edition.ts';
import { filterBlocks, openFilter, wholeBlocks, type SharedFilter } from '#core/share/shared-filter.ts';
import { chart, hashes, madeEdition, shownOf, tableOf } from './made-edition.ts';

const place = chart.place;
const span = (from: number, to: number) => ({ x: { kind: 'range', from, to } as const, y: null });

/** Ten rows: x is 0 to 9, the city of even ones is Oslo, the price is 10 times x. */
const bars: EditionBlock = {
	block: { ...chart, type: 'histogram', brush: 'x', title: 'Prices' },
	shown: shownOf(
		tableOf({ name: 'x', type: 'number', values: [0, 4, 8] }, { name: 'y', type: 'number', values: [4, 4, 2] })
	)
};
const cities: EditionBlock = {
	block: { ...chart, type: 'bar', brush: 'none', title: 'Cities', place: { ...place, from: 5 } },
	shown: shownOf(
		tableOf({ name: 'x', type: 'text', values: ['Bergen', 'Oslo'] }, { name: 'y', type: 'number', values: [250, 200] })
	)
};
const hidden: EditionBlock = {
	block: { kind: 'query', name: 'hidden_query', sql: 'SELECT hidden', isShown: false, place },
	table: null,
	failure: null
};
const edition: Edition = { ...madeEdition, blocks: [hidden, bars, cities] };

/** As the edition numbers blocks: the bars are 1, the cities 2. Cells are 0–3, 4–7, 8–11. */
const filter: SharedFilter = {
	at: 1,
	grid: { x: { kind: 'steps', exponent: 2, first: 0, count: 3 }, y: null },
	cubes: [
		{
			...{ at: 2, ask: 0, whole: [], rank: null, limit: null, total: 'groups', series: null, xStep: null, yStep: null },
			keys: [{ name: 'x', type: 'text', values: ['Bergen', 'Oslo'] }],
			values: [
				{ name: 'y', type: 'number', merge: 'sum', counts: [2, 2, 2, 2, 1, 1], numbers: [40, 20, 120, 100, 90, 80] }
			],
			starts: [0, 2, 4, 6, 6],
			groups: [0, 1, 0, 1, 0, 1],
			rows: [2, 2, 2, 2, 1, 1]
		}
	],
	left: []
};

function shared(one: SharedFilter = filter) {
	return minimiseEdition(edition, () => hashes, [one]);
}

function yOf(blocks: readonly EditionBlock<{ readonly kind: 'not-rendered' }>[]): unknown {
	const block = blocks[1];
	if (!block || !('shown' in block) || !block.shown.ok) return null;
	return block.shown.table.columns.map(({ values }) => values);
}

describe('a share that can be filtered', () => {
	test('numbers its blocks as they are shared, and is another format than one that cannot', () => {
		const bundle = shared();
		expect(bundle.filters).toMatchObject([{ at: 0, cubes: [{ at: 1 }] }]);
		const bytes = encodeBundle(bundle);
		expect(strFromU8(inflateSync(bytes))).toContain('"format":"weir/share/v2"');
		expect(strFromU8(inflateSync(bytes))).not.toContain('hidden_query');
		expect(decodeBundle(bytes)).toEqual({ ok: true, value: bundle });
		expect(strFromU8(inflateSync(encodeBundle(minimiseEdition(edition, () => hashes))))).toContain('weir/share/v1');
	});

	test('shows the groups of what is marked, by whole cells, and all of them when nothing is', () => {
		const { filters = [], blocks } = shared();
		const [one] = filters;
		if (!one) return expect.unreachable('no filter');
		const open = openFilter(one);
		expect(yOf(wholeBlocks(open, blocks))).toEqual([
			['Bergen', 'Oslo'],
			[250, 200]
		]);
		expect(yOf(filterBlocks(open, blocks, span(4, 8))?.blocks ?? [])).toEqual([
			['Bergen', 'Oslo'],
			[120, 100]
		]);
		// An end inside of a cell goes to the nearest edge.
		const snapped = filterBlocks(open, blocks, span(3.2, 12));
		expect(snapped?.span.x).toMatchObject({ from: 4, to: 12 });
		expect(yOf(snapped?.blocks ?? [])).toEqual([
			['Bergen', 'Oslo'],
			[210, 180]
		]);
		expect(filterBlocks(open, blocks, { x: { kind: 'values', values: ['Oslo'] }, y: null })).toBeNull();
	});

	test('of an attacker is refused where its parts do not fit one another, or are beyond all bounds', () => {
		const [cube] = filter.cubes;
		if (!cube) return expect.unreachable('no cube');
		const spoilt: readonly Partial<SharedFilter['cubes'][number]>[] = [
			{ starts: [0, 2, 4, 6] },
			{ starts: [0, 4, 2, 6, 6] },
			{ starts: [0, 2, 4, 6, 7] },
			{ groups: [0, 1, 0, 1, 0, 2] },
			{ rows: [1] },
			{ rows: [1.5, 2, 2, 2, 1, 1] },
			{ whole: ['hidden'] },
			{ series: ['a', 'b'] },
			{ ask: 1 },
			{ at: 1 },
			{ values: [{ name: 'y', type: 'number', merge: 'sum', counts: null, numbers: null }] },
			{ values: [{ name: 'y', type: 'number', merge: 'sum', counts: [1], numbers: [1] }] }
		];
		for (const change of spoilt) {
			const bytes = encodeBundle(shared({ ...filter, cubes: [{ ...cube, ...change }] }));
			expect(decodeBundle(bytes), JSON.stringify(change)).toEqual(err({ kind: 'invalid-bundle', why: 'shape' }));
		}
		const grids: readonly SharedFilter['grid'][] = [
			{ x: null, y: null },
			{ x: { kind: 'steps', exponent: 2, first: 0, count: 4 }, y: null },
			{ x: { kind: 'steps', exponent: 5000, first: 0, count: 3 }, y: null },
			{ x: { kind: 'names', names: ['a', 'b'] }, y: null }
		];
		for (const grid of grids)
			expect(decodeBundle(encodeBundle(shared({ ...filter, grid }))), JSON.stringify(grid)).toMatchObject({
				ok: false
			});
		// Of the cities, in which nothing can be marked.
		expect(decodeBundle(encodeBundle(shared({ ...filter, at: 2, cubes: [{ ...cube, at: 1 }] })))).toMatchObject({
			ok: false
		});
		const json = strFromU8(inflateSync(encodeBundle(shared())));
		for (const changed of [
			json.replace('weir/share/v2', 'weir/share/v1'),
			json.replace('"left":[]', '"left":[],"more":1'),
			json.replace('"left":[]', '"left":[9]')
		])
			expect(decodeBundle(new Uint8Array(deflateSync(strToU8(changed))))).toMatchObject({ ok: false });
	});
});
