// Regions of a person's own: whatever GeoJSON holds becomes areas that can be drawn, or is counted as what it is not.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { summariseChart } from '#core/report/chart-summary.ts';
import type { RegionShapes } from '#core/report/edition.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { areasOf, shapeFinder, ShapeReader } from '#core/report/region-shapes.ts';
import { avg, chartBlock, chartRows } from '../../chart-samples.ts';

const square = (x: number, y: number, size = 1): [number, number][] => [
	[x, y],
	[x + size, y],
	[x + size, y + size],
	[x, y + size],
	[x, y]
];
const polygon = (...rings: readonly unknown[]): unknown => ({ type: 'Polygon', coordinates: rings });

function read(shapes: Readonly<Record<string, unknown>>): RegionShapes {
	const reader = new ShapeReader();
	for (const [key, shape] of Object.entries(shapes))
		reader.add(key, typeof shape === 'string' || shape === null ? shape : JSON.stringify(shape));
	return reader.finish();
}

/** Twice the signed area: negative is clockwise. */
function turn(ring: readonly (readonly [number, number])[]): number {
	return ring.slice(1).reduce((sum, [x, y], at) => {
		const [beforeX, beforeY] = ring[at] ?? [0, 0];
		return sum + beforeX * y - x * beforeY;
	}, 0);
}

test('edges run clockwise and holes against it, whichever way the file has them', () => {
	const [edge, hole] = [square(0, 0, 10), square(4, 4, 2)];
	for (const rings of [
		[edge, hole],
		[edge.toReversed(), hole],
		[edge, hole.toReversed()],
		[edge.toReversed(), hole.toReversed()]
	]) {
		const [region] = areasOf(read({ a: polygon(...rings) }).table);
		const [outer = [], inner = []] = region?.area[0] ?? [];
		expect([turn(outer) < 0, turn(inner) > 0]).toEqual([true, true]);
	}
	// Over the line of date an area is what lies between its ends, not the rest of the globe.
	const fiji: [number, number][] = [
		[177, -18],
		[-178, -18],
		[-178, -16],
		[177, -16],
		[177, -18]
	];
	for (const ring of [fiji, fiji.toReversed()]) {
		const [region] = areasOf(read({ fiji: polygon(ring) }).table);
		const unrolled = (region?.area[0]?.[0] ?? []).map(([x, y]): [number, number] => [x < 0 ? x + 360 : x, y]);
		expect(turn(unrolled)).toBeLessThan(0);
	}
});

test('collections in collections, several shapes of one name, and polygons of many parts are one region each', () => {
	const nested = {
		type: 'GeometryCollection',
		geometries: [
			{ type: 'Point', coordinates: [0, 0] },
			{ type: 'GeometryCollection', geometries: [polygon(square(0, 0)), polygon(square(3, 0))] }
		]
	};
	const reader = new ShapeReader();
	reader.add('nested', JSON.stringify(nested));
	reader.add('two', JSON.stringify(polygon(square(0, 5))));
	reader.add('two', JSON.stringify({ type: 'MultiPolygon', coordinates: [[square(5, 5)]] }));
	const regions = areasOf(reader.finish().table);
	expect(regions.map(({ key, area }) => [key, area.length])).toEqual([
		['nested', 2],
		['two', 2]
	]);
});

test('what is no area is counted by why, and never drawn', () => {
	let deep: unknown = polygon(square(0, 0));
	for (let level = 0; level < 40; level++) deep = { type: 'GeometryCollection', geometries: [deep] };
	const { table, rowCount, unread } = read({
		good: polygon(square(0, 0)),
		none: null,
		text: 'no JSON',
		list: '[1, 2]',
		topology: { type: 'Topology', arcs: [] },
		texts: polygon([['1', '2']]),
		open: { type: 'Polygon', coordinates: 7 },
		deep,
		point: { type: 'Point', coordinates: [1, 2] },
		line: { type: 'LineString', coordinates: square(0, 0) },
		empty: polygon(),
		thin: polygon([
			[0, 0],
			[1, 1],
			[0, 0]
		]),
		huge: polygon(square(1e300, 0, 1e299))
	});
	expect(table.columns[0]?.values).toEqual(['good']);
	expect(rowCount).toBe(13);
	expect(unread).toEqual({ noGeometry: 7, noArea: 4, beyond: 1 });
});

test('neighbours go on touching, small regions stay, and no more points are kept than a screen shows', () => {
	const circle = (cx: number, cy: number, radius: number, count: number): [number, number][] =>
		Array.from({ length: count + 1 }, (_, at) => {
			const angle = ((at % count) / count) * 2 * Math.PI;
			return [cx + radius * Math.cos(angle), cy + radius * Math.sin(angle)];
		});
	const shapes = Object.fromEntries(
		Array.from({ length: 40 }, (_, at) => [`r${at}`, polygon(circle(at % 8, Math.floor(at / 8), 0.5, 8000))])
	);
	const { table } = read({ ...shapes, islet: polygon(square(0.1, 0.1, 1e-7)) });
	const regions = areasOf(table);
	expect(regions.length).toBe(41);
	expect(regions.flatMap(({ area }) => area.flat(2)).length).toBeLessThan(61_000);
	expect(regions.at(-1)?.area[0]?.[0]?.length).toBe(5);

	const border: [number, number][] = Array.from({ length: 3000 }, (_, at) => [5 + Math.sin(at / 7) / 50, at / 300]);
	const both = read({
		west: polygon([[0, 0], ...border, [0, 10], [0, 0]]),
		east: polygon([[10, 0], ...border, [10, 10], [10, 0]])
	});
	const inside = areasOf(both.table).map(({ area }) =>
		area
			.flat(2)
			.filter(([x]) => x > 4 && x < 6)
			.map(String)
			.toSorted()
	);
	expect(new Set(inside[0])).toEqual(new Set(inside[1]));
});

test('of whatever JSON there is areas come, or nothing, and never a crash', () => {
	fc.assert(
		fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (values, coordinates) => {
			for (const type of ['Polygon', 'MultiPolygon', 'GeometryCollection', 'Feature'])
				for (const one of [{ type, coordinates, geometries: values, geometry: coordinates }, coordinates])
					expect(areasOf(read({ one }).table).length).toBeLessThan(2);
			const made = chartRows({ key: ['text', ['a']], shape: ['text', [JSON.stringify(coordinates)]] });
			expect(areasOf(made).length).toBeLessThan(2);
		})
	);
});

test('a name means its shape as it is written, or with other capitals, spaces and ways to write its letters', () => {
	const find = shapeFinder(['Süd', 'NORD', null, '01']);
	expect(['Süd', 'süd ', 'Su\u0308d', 'nord', '01', '1', ''].map(find)).toEqual([0, 0, 0, 1, 3, null, null]);
});

test('the summary says how many regions have a value and how many rows are of none', () => {
	const { table } = read({ a: polygon(square(0, 0)), b: polygon(square(1, 0)), c: polygon(square(2, 0)) });
	const rows = chartRows({ x: ['text', ['a', 'B', 'd']], y: ['number', [1, 2, 3]] });
	const block = chartBlock('regions', { x: 'district', y: [avg('rent')] });
	const { text } = summariseChart(block, rows, 3, table);
	expect(text).toContain('2 of 3 regions have a value. 1 row is of none of them.');
});

test('own shapes are of a map of regions, and are named as x is where nothing else is said', () => {
	const chart = (...lines: readonly string[]) =>
		parseReport(`\`\`\`chart\nfrom: rents\nx: district\n${lines.join('\n')}\n\`\`\`\n`);
	const plain = chart('type: regions', 'shapes: districts');
	expect(plain.ok && plain.value.blocks[0]).toMatchObject({ shapes: { from: 'districts', key: 'district' } });
	const named = chart('type: regions', 'shapes: districts', 'shape_key: code');
	expect(named.ok && named.value.blocks[0]).toMatchObject({ shapes: { from: 'districts', key: 'code' } });
	const wrong = chart('type: bar', 'shapes: districts');
	expect(!wrong.ok && wrong.error.problems).toMatchObject([{ code: 'needs', key: 'type: regions', type: 'shapes' }]);
	const lone = chart('type: regions', 'shape_key: code');
	expect(!lone.ok && lone.error.problems).toMatchObject([{ code: 'needs', key: 'shapes', line: 5 }]);
});
