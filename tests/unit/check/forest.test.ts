// The isolation forest ranks rows as scikit-learn's does, from the table beside forest.py, and streaming changes nothing.
import { columnFromArray, tableFromColumns, utf8, type Table } from '@uwdata/flechette';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { forestValues, planForest } from '#core/check/anomaly/forest-columns.ts';
import { growForest, scoreRows } from '#core/check/anomaly/isolation-forest.ts';
import { NO_RANKING, growOn, mergeRankings, rankRows, tellCauses } from '#core/check/anomaly/row-ranking.ts';
import reference from '../../vectors/anomaly/forest.json' with { type: 'json' };
import { made, noise } from './samples.ts';

const written = readFileSync(new URL('../../bench/DETECTORS.md', import.meta.url), 'utf8');
const ROWS = 1000;
const SEEDS = 20;
const uniform = (seed: number): Float64Array => made({ count: ROWS, seed });
const wide = (seed: number): Float64Array => noise(ROWS, seed, 1);

/** As forest.py makes them. */
const tables: Readonly<Record<string, () => Float64Array[]>> = {
	blob: () => {
		const columns = [wide(20), wide(23), wide(26)];
		for (let at = 0; at < 10; at++) columns.forEach((column, number) => (column[at * 97] = 4 + number + at / 10));
		return columns;
	},
	clusters: () => {
		const side = uniform(31).map((value) => Number(value < 0.8));
		const either = (dense: Float64Array, far: Float64Array) =>
			dense.map((value, at) => (side[at] === 1 ? value : 8 + (far[at] ?? 0) / 4));
		const [x, y] = [either(wide(32), wide(33)), either(wide(34), wide(35))];
		for (let at = 0; at < 12; at++) [x[at * 83], y[at * 83]] = [-6 + at, 9 - at];
		return [x, y];
	},
	line: () => {
		const x = uniform(41).map((value) => value * 10);
		const y = wide(42).map((value, at) => (x[at] ?? 0) + value / 5);
		for (let at = 0; at < 8; at++) y[at * 120] = 9 - (x[at * 120] ?? 0);
		return [x, y];
	},
	tails: () => [
		uniform(51).map((value) => 1 / (1 - value)),
		uniform(52).map((value) => Math.floor(value * 4)),
		wide(53)
	]
};

function ranksOf(values: ArrayLike<number>): Float64Array {
	const order = Array.from(values, (_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
	const ranks = new Float64Array(values.length);
	for (let at = 0; at < order.length;) {
		let end = at + 1;
		while (end < order.length && values[order[end] ?? 0] === values[order[at] ?? 0]) end++;
		for (let tied = at; tied < end; tied++) ranks[order[tied] ?? 0] = (at + end - 1) / 2;
		at = end;
	}
	return ranks;
}

function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
	const [x, y] = [ranksOf(a), ranksOf(b)];
	const middle = (x.length - 1) / 2;
	let [xx, yy, xy] = [0, 0, 0];
	x.forEach((rank, at) => {
		const [dx, dy] = [rank - middle, (y[at] ?? 0) - middle];
		xx += dx * dx;
		yy += dy * dy;
		xy += dx * dy;
	});
	return xy / Math.sqrt(xx * yy);
}

function first(scores: ArrayLike<number>, count: number): Set<number> {
	const order = Array.from(scores, (_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
	return new Set(order.slice(0, count));
}

test('each table is ranked as scikit-learn ranks it, as nearly as its own forests agree', () => {
	const rows = reference.tables.map(({ name, outliers, own, scores: theirs }) => {
		const columns = tables[name]?.() ?? [];
		const wanted = first(theirs, outliers);
		const each = Array.from({ length: SEEDS }, (_, seed) => scoreRows(growForest(columns, { seed }), columns));
		const mean = Float64Array.from(theirs, (_, row) =>
			each.reduce((sum, scores) => sum + (scores[row] ?? 0) / SEEDS, 0)
		);
		const correlations = each.map((scores) => rankCorrelation(scores, theirs));
		const common = each.map((scores) => [...first(scores, outliers)].filter((row) => wanted.has(row)).length);
		const off = Math.max(...mean.map((score, row) => Math.abs(score - (theirs[row] ?? 0) / 1e4)));
		const all = rankCorrelation(mean, theirs);
		expect(all, name).toBeGreaterThan(0.985);
		expect(Math.min(...correlations), name).toBeGreaterThan(own.correlation - 0.02);
		expect(Math.min(...common), name).toBeGreaterThanOrEqual(own.first - 1);
		expect(off, name).toBeLessThan(0.015);
		return `| ${name} | ${all.toFixed(4)} | ${Math.min(...correlations).toFixed(3)} | ${own.correlation.toFixed(3)} | ${Math.min(...common)} of ${outliers} | ${own.first} of ${outliers} | ${off.toFixed(4)} |`;
	});
	const table = rows.join('\n');
	console.log(table);
	expect(written).toContain(table);
});

/** Orders: prices near 20, of which three are not; a country that one row alone has; a status of two kinds; what says nothing. */
function orders(from: number, to: number): Table {
	const rows = Array.from({ length: to - from }, (_, at) => from + at);
	const price = wide(61);
	return tableFromColumns({
		id: columnFromArray(rows.map((row) => row + 1000)),
		price: columnFromArray(rows.map((row) => ([100, 500, 900].includes(row) ? 90 : 20 + (price[row] ?? 0)))),
		country: columnFromArray(
			rows.map((row) => (row === 250 ? 'XX' : row % 10 === 3 ? null : ['DE', 'FR', 'IT'][row % 3])),
			utf8()
		),
		isPaid: columnFromArray(rows.map((row) => row % 2 === 0)),
		note: columnFromArray(
			rows.map((row) => `note ${row}`),
			utf8()
		),
		always: columnFromArray(rows.map(() => 7)),
		at: columnFromArray(rows.map((row) => new Date(row * 1000))),
		list: columnFromArray(rows.map((row) => [row]))
	});
}

describe('rows of a table', () => {
	const whole = orders(0, ROWS);
	const { used, left } = planForest(whole, ROWS, false);
	const sample = forestValues(whole, used);
	const grown = growOn(used, sample, 3);
	const ranked = (pieces: readonly Table[], limit = 5) =>
		pieces
			.map((piece) => rankRows(grown, forestValues(piece, used), limit))
			.reduce((before, next) => mergeRankings(before, next, limit), NO_RANKING);

	test('numbers, truth values and texts of few values are looked at; all others say why not', () => {
		expect(used.map(({ name }) => name)).toEqual(['price', 'country', 'isPaid']);
		expect(Object.fromEntries(left.map(({ name, reason }) => [name, reason]))).toEqual({
			id: 'row-number',
			note: 'many-values',
			always: 'one-value',
			at: 'time',
			list: 'no-numbers'
		});
	});

	test('columns that were chosen are used, but for those without numbers', () => {
		const chosen = planForest(whole, ROWS, true);
		expect(chosen.used.map(({ name }) => name)).toEqual(['id', 'price', 'country', 'isPaid', 'note', 'always', 'at']);
		expect(chosen.left).toEqual([{ name: 'list', reason: 'no-numbers' }]);
	});

	test('the rows that were made unusual are first, and what makes them so is told', () => {
		const { rows, scoreCounts } = ranked([whole], 3);
		expect(rows.map(({ row }) => row).sort((a, b) => a - b)).toEqual([100, 500, 900]);
		for (const { causes } of tellCauses(grown, rows)) {
			expect(causes[0]).toMatchObject({ column: 'price' });
			expect(causes[0]?.share).toBeGreaterThan(0.5);
		}
		expect(scoreCounts.reduce((sum, count) => sum + count, 0)).toBe(ROWS);
	});

	test('a text that one row alone has is unusual, and columns that are not looked at are not needed', () => {
		const plan = used.filter(({ name }) => name !== 'price');
		const values = forestValues(whole, plan);
		const few = growOn(plan, values, 3);
		const { rows } = rankRows(few, values, 1);
		expect(tellCauses(few, rows).map(({ row, causes }) => [row, causes[0]?.column])).toEqual([[250, 'country']]);
	});

	test('a row that trees have hardly seen is told by how far it is, and one that they have is scored as they score it', () => {
		const many = [wide(71), wide(72)].map((column) =>
			Float64Array.from({ length: 20_000 }, (_, at) => column[at % ROWS] ?? 0)
		);
		const plan = [
			{ name: 'x', kind: 'numbers' as const },
			{ name: 'y', kind: 'numbers' as const }
		];
		const few = growOn(plan, many, 1);
		const far = [Float64Array.of(0, 3, 4, 40, 400), Float64Array.of(0, 0, 0, 0, 0)];
		const { rows } = rankRows(few, far, 5);
		expect(rows.map(({ row }) => row)).toEqual([4, 3, 2, 1, 0]);
		expect(rows[0]?.score).toBeGreaterThan(0.8);
		const seen = forestValues(whole, used);
		expect(rankRows(grown, seen, ROWS).rows.map(({ score }) => score)).toEqual(
			[...scoreRows(grown.forest, seen)].sort((a, b) => b - a)
		);
	});

	test('scored in pieces of any size, they are those that are found at once', () => {
		const atOnce = ranked([whole]);
		for (const sizes of [
			[1, 2, 997],
			[400, 600],
			[999, 1]
		]) {
			let from = 0;
			const pieces = sizes.map((size) => orders(from, (from += size)));
			expect(ranked(pieces)).toEqual(atOnce);
		}
	});

	test('rows that are equally unusual are told in their order, and no rows are none', () => {
		const constant = [new Float64Array(10).fill(5)];
		const flat = growOn([{ name: 'x', kind: 'numbers' }], constant, 1);
		const { rows } = rankRows(flat, constant, 3);
		expect(tellCauses(flat, rows).map(({ row, causes }) => [row, causes])).toEqual([0, 1, 2].map((row) => [row, []]));
		expect(ranked([orders(0, 0)]).rows).toEqual([]);
	});
});
