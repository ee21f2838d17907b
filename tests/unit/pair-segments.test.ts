// What a pairing of segments leaves out is equal in both versions: read as it says, they differ as they do read whole.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairColumns, type ColumnPair, type Renames } from '#core/diff/column-pairs.ts';
import { pairSegments, type PartedTable } from '#core/diff/pair-segments.ts';
import { movedRowSql, rowsInSegments, rowsInVersion, segmentsOfRows } from '#core/diff/row-positions.ts';
import { partId, segmentId } from '#core/ids.ts';
import type { Segment } from '#core/version/segment.ts';

type Row = Readonly<Record<string, number | null>>;
/** Rows by segments. */
type Table = { readonly columns: readonly string[]; readonly segments: readonly (readonly Row[])[] };

function parted({ columns, segments }: Table): PartedTable {
	const made = segments.map((rows): Segment => {
		const chunks = columns.map((name) => ({
			part: partId(JSON.stringify(rows.map((row) => row[name] ?? null))),
			sizeBytes: 1,
			meta: new Uint8Array()
		}));
		return { id: segmentId(JSON.stringify([rows.length, ...chunks])), rowCount: rows.length, chunks };
	});
	return {
		schema: columns.map((name) => ({ name, type: 'INTEGER' })),
		owners: columns.map((_name, column) => column),
		refs: made.map(({ id, rowCount }) => ({ id, rowCount })),
		segments: new Map(made.map((segment) => [segment.id, segment]))
	};
}

const cell = (row: Row, pair: ColumnPair | undefined, side: 'from' | 'to'): number | null =>
	row[pair?.[side]?.name ?? ''] ?? null;
const cells = (row: Row, pairs: readonly ColumnPair[], side: 'from' | 'to'): string =>
	JSON.stringify(pairs.map((pair) => cell(row, pair, side)));

/** By key: each row that differs, before and after. */
function keyed(from: readonly Row[], to: readonly Row[], pairs: readonly ColumnPair[]): readonly string[] {
	const before = new Map(from.map((row) => [cell(row, pairs[0], 'from'), cells(row, pairs, 'from')]));
	const after = new Map(to.map((row) => [cell(row, pairs[0], 'to'), cells(row, pairs, 'to')]));
	return [...new Set([...before.keys(), ...after.keys()])]
		.filter((key) => before.get(key) !== after.get(key))
		.map((key) => `${before.get(key) ?? '-'} ${after.get(key) ?? '-'}`);
}

/** Of whole rows: how often each is there more often after than before. */
function counted(from: readonly string[], to: readonly string[]): ReadonlyMap<string, number> {
	const counts = new Map<string, number>();
	for (const row of to) counts.set(row, (counts.get(row) ?? 0) + 1);
	for (const row of from) counts.set(row, (counts.get(row) ?? 0) - 1);
	return new Map([...counts].filter(([, count]) => count !== 0));
}

/** Rows of both sides that stand beside each other and differ in a column that is read. */
function besides(from: Table, to: Table, pairs: readonly ColumnPair[], keys: readonly ColumnPair[]) {
	const pairing = pairSegments({ from: parted(from), to: parted(to) }, pairs, keys);
	const found = pairing.groups.flatMap((group) =>
		group.to.flatMap((number, at) => {
			const before = from.segments[group.from[at] ?? -1] ?? [];
			expect(to.segments[number]).toHaveLength(before.length);
			return (to.segments[number] ?? []).flatMap((row, index) => {
				const old = before[index] ?? {};
				const differs = group.differing.some(
					(place) => cell(old, pairs[place], 'from') !== cell(row, pairs[place], 'to')
				);
				return differs ? [{ old, row }] : [];
			});
		})
	);
	const rest = {
		from: pairing.rest.from.flatMap((number) => from.segments[number] ?? []),
		to: pairing.rest.to.flatMap((number) => to.segments[number] ?? [])
	};
	return { pairing, found, rest };
}

const base: Table = {
	columns: ['id', 'a', 'b'],
	segments: [0, 1, 2, 3].map((segment) =>
		[0, 1, 2, 3].map((row) => ({ id: segment * 4 + row, a: row % 2, b: segment }))
	)
};
const row = fc.nat(15);
type Edit = (table: Table) => Table;
const inRows =
	(change: (rows: readonly Row[]) => readonly Row[]): Edit =>
	({ columns, segments }) => ({ columns, segments: segments.map(change).filter((rows) => rows.length > 0) });
const edit: fc.Arbitrary<Edit> = fc.oneof(
	fc
		.tuple(row, fc.constantFrom('a', 'b'), fc.constantFrom(0, 1, null))
		.map(([id, column, value]) =>
			inRows((rows) => rows.map((one) => (one['id'] === id ? { ...one, [column]: value } : one)))
		),
	row.map((id) => inRows((rows) => rows.filter((one) => one['id'] !== id))),
	fc
		.tuple(row, fc.integer({ min: 16, max: 30 }))
		.map(([id, fresh]) =>
			inRows((rows) => rows.flatMap((one) => (one['id'] === id ? [one, { id: fresh, a: 0, b: null }] : [one])))
		),
	row.map((id): Edit => ({ columns, segments }) => ({
		columns,
		segments: [...segments.slice(id % 4), ...segments.slice(0, id % 4)]
	})),
	row.map((id): Edit => ({ columns, segments }) => ({
		columns: columns.includes('c') ? columns : [...columns, 'c'],
		segments: segments.map((rows) => rows.map((one) => ({ ...one, c: one['id'] === id ? 1 : (one['c'] ?? null) })))
	})),
	fc.constant<Edit>(({ columns, segments }) => ({ columns: columns.filter((name) => name !== 'b'), segments }))
);
const edited = fc.array(edit, { maxLength: 4 }).map((edits) => edits.reduce((table, one) => one(table), base));
const unique = ({ segments }: Table): boolean =>
	new Set(segments.flat().map((one) => one['id'])).size === segments.flat().length;

function pairsOf(from: Table, to: Table, renames: Renames = {}): readonly ColumnPair[] {
	return pairColumns(parted(from).schema, parted(to).schema, renames);
}

describe('read as a pairing says, versions differ as they do read whole', () => {
	test('by key', () => {
		fc.assert(
			fc.property(edited, edited, (from, to) => {
				fc.pre(unique(from) && unique(to));
				const pairs = pairsOf(from, to);
				const { found, rest } = besides(from, to, pairs, pairs.slice(0, 1));
				const told = [
					...found.map(({ old, row: now }) => `${cells(old, pairs, 'from')} ${cells(now, pairs, 'to')}`),
					...keyed(rest.from, rest.to, pairs)
				];
				expect(told.sort()).toEqual([...keyed(from.segments.flat(), to.segments.flat(), pairs)].sort());
			}),
			{ numRuns: 500 }
		);
	});

	test('of whole rows', () => {
		fc.assert(
			fc.property(edited, edited, (from, to) => {
				const pairs = pairsOf(from, to);
				const { found, rest } = besides(from, to, pairs, []);
				const of = (rows: readonly Row[], side: 'from' | 'to') => rows.map((one) => cells(one, pairs, side));
				const told = counted(
					of([...found.map(({ old }) => old), ...rest.from], 'from'),
					of([...found.map(({ row: now }) => now), ...rest.to], 'to')
				);
				expect(told).toEqual(counted(of(from.segments.flat(), 'from'), of(to.segments.flat(), 'to')));
			}),
			{ numRuns: 500 }
		);
	});
});

describe('what is left to read', () => {
	const cellsOf = (change: (one: Row) => Row): Table => inRows((rows) => rows.map(change))(base);
	const pairing = (to: Table, keys = 1, renames: Renames = {}) => {
		const pairs = pairsOf(base, to, renames);
		return pairSegments({ from: parted(base), to: parted(to) }, pairs, pairs.slice(0, keys));
	};

	test('are the columns that changed, in the segments where they did', () => {
		const to = cellsOf((one) => ({ ...one, ...(one['id'] === 5 && { a: 9 }), ...(one['id'] === 13 && { b: 9 }) }));
		const expected = {
			groups: [
				{ from: [1], to: [1], differing: [1] },
				{ from: [3], to: [3], differing: [2] }
			],
			removals: { from: [], to: [] },
			rest: { from: [], to: [] },
			same: { segmentCount: 2, rowCount: 8 }
		};
		expect([pairing(to), pairing(to, 0)]).toEqual([expected, expected]);
	});

	test('is a column that came or went alone, in all segments', () => {
		const [came, went] = [
			{ ...base, columns: ['id', 'a', 'b', 'c'] },
			{ ...base, columns: ['id', 'b'] }
		];
		const all = [0, 1, 2, 3];
		expect(pairing(came).groups).toEqual([{ from: all, to: all, differing: [3] }]);
		expect(pairing(went).groups).toEqual([{ from: all, to: all, differing: [2] }]);
	});

	test('is nothing where a column has another name that was told', () => {
		const renamed = cellsOf((one) => ({ id: one['id'] ?? null, a: one['a'] ?? null, z: one['b'] ?? null }));
		const to = { ...renamed, columns: ['id', 'z', 'a'] };
		expect(pairing(to, 1, { b: 'z' })).toEqual({
			groups: [],
			removals: { from: [], to: [] },
			rest: { from: [], to: [] },
			same: { segmentCount: 4, rowCount: 16 }
		});
		expect(pairing(to).groups.map(({ differing }) => differing)).toEqual([[1, 3]]);
	});

	test('are all columns where keys came, left or moved', () => {
		const to = inRows((rows) => rows.filter((one) => one['id'] !== 6))(base);
		expect(pairing(to)).toEqual({
			groups: [],
			removals: { from: [], to: [] },
			rest: { from: [1], to: [1] },
			same: { segmentCount: 3, rowCount: 12 }
		});
	});

	test('is read in a few groups, however many combinations of columns changed', () => {
		const columns = ['id', ...Array.from({ length: 12 }, (_, index) => `x${index}`)];
		const of = (changed: (segment: number, column: number) => boolean): Table => ({
			columns,
			segments: Array.from({ length: 40 }, (_, segment) => [
				Object.fromEntries(columns.map((name, at) => [name, at === 0 ? segment : changed(segment, at) ? 1 : 0]))
			])
		});
		const [from, to] = [of(() => false), of((segment, column) => column % (2 + (segment % 11)) === 1)];
		const pairs = pairsOf(from, to);
		const { groups } = pairSegments({ from: parted(from), to: parted(to) }, pairs, pairs.slice(0, 1));
		expect(groups).toHaveLength(8);
		expect(groups.flatMap((group) => group.to).sort((one, other) => one - other)).toEqual([...Array(40).keys()]);
		for (const group of groups) expect(group.to).toEqual(group.to.toSorted((one, other) => one - other));
	});
});

test('a row is found again in its version, and the other way round', () => {
	const counts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 9 });
	fc.assert(
		fc.property(counts, fc.func(fc.boolean()), (rowCounts, isTaken) => {
			const refs = rowCounts.map((rowCount, at) => ({ id: segmentId(String(at)), rowCount }));
			const numbers = [...refs.keys()].filter((number) => isTaken(number));
			const rows = refs.flatMap(({ rowCount }, segment) => Array.from({ length: rowCount }, () => segment));
			const expected = [...rows.keys()].filter((at) => numbers.includes(rows[at] ?? -1));
			const moved = (sql: string, value: number): number => evaluate(sql, value);
			const there = movedRowSql('r', rowsInVersion(refs, numbers));
			const back = movedRowSql('r', rowsInSegments(refs, numbers));
			expect(expected.map((_at, index) => moved(there, index))).toEqual(expected);
			expect(expected.map((at) => moved(back, at))).toEqual([...expected.keys()]);
			expect(segmentsOfRows(refs, expected)).toEqual(numbers);
		})
	);
});

/** `CASE WHEN r < n THEN … ELSE … END` and `r + n`, as SQL means them. */
function evaluate(sql: string, r: number): number {
	const branch = /^CASE WHEN r < (\d+) THEN (.*)$/.exec(sql);
	if (!branch) return r + Number(/^r(?: \+ (-?\d+))?$/.exec(sql)?.[1] ?? 0);
	const rest = branch[2] ?? '';
	let depth = 0;
	for (const { 0: word, index } of rest.matchAll(/CASE|ELSE|END/g)) {
		if (word === 'ELSE' && depth === 0) {
			const isBelow = r < Number(branch[1]);
			return evaluate(isBelow ? rest.slice(0, index - 1) : rest.slice(index + 5, -4), r);
		}
		depth += word === 'CASE' ? 1 : word === 'END' ? -1 : 0;
	}
	return Number.NaN;
}

test('patched segments are the same with the same patch, and otherwise beside none', () => {
	const whole = parted(base);
	const patched = (...names: readonly string[]): PartedTable => ({
		...whole,
		refs: whole.refs.map((ref, at) => {
			const name = names[at];
			return name === undefined ? ref : { ...ref, patch: { id: segmentId(name), rowCount: 1 } };
		})
	});
	const pairs = pairColumns(whole.schema, whole.schema);
	for (const keys of [pairs.slice(0, 1), []]) {
		const pairing = pairSegments({ from: patched('p', 'q'), to: patched('p', 'r') }, pairs, keys);
		expect(pairing.same).toEqual({ segmentCount: 3, rowCount: 12 });
		expect([pairing.groups, pairing.rest]).toEqual([[], { from: [1], to: [1] }]);
		expect(pairSegments({ from: whole, to: patched('p') }, pairs, keys).rest).toEqual({ from: [0], to: [0] });
	}
});

test('segments that only lost rows are read for those rows alone, unless they were moved', () => {
	const whole = parted(base);
	const lost = (name: string, ...counts: readonly number[]): PartedTable => ({
		...whole,
		refs: whole.refs.map((ref, at) => {
			const rowCount = counts[at] ?? 0;
			if (rowCount === 0) return ref;
			return { ...ref, rowCount: ref.rowCount - rowCount, patch: { id: segmentId(`${name} ${at}`), rowCount } };
		})
	});
	const pairs = pairColumns(whole.schema, whole.schema);
	for (const keys of [pairs.slice(0, 1), []]) {
		const first = pairSegments({ from: whole, to: lost('a', 0, 1, 2) }, pairs, keys);
		expect([first.removals, first.rest]).toEqual([
			{ from: [1, 2], to: [1, 2] },
			{ from: [], to: [] }
		]);
		expect(first.same.segmentCount).toBe(2);
		const both = pairSegments({ from: lost('a', 1, 1), to: lost('b', 2, 0, 1) }, pairs, keys);
		expect(both.removals).toEqual({ from: [0, 1, 2], to: [0, 1, 2] });
		const moved = { ...lost('a', 1, 1), refs: lost('a', 1, 1).refs.toReversed() };
		const turned = pairSegments({ from: whole, to: moved }, pairs, keys);
		expect([turned.removals, turned.rest]).toEqual([
			{ from: [1], to: [2] },
			{ from: [0], to: [3] }
		]);
	}
});
