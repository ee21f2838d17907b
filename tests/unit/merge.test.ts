import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { versionId, type VersionId } from '#core/ids.ts';
import { mergeBase } from '#core/version/merge-base.ts';
import { mergeSchemas } from '#core/version/merge-schema.ts';
import type { Column } from '#core/version/version.ts';
import { isSame, mergeModel, type Cells, type Rows } from '../merge-model.ts';

const commits = (parents: Readonly<Record<string, string>>) =>
	Object.entries(parents).map(([id, of]) => ({
		id: versionId(id),
		parents: of.split('').map(versionId)
	}));

describe('the version where two lines parted', () => {
	test.each([
		['a line and its end', { a: '', b: 'a', c: 'b' }, 'a', 'c', 'a'],
		['a fork', { a: '', b: 'a', c: 'b', d: 'b' }, 'c', 'd', 'b'],
		['a fork that was merged once', { a: '', b: 'a', c: 'a', d: 'bc', e: 'c' }, 'd', 'e', 'c'],
		['merges both ways, of which the least id', { a: '', b: 'a', c: 'a', d: 'bc', e: 'cb' }, 'd', 'e', 'b'],
		['no version in common', { a: '', b: '' }, 'a', 'b', null],
		['a parent that is not stored any more', { b: 'a', c: 'b', d: 'b' }, 'c', 'd', 'b']
	] as const)('%s', (_what, parents, one, other, expected) => {
		const versions = commits(parents);
		expect(mergeBase(versionId(one), versionId(other), versions)).toBe(expected);
		expect(mergeBase(versionId(other), versionId(one), versions)).toBe(expected);
	});

	test('both descend from it, and nothing nearer is behind both', () => {
		const graphs = fc.array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 2, maxLength: 20 }).map((rows) =>
			rows.map((picks, index) => ({
				id: versionId(`v${String(index).padStart(2, '0')}`),
				parents:
					index === 0 ? [] : [...new Set(picks.map((pick) => versionId(`v${String(pick % index).padStart(2, '0')}`)))]
			}))
		);
		const behind = (id: VersionId, graph: ReturnType<typeof commits>): Set<VersionId> => {
			const found = new Set([id]);
			for (const commit of graph.toReversed())
				if (found.has(commit.id)) for (const parent of commit.parents) found.add(parent);
			return found;
		};
		fc.assert(
			fc.property(graphs, fc.nat(), fc.nat(), (graph, first, second) => {
				const [one, other] = [graph[first % graph.length]?.id, graph[second % graph.length]?.id];
				if (!one || !other) return;
				const base = mergeBase(one, other, graph);
				const both = [...behind(one, graph)].filter((id) => behind(other, graph).has(id));
				if (base !== null) expect(both).toContain(base);
				expect(both.filter((id) => id !== base && (base === null || behind(id, graph).has(base)))).toEqual([]);
			})
		);
	});
});

describe('the columns of a merge', () => {
	const columns = (text: string): readonly Column[] =>
		text.split(' ').map((part) => ({ name: part.split(':')[0] ?? '', type: part.split(':')[1] ?? 'BIGINT' }));
	const merged = (base: string, ours: string, theirs: string) => {
		const result = mergeSchemas({ base: columns(base), ours: columns(ours), theirs: columns(theirs) });
		return result.ok
			? result.value.columns.map(({ name, type }) => (type === 'BIGINT' ? name : `${name}:${type}`)).join(' ')
			: result.error.map(({ kind, column }) => `${kind} ${column}`).join(', ');
	};
	test.each([
		['id a', 'id a', 'id a', 'id a'],
		['id a', 'id a b', 'id c a', 'id a b c'],
		['id a b', 'id b', 'id a b', 'id b'],
		['id a', 'id a:DOUBLE', 'id a', 'id a:DOUBLE'],
		['id a', 'id a', 'id A:DOUBLE', 'id a:DOUBLE'],
		['id a', 'id a:DATE', 'id a:DATE', 'id a:DATE'],
		['id', 'id x:DATE', 'id x', 'types-differ x'],
		['id a', 'id a:DATE', 'id a:DOUBLE', 'types-differ a'],
		['id a', 'id', 'id a:DOUBLE', 'dropped-and-retyped a'],
		['id a', 'b id', 'id', 'b id']
	])('%s, ours %s, theirs %s: %s', (base, ours, theirs, expected) => {
		expect(merged(base, ours, theirs)).toBe(expected);
	});
});

describe('laws of the model that the real merge is held against', () => {
	const cell = fc.constantFrom(null, 'x', 'y', 'z');
	const table: fc.Arbitrary<Rows> = fc
		.array(fc.tuple(fc.nat(5), fc.record({ a: cell, b: cell })), { maxLength: 6 })
		.map((rows) => new Map<number, Cells>(rows));
	const text = (rows: Rows): string => JSON.stringify([...rows].sort(([one], [other]) => one - other));

	test('merging nothing, or the same, changes nothing; without conflicts both directions agree', () => {
		fc.assert(
			fc.property(table, table, table, (o, a, b) => {
				expect(text(mergeModel(o, a, o).rows)).toBe(text(a));
				expect(text(mergeModel(o, o, a).rows)).toBe(text(a));
				expect(text(mergeModel(o, a, a).rows)).toBe(text(a));
				const [one, other] = [mergeModel(o, a, b), mergeModel(o, b, a)];
				expect([...one.conflicts].sort()).toEqual([...other.conflicts].sort());
				if (one.conflicts.size === 0) expect(text(one.rows)).toBe(text(other.rows));
			})
		);
	});

	test('no cell is invented, and an edit of one side alone is kept or listed', () => {
		fc.assert(
			fc.property(table, table, table, (o, a, b) => {
				const { rows, conflicts } = mergeModel(o, a, b);
				for (const [key, cells] of rows)
					for (const [column, value] of Object.entries(cells))
						expect([a.get(key)?.[column], b.get(key)?.[column]]).toContain(value);
				for (const [key, cells] of b) {
					const was = o.get(key);
					const isTheirs = was === undefined ? !a.has(key) : !isSame(was, cells);
					if (isTheirs && !conflicts.has(key) && !a.has(key)) expect(rows.get(key)).toEqual(cells);
				}
			})
		);
	});
});
