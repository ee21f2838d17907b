// A share that its readers can filter: what is marked in one chart is added up in the blocks beside it, and nothing that does not add up is taken.
import { describe, expect, test } from 'vitest';
import { strFromU8, inflateSync, deflateSync, strToU8 } from 'fflate';
import type { Edition, EditionBlock } from '#core/report/edition.ts';
import { err } from '#core/result.ts';
import { decodeBundle, encodeBundle } from '#core/share/bundle-bytes.ts';
import { minimiseEdition } from '#core/share/minimise-edition.ts';
import type { ChartSpan } from '#core/report/chart-span.ts';
import type { InputBlock, InputValue } from '#core/report/report.ts';
import { choicesOf, chosenSpan, chosenValue } from '#core/share/chosen-span.ts';
import { filterBlocks, openFilters, wholeBlocks, type SharedMark } from '#core/share/filtered-blocks.ts';
import type { SharedCube, SharedFilters, SharedSource } from '#core/share/shared-filter.ts';
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
const choice: EditionBlock = {
	block: {
		...{
			kind: 'input',
			name: 'hidden_half',
			type: 'select',
			from: 'hidden_query',
			column: 'hidden_column',
			options: []
		},
		...{ label: 'Half', value: null, isMultiple: false, span: 3, place }
	},
	shown: shownOf(tableOf({ name: 'value', type: 'text', values: ['a', 'b'] })),
	value: null
};
const edition: Edition = { ...madeEdition, blocks: [hidden, bars, cities, choice] };

const cutBy = (
	by: readonly number[],
	at: number,
	sums: Pick<SharedCube, 'starts' | 'groups' | 'rows'>
): SharedCube => ({
	...{ at, by, ask: 0, whole: [], rank: null, limit: null, total: 'groups', series: null, xStep: null, yStep: null },
	keys: [{ name: 'x', type: 'text', values: ['Bergen', 'Oslo'] }],
	values: [{ name: 'y', type: 'number', merge: 'count', counts: null, numbers: null }],
	...sums
});
const steps = (exponent: number, count: number) =>
	({ x: { kind: 'steps', unit: 1, exponent, first: 0, count }, y: null }) as const;

/**
 * As the edition numbers blocks: the bars are 1, the cities 2, the input 3. Cells of the bars are 0–3, 4–7, 8–11, and
 * together with the input 0–7 and 8–15.
 */
const filters: SharedFilters = {
	sources: [
		{ at: 1, grid: steps(2, 3), coarse: steps(3, 2), isWhole: true, left: [] },
		{
			at: 3,
			grid: { x: { kind: 'names', names: ['a', 'b'] }, y: null },
			coarse: { x: { kind: 'names', names: ['a', 'b'] }, y: null },
			isWhole: false,
			left: []
		}
	],
	cubes: [
		{
			...cutBy([0], 2, { starts: [0, 2, 4, 6, 6], groups: [0, 1, 0, 1, 0, 1], rows: [2, 2, 2, 2, 1, 1] }),
			values: [
				{ name: 'y', type: 'number', merge: 'sum', counts: [2, 2, 2, 2, 1, 1], numbers: [40, 20, 120, 100, 90, 80] }
			]
		},
		cutBy([1], 2, { starts: [0, 2, 3, 3], groups: [0, 1, 0], rows: [3, 5, 2] }),
		cutBy([0, 1], 2, { starts: [0, 2, 3, 4, 4, 4], groups: [0, 1, 0, 1], rows: [2, 4, 2, 1] })
	]
};

function shared(one: SharedFilters = filters) {
	return minimiseEdition(edition, () => hashes, one);
}

function yOf(blocks: readonly EditionBlock<{ readonly kind: 'not-rendered' }>[]): unknown {
	const block = blocks[1];
	if (!block || !('shown' in block) || !block.shown.ok) return null;
	return block.shown.table.columns.map(({ values }) => values);
}

const names = (...values: readonly string[]): ChartSpan => ({ x: { kind: 'values', values }, y: null });

describe('a share that can be filtered', () => {
	test('numbers its blocks as they are shared, and is another format than one that cannot', () => {
		const bundle = shared();
		expect(bundle.filters).toMatchObject({ sources: [{ at: 0 }, { at: 2 }], cubes: [{ at: 1 }, { at: 1 }, { at: 1 }] });
		const bytes = encodeBundle(bundle);
		expect(strFromU8(inflateSync(bytes))).toContain('"format":"weir/share/v3"');
		expect(strFromU8(inflateSync(bytes))).not.toContain('hidden_query');
		expect(decodeBundle(bytes)).toEqual({ ok: true, value: bundle });
		expect(strFromU8(inflateSync(encodeBundle(minimiseEdition(edition, () => hashes))))).toContain('weir/share/v1');
	});

	test('shows the groups of what is marked, by whole cells, and all of them when nothing is', () => {
		const { filters: given, blocks } = shared();
		if (!given) return expect.unreachable('no filters');
		const open = openFilters(given);
		const marked = (...marks: readonly SharedMark[]) => filterBlocks(open, { blocks, isWhole: true }, marks);
		expect(yOf(wholeBlocks(open, blocks))).toEqual([
			['Bergen', 'Oslo'],
			[250, 200]
		]);
		expect(yOf(marked({ at: 0, span: span(4, 8) }).blocks)).toEqual([
			['Bergen', 'Oslo'],
			[120, 100]
		]);
		// An end inside of a cell goes to the nearest edge.
		const snapped = marked({ at: 0, span: span(3.2, 12) });
		expect(snapped.marks).toMatchObject([{ span: { x: { from: 4, to: 12 } } }]);
		expect(yOf(snapped.blocks)).toEqual([
			['Bergen', 'Oslo'],
			[210, 180]
		]);
		expect(marked({ at: 0, span: names('Oslo') })).toMatchObject({ marks: [], dropped: [0] });
	});

	test('holds several marks together, by coarser cells, and takes the oldest away where it cannot', () => {
		const { filters: given, blocks } = shared();
		if (!given) return expect.unreachable('no filters');
		const marks = [
			{ at: 0, span: span(0, 3) },
			{ at: 2, span: names('a') }
		];
		const both = filterBlocks(openFilters(given), { blocks, isWhole: true }, marks);
		expect(both).toMatchObject({ dropped: [], marks: [{ at: 0, span: { x: { from: 0, to: 8 } } }, { at: 2 }] });
		expect(yOf(both.blocks)).toEqual([
			['Bergen', 'Oslo'],
			[2, 4]
		]);
		const alone = { ...given, cubes: given.cubes.slice(0, 2) };
		const last = filterBlocks(openFilters(alone), { blocks, isWhole: true }, marks);
		expect(last).toMatchObject({ dropped: [0], marks: [{ at: 2 }] });
		expect(yOf(last.blocks)).toEqual([
			['Bergen', 'Oslo'],
			[3, 5]
		]);
	});

	test('of which something was chosen as it was shared is of all rows when that is taken away', () => {
		const { filters: given, blocks } = shared();
		if (!given) return expect.unreachable('no filters');
		expect(yOf(filterBlocks(openFilters(given), { blocks, isWhole: false }, []).blocks)).toEqual([
			['Bergen', 'Oslo'],
			[250, 200]
		]);
	});

	test('of an attacker is refused where its parts do not fit one another, or are beyond all bounds', () => {
		const [cube, ...others] = filters.cubes;
		const [bar, input] = filters.sources;
		if (!cube || !bar || !input) return expect.unreachable('no cube');
		const spoilt: readonly Partial<SharedCube>[] = [
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
			{ by: [] },
			{ by: [2] },
			{ by: [1] },
			{ by: [0, 0] },
			{ by: [1, 0] },
			{ values: [{ name: 'y', type: 'number', merge: 'sum', counts: null, numbers: null }] },
			{ values: [{ name: 'y', type: 'number', merge: 'sum', counts: [1], numbers: [1] }] }
		];
		const wrong = err({ kind: 'invalid-bundle', why: 'shape' } as const);
		for (const change of spoilt) {
			const bytes = encodeBundle(shared({ ...filters, cubes: [{ ...cube, ...change }, ...others] }));
			expect(decodeBundle(bytes), JSON.stringify(change)).toEqual(wrong);
		}
		const sources: readonly Partial<SharedSource>[] = [
			{ grid: { x: null, y: null } },
			{ grid: steps(2, 4) },
			{ grid: steps(5000, 3) },
			{ grid: { x: { kind: 'steps', unit: 7, exponent: 2, first: 0, count: 3 }, y: null } },
			{ grid: { x: { kind: 'names', names: ['a', 'b'] }, y: null } },
			{ coarse: null },
			{ coarse: steps(3, 3) },
			{ at: 3 },
			// Of the cities, in which nothing can be marked.
			{ at: 2 }
		];
		for (const change of sources)
			expect(
				decodeBundle(encodeBundle(shared({ ...filters, sources: [{ ...bar, ...change }, input] }))),
				JSON.stringify(change)
			).toMatchObject({ ok: false });
		const json = strFromU8(inflateSync(encodeBundle(shared())));
		for (const changed of [
			json.replace('weir/share/v3', 'weir/share/v1'),
			json.replace('weir/share/v3', 'weir/share/v2'),
			json.replace('"left":[]', '"left":[],"more":1'),
			json.replace('"left":[]', '"left":[9]')
		])
			expect(decodeBundle(new Uint8Array(deflateSync(strToU8(changed))))).toEqual(wrong);
	});
});

describe('what is chosen in an input', () => {
	const input: InputBlock = {
		...{ kind: 'input', name: 'input', from: null, column: null, options: [], label: 'Chosen', value: null },
		...{ type: 'range', isMultiple: false, span: 3, place }
	};
	const sourceOf = (grid: SharedFilters['sources'][number]['grid'], isWhole: boolean) => {
		const [one] = openFilters({ sources: [{ at: 0, grid, coarse: null, isWhole, left: [] }], cubes: [] }).sources;
		if (!one) throw new Error('no source');
		return one;
	};

	test('is a span of its column and back again, its last value in it', () => {
		const whole = sourceOf(steps(0, 100), true);
		const value = { from: 10, to: 19 };
		const chosen = chosenSpan(input, value, whole);
		expect(chosen).toMatchObject({ x: { from: 10, to: 20 } });
		expect(chosen && chosenValue(value, chosen, whole)).toEqual(value);
		expect(chosenSpan(input, { from: null, to: 4 }, whole)).toMatchObject({ x: { from: 0, to: 5 } });
		const days = sourceOf({ x: { kind: 'steps', unit: 86_400_000, exponent: 0, first: 0, count: 365 }, y: null }, true);
		const date = { ...input, type: 'date' as const };
		const spring = { from: '1970-03-01', to: '1970-03-31' };
		const told = chosenSpan(date, spring, days);
		expect(told).toMatchObject({ x: { from: 59 * 86_400_000, to: 90 * 86_400_000 } });
		expect(told && chosenValue(spring, told, days)).toEqual(spring);
		expect(choicesOf(days).columns.map(({ values }) => values)).toEqual([[0], [364 * 86_400_000]]);
		for (const none of [null, '', { from: null, to: null }, { from: 'soon', to: null }])
			expect(chosenSpan(date, none, days)).toBeNull();
	});

	test('is of names those that are there, and of a search all that it is found in', () => {
		const source = sourceOf({ x: { kind: 'names', names: ['Oslo', 'Bodø', 'Bergen'] }, y: null }, false);
		const spanned = (type: InputBlock['type'], value: InputValue) => chosenSpan({ ...input, type }, value, source)?.x;
		expect(spanned('select', 'Oslo')).toEqual({ kind: 'values', values: ['Oslo'] });
		expect(spanned('select', ['Bodø', 'Rome'])).toEqual({ kind: 'values', values: ['Bodø'] });
		expect(spanned('search', 'B')).toEqual({ kind: 'values', values: ['Bodø', 'Bergen'] });
		expect(spanned('text', 'oslo')).toEqual({ kind: 'values', values: [] });
		expect(spanned('select', [])).toBeUndefined();
	});
});
