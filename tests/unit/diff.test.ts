// The pure parts of a comparison: how far distributions shifted, which column is which, and which segments are shared.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areAlike, isComparedAsItIs, pairColumns, schemaChanges } from '#core/diff/column-pairs.ts';
import { keyCandidates } from '#core/diff/key-guess.ts';
import { populationStability, shiftSize, totalVariation } from '#core/diff/shift.ts';
import { bindVersions } from '#core/sql/bind-versions.ts';
import { versionId } from '#core/ids.ts';

const counts = (max = 1000) => fc.array(fc.nat(max), { minLength: 5, maxLength: 5 });
const some = (bins: readonly number[]): boolean => bins.some((count) => count > 0);
const measures = [populationStability, totalVariation] as const;

describe('shift', () => {
	test('is what one computes by hand', () => {
		// Shares 0.5, 0.5 and 0.8, 0.2: 0.3 · ln 1.6 − 0.3 · ln 0.4 = 0.3 · ln 4.
		expect(populationStability([5, 5], [80, 20])).toBeCloseTo(0.3 * Math.log(4), 12);
		expect(totalVariation([5, 5], [80, 20])).toBeCloseTo(0.3, 12);
		// An empty bin counts as one ten-thousandth.
		expect(populationStability([1, 0], [0, 1])).toBeCloseTo(2 * (1 - 1e-4) * Math.log(1e4), 9);
		expect(totalVariation([1, 0], [0, 1])).toBe(1);
	});

	test('of equal shares is 0, however many rows there are', () => {
		fc.assert(
			fc.property(counts(), fc.integer({ min: 1, max: 50 }), (bins, times) => {
				fc.pre(some(bins));
				for (const measure of measures)
					expect(
						measure(
							bins,
							bins.map((count) => count * times)
						)
					).toBe(0);
			})
		);
	});

	test('is the same in both directions, never negative, and the variation no more than 1', () => {
		fc.assert(
			fc.property(counts(), counts(), (before, after) => {
				fc.pre(some(before) && some(after));
				for (const measure of measures) {
					const shift = measure(before, after) ?? Number.NaN;
					expect(shift).toBeGreaterThanOrEqual(0);
					expect(measure(after, before)).toBeCloseTo(shift, 9);
				}
				expect(totalVariation(before, after)).toBeLessThanOrEqual(1 + 1e-12);
			})
		);
	});

	test('as variation is the greatest difference in the share of any set of bins, and takes no detour', () => {
		fc.assert(
			fc.property(counts(20), counts(20), counts(20), (one, two, three) => {
				fc.pre(some(one) && some(two) && some(three));
				const share = (bins: readonly number[], set: number): number => {
					const inSet = bins.filter((_count, bin) => (set >> bin) & 1);
					return inSet.reduce((sum, count) => sum + count, 0) / bins.reduce((sum, count) => sum + count, 0);
				};
				const greatest = Math.max(...Array.from({ length: 32 }, (_, set) => share(two, set) - share(one, set)));
				expect(totalVariation(one, two)).toBeCloseTo(greatest, 9);
				const [ab, bc, ac] = [totalVariation(one, two), totalVariation(two, three), totalVariation(one, three)];
				expect(ac ?? 0).toBeLessThanOrEqual((ab ?? 0) + (bc ?? 0) + 1e-9);
			})
		);
	});

	test('as stability is both relative entropies together, where no bin is empty', () => {
		const positive = fc.array(fc.integer({ min: 10, max: 1000 }), { minLength: 4, maxLength: 4 });
		fc.assert(
			fc.property(positive, positive, (before, after) => {
				const shares = (bins: readonly number[]) => bins.map((count) => count / bins.reduce((a, b) => a + b));
				const [p, q] = [shares(before), shares(after)];
				const entropy = (one: readonly number[], other: readonly number[]): number =>
					one.reduce((sum, share, bin) => sum + share * Math.log(share / (other[bin] ?? 1)), 0);
				expect(populationStability(before, after)).toBeCloseTo(entropy(p, q) + entropy(q, p), 9);
			})
		);
	});

	test('of nothing is not told, and its size is read as usual', () => {
		for (const measure of measures) expect([measure([], [1]), measure([1], [0, 0])]).toEqual([null, null]);
		expect([0, 0.099, 0.1, 0.25, 0.26].map(shiftSize)).toEqual(['none', 'none', 'moderate', 'moderate', 'large']);
	});
});

const column = (text: string) => {
	const [name = '', type = 'INTEGER'] = text.split(':');
	return { name, type };
};
const columns = (text: string) => text.split(' ').map(column);

describe('columns', () => {
	const [from, to] = [columns('id a:DATE gone old'), columns('ID a:TIMESTAMP new came')];

	test('pair by name without regard to case, or as renames tell', () => {
		const names = (renames?: Record<string, string>): readonly string[] =>
			pairColumns(from, to, renames).map((pair) => `${pair.from?.name ?? '-'}>${pair.to?.name ?? '-'}`);
		expect(names()).toEqual(['id>ID', 'a>a', '->new', '->came', 'gone>-', 'old>-']);
		expect(names({ old: 'NEW' })).toEqual(['id>ID', 'a>a', 'old>new', '->came', 'gone>-']);
		expect(names({ old: 'nowhere', nobody: 'new' })).toEqual(names());
		// Two that change places.
		expect(pairColumns(columns('a b'), columns('a b'), { a: 'b', b: 'a' }).map((pair) => pair.from?.name)).toEqual([
			'b',
			'a'
		]);
	});

	test('no column is in two pairs, and none is lost', () => {
		const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
		const schema = fc.uniqueArray(name).map((all) => all.map((one) => ({ name: one, type: 'DATE' })));
		fc.assert(
			fc.property(schema, schema, fc.dictionary(name, name), (before, after, renames) => {
				const pairs = pairColumns(before, after, renames);
				const sides = pairs.flatMap((pair) => [pair.from, pair.to]).filter((one) => one !== null);
				expect(new Set(sides)).toEqual(new Set([...before, ...after]));
				expect(sides).toHaveLength(before.length + after.length);
			})
		);
	});

	test('that came, left, and got another type or name are told', () => {
		expect(schemaChanges(pairColumns(from, to, { old: 'new' }))).toEqual([
			{ kind: 'retyped', name: 'a', type: 'TIMESTAMP', typeBefore: 'DATE' },
			{ kind: 'renamed', name: 'new', nameBefore: 'old', type: 'INTEGER', typeBefore: 'INTEGER' },
			{ kind: 'added', name: 'came', type: 'INTEGER' },
			{ kind: 'removed', name: 'gone', type: 'INTEGER' }
		]);
	});

	test('mean the same in shared segments only when all are there in their order, under whatever name', () => {
		const alike = (one: string, other: string, renames = {}): boolean =>
			areAlike(columns(one), columns(other), pairColumns(columns(one), columns(other), renames));
		expect([alike('a b', 'a b'), alike('a b', 'a c', { b: 'c' })]).toEqual([true, true]);
		// A segment that both have holds as `b` what it held as `a`, in whatever order the pairs are.
		const swapped = pairColumns(columns('a b'), columns('b a'));
		for (const pairs of [swapped, swapped.toReversed()])
			expect(areAlike(columns('a b'), columns('b a'), pairs)).toBe(false);
		const kept = pairColumns(columns('a b'), columns('a b'));
		expect(areAlike(columns('a b'), columns('a b'), kept.toReversed())).toBe(true);
		expect([alike('a b', 'b a'), alike('a b', 'a'), alike('a', 'a:DATE'), alike('a b', 'a c')]).toEqual(
			Array.from({ length: 4 }, () => false)
		);
	});

	test('of other types are compared as they are only where one holds the other exactly', () => {
		const asItIs = (one: string, other: string): boolean =>
			isComparedAsItIs({ name: 'a', from: column(`a:${one}`), to: column(`a:${other}`) });
		expect([asItIs('INTEGER', 'BIGINT'), asItIs('INTEGER', 'DOUBLE'), asItIs('DATE', 'DATE')]).toEqual([
			true,
			true,
			true
		]);
		expect([asItIs('BIGINT', 'DOUBLE'), asItIs('VARCHAR', 'INTEGER')]).toEqual([false, false]);
	});

	test('that are called like a key are guessed first, and numbers with fractions never', () => {
		const schema = columns('name:VARCHAR score:DOUBLE person_id both:INTEGER[] day:DATE');
		expect(keyCandidates(pairColumns(schema, schema)).map(({ name }) => name)).toEqual(['person_id', 'name', 'day']);
	});
});

test('diff() in SQL takes renames beside the key, and leaves shared segments out all the same', () => {
	const [v1, v2] = [versionId('version-one'), versionId('version-two')];
	const catalogue = [
		{
			name: 'people',
			head: v2,
			history: [
				{ id: v1, createdAtMs: 0 },
				{ id: v2, createdAtMs: 1 }
			],
			refs: {},
			reached: [
				{ id: v1, createdAtMs: 0, columns: columns('id old') },
				{ id: v2, createdAtMs: 1, columns: columns('id new') }
			],
			hasRejects: false
		}
	];
	const bound = bindVersions("FROM diff('people@v1', 'people', 'id', 'old => new')", catalogue);
	if (!bound.ok) throw new Error(bound.error.kind);
	expect(bound.value.relations.map(({ unlike }) => unlike)).toEqual([v2, v1]);
	expect(bound.value.sql).toContain('"from_new"');
	expect(bound.value.sql).not.toContain('old =>');
});
