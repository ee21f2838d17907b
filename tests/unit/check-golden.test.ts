// Walks the golden cases of expectations: a table and a check, and which rows are against it. DuckDB itself evaluates them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { expectationNames } from '#core/check/catalogue.ts';
import { planSuite } from '#core/check/compile-suite.ts';
import type { CheckVerdict } from '#core/check/verdict.ts';
import { CheckWorld, type GoldenTable } from '../check-world.ts';

type Case = {
	readonly name: string;
	readonly table: string;
	readonly kwargs: Readonly<Record<string, unknown>>;
	readonly severity?: 'warn';
	/** Of drift: the table that is the pinned baseline. */
	readonly baseline?: string;
	readonly expect: {
		readonly outcome: CheckVerdict['outcome'];
		/** Values of the first column of all rows against it. */
		readonly against?: readonly unknown[];
		readonly result?: Readonly<Record<string, unknown>>;
		readonly problem?: Readonly<Record<string, unknown>>;
	};
};
type GoldenFile = { readonly tables?: Readonly<Record<string, GoldenTable>>; readonly cases: readonly Case[] };

const folder = join(import.meta.dirname, '../golden/checks');
const read = (name: string): unknown => parse(readFileSync(join(folder, name), 'utf8'));
const shared = read('tables.yaml') as Readonly<Record<string, GoldenTable>>;
/** JSON is an extension of the engine, which a page brings: its cases are walked there. */
const inPage = 'expect_column_values_to_be_json_parseable';
const all = readdirSync(folder)
	.filter((name) => name.endsWith('.yaml') && name !== 'tables.yaml')
	.map((name) => [name.replace('.yaml', ''), read(name) as GoldenFile] as const);

const files = all.filter(([name]) => name !== inPage);

/** What the cases of freshness call now, and when the version was made. */
const NOW = Date.UTC(2024, 11, 31, 12);
const MADE = NOW - 86_400_000;

let world: CheckWorld;
beforeAll(async () => {
	world = await CheckWorld.start();
	world.make(shared);
}, 60_000);

test('every expectation has at least six cases', () => {
	expect(all.map(([name]) => name).sort()).toEqual([...expectationNames].sort());
	for (const [name, { cases }] of all) expect(cases.length, name).toBeGreaterThanOrEqual(6);
});

describe.each(files)('%s', (expectation, { tables = {}, cases }) => {
	beforeAll(() => world.make(tables));

	test.each(cases)('$name', async ({ table, kwargs, severity = 'fail' as const, baseline = null, expect: wanted }) => {
		const columns = (tables[table] ?? shared[table])?.columns ?? {};
		const schema = Object.entries(columns).map(([name, type]) => ({ name, type }));
		const [id = ''] = Object.keys(columns);
		const check = {
			name: 'c',
			expectation,
			kwargs,
			severity,
			description: null,
			resultFormat: 'COMPLETE' as const,
			isDisabled: false,
			index: 0,
			line: 1
		};
		const datasets = [...Object.keys(shared), ...Object.keys(tables)];
		const planned = planSuite([check], { schema, nowMs: NOW, versionAtMs: MADE, datasets });
		const given = { planned, schema, table, baseline, key: [id] };
		const { checks } = await world.evaluate(given);
		const byValue = await world.evaluate({ ...given, byValue: 'always' });
		expect(byValue.checks).toEqual(like(checks));
		const [found] = checks;
		expect(found).toMatchObject({ outcome: wanted.outcome });
		if (wanted.problem) expect(found?.problem).toMatchObject(wanted.problem);
		if (wanted.result) expect(found?.result).toEqual(like(wanted.result));
		if (!wanted.against) return;
		const against = found?.rowsSql ? world.column(found.rowsSql, table, id) : [];
		expect(against).toEqual(wanted.against);
		expect(found?.unexpectedCount).toBe(wanted.against.length);
		if (Array.isArray(found?.result?.['unexpected_index_list']))
			expect(found.result['unexpected_index_list']).toEqual(wanted.against.map((value) => ({ [id]: value })));
	});
});

/** Numbers as near as floating point comes, and objects with whatever else they hold. */
function like(value: unknown): unknown {
	if (typeof value === 'number' && !Number.isInteger(value)) return expect.closeTo(value, 12);
	if (Array.isArray(value)) return value.map(like);
	if (typeof value !== 'object' || value === null) return value;
	return expect.objectContaining(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, like(inner)])));
}
