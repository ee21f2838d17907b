// What is asked of PostgreSQL: names are quoted, values stay out of the text, and types are those that keep what comes.
import { describe, expect, it } from 'vitest';
import { planRead, type SqlColumn } from '#core/source/sql/postgres-read.ts';
import type { SqlRead } from '#core/source/sql/sql-read.ts';
import { duckDbTypeOf } from '#core/source/sql/postgres-types.ts';
import { parseEnd, parseHead } from '#core/source/sql/row-lines.ts';

const type = (name: string, modifier = -1, element: string | null = null) => ({ name, modifier, element });
const known = [
	{ name: 'id', type: type('int8'), native: 'bigint' },
	{ name: 'a "b"', type: type('text'), native: 'text' },
	{ name: 'at', type: type('timestamptz'), native: 'timestamp with time zone' }
];
const all: SqlRead<SqlColumn> = {
	source: { kind: 'table', schema: 'my "own"', name: 'orders' },
	known,
	columns: null,
	filters: [],
	order: [],
	after: null,
	limit: null,
	format: 'ndjson'
};

describe('a read', () => {
	it('keeps values out of the statement, and names in quotes', () => {
		const planned = planRead({
			...all,
			columns: ['a "b"'],
			filters: [{ column: 'id', op: 'in', values: ["1'); DROP TABLE x; --", '2'] }],
			order: ['at'],
			after: { values: ['2026-01-01'], isFrom: true },
			limit: 10
		});
		if ('kind' in planned) return expect.unreachable(planned.kind);
		expect(planned.settings).toEqual(["1'); DROP TABLE x; --", '2', '2026-01-01']);
		expect(planned.copy).not.toContain('DROP');
		expect(planned.copy).toContain('SELECT q."a ""b""" AS "a ""b""" FROM "my ""own"""."orders" AS q');
		expect(planned.copy).toContain(
			`WHERE q."id" IN (current_setting('weir.p0')::bigint, current_setting('weir.p1')::bigint) AND ((q."at") >= (current_setting('weir.p2')::timestamp with time zone) OR q."at" IS NULL)`
		);
		expect(planned.copy).toContain('ORDER BY q."at" FETCH FIRST 10 ROWS WITH TIES');
	});

	it('names a column that is not there', () => {
		for (const asked of [
			{ columns: ['no'] },
			{ order: ['no'] },
			{ filters: [{ column: 'no', op: '=', values: ['1'] }] }
		] as const)
			expect(planRead({ ...all, ...asked })).toEqual({ kind: 'unknown-column', column: 'no' });
	});
});

describe('a type', () => {
	// Modifiers as PostgreSQL has them: (precision << 16 | scale) + 4.
	const cases = [
		[type('numeric', ((10 << 16) | 2) + 4), 'DECIMAL(10, 2)'],
		[type('numeric', ((38 << 16) | 38) + 4), 'DECIMAL(38, 38)'],
		[type('numeric', ((3 << 16) | 5) + 4), 'DECIMAL(5, 5)'],
		[type('numeric', ((4 << 16) | (-2 & 0x7_ff)) + 4), 'DECIMAL(6, 0)'],
		[type('numeric', ((100 << 16) | 2) + 4), 'DECIMAL(38, 10)'],
		[type('numeric'), 'DECIMAL(38, 10)'],
		[type('_int4', -1, 'int4'), 'INTEGER[]'],
		[type('_numeric', ((10 << 16) | 2) + 4, 'numeric'), 'DECIMAL(10, 2)[]'],
		[type('jsonb'), 'JSON'],
		[type('citext'), 'VARCHAR']
	] as const;
	it.each(cases)('%j is kept as %s', (of, expected) => {
		expect(duckDbTypeOf(of)).toBe(expected);
	});
});

describe('the last line of an answer', () => {
	it('says that it is whole, or what cut it off, and nothing else does', () => {
		const failed = { kind: 'database-failed', reason: 'timeout', code: '57014', words: null };
		expect(parseEnd('{"end":3}')).toEqual({ end: 3 });
		expect(parseEnd(JSON.stringify({ failed }))).toEqual({ failed });
		for (const line of ['', '{"end":', '{"id":1}', '<html>']) expect(parseEnd(line)).toBeNull();
		expect(parseHead('{"columns":[{"name":"id","type":"BIGINT"}]}')).toEqual({
			columns: [{ name: 'id', type: 'BIGINT' }],
			format: 'ndjson'
		});
		expect(parseHead('{"error":{}}')).toBeNull();
	});
});
