// From a number of a report to its rows and its sources, as far as no engine is needed.
import { expect, test } from 'vitest';
import type { VersionId } from '#core/ids.ts';
import { originsOf } from '#core/lineage/origins.ts';
import { numberAt, numberRowsSql } from '#core/report/number-rows.ts';
import { parseReport } from '#core/report/parse-report.ts';
import type { Version } from '#core/version/version.ts';

test('a mark is told apart by what it is of: texts, missing values, whole numbers, and fractions whose last digit may differ', () => {
	const keys = [
		{ name: 'x', sql: 'a', type: 'text' as const },
		{ name: 'color', sql: 'b', type: 'number' as const },
		{ name: 'facet', sql: 'c', type: 'number' as const }
	];
	const table = {
		rowCount: 2,
		columns: [
			{ name: 'x', type: 'text' as const, values: ["it's", null] },
			{ name: 'color', type: 'number' as const, values: [3, 0.5] },
			{ name: 'facet', type: 'number' as const, values: ['NaN', 1] }
		]
	};
	expect(numberRowsSql(keys, null, table, 0)).toBe(
		"a IS NOT DISTINCT FROM 'it''s' AND b IS NOT DISTINCT FROM CAST('3' AS INTEGER) AND c IS NOT DISTINCT FROM CAST('NaN' AS DOUBLE)"
	);
	expect(numberRowsSql(keys.slice(0, 2), { kind: 'aggregate', aggregate: 'avg', column: 'd' }, table, 1)).toBe(
		`a IS NOT DISTINCT FROM NULL AND abs(b - CAST('0.5' AS DOUBLE)) <= CAST('${0.5 * 1e-12}' AS DOUBLE) AND "d" IS NOT NULL`
	);
	expect(numberRowsSql([], null, table, 0)).toBe('TRUE');
});

test('of several measures in a chart, the one that the mark belongs to counts', () => {
	const parsed = parseReport('```chart\ntype: line\nfrom: a\nx: d\ny: [avg(b), max(c)]\n```');
	const table = { rowCount: 1, columns: [{ name: 'series', type: 'text' as const, values: ['Highest c'] }] };
	expect(parsed.ok && numberAt(parsed.value.blocks[0], { block: 0, row: 0 }, table)).toMatchObject({
		label: 'Highest c',
		measure: { aggregate: 'max', column: 'c' }
	});
	expect(numberAt(undefined, { block: 9, row: 0 }, null)).toBeNull();
});

test('the files behind a version are found through edits and queries, each once, and what is gone is counted', () => {
	const versions = new Map<string, Version>();
	const add = (id: string, inputs: readonly string[], file: string | null): void => {
		const source = file === null ? null : { name: file, sizeBytes: 1, sha256: `hash of ${file}` };
		versions.set(id, { id, lineage: { source, inputs } } as unknown as Version);
	};
	add('a1', [], 'a.csv');
	add('a2', ['a1'], null);
	add('b1', [], 'b.csv');
	add('b2', ['b1'], 'more.csv');
	add('c', ['a2', 'b2', 'a1', 'gone'], null);
	const last = versions.get('c');
	if (!last) throw new Error('it was added');
	const { origins, goneCount } = originsOf(last, (id: VersionId) => versions.get(id) ?? null);
	expect(origins.map(({ source }) => source.name)).toEqual(['more.csv', 'a.csv', 'b.csv']);
	expect(goneCount).toBe(1);
});
