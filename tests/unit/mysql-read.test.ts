// What is asked of MySQL: no value can be anything but a value, pages end between two values, and types are those that keep what comes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPage, quoteIdentifier, type MysqlColumn } from '#edge/database/mysql/plan-page.ts';
import {
	csvValue,
	duckDbTypeOf,
	jsonValue,
	LONGITUDE_FIRST,
	mysqlTypeNames,
	type MysqlType
} from '#edge/database/mysql/types.ts';
import type { SqlRead } from '#core/source/sql/sql-read.ts';

const type = (name: MysqlType['name'], change: Partial<MysqlType> = {}): MysqlType => ({
	...{ name, isUnsigned: false, precision: 0, scale: 0 },
	...change
});
const column = (name: string, of: MysqlType['name'], isNullable = false): MysqlColumn => ({
	name,
	type: type(of),
	isNullable
});
const all: SqlRead<MysqlColumn> = {
	source: { kind: 'table', schema: 'my `own`', name: 'orders' },
	known: [column('id', 'bigint'), column('a `b`', 'text', true), column('at', 'timestamp', true)],
	columns: null,
	filters: [],
	order: [],
	after: null,
	limit: null,
	format: 'ndjson'
};

/** Without what stands in quotes of any kind: what is left is the statement's own. */
function bare(sql: string): string {
	return sql.replaceAll(LONGITUDE_FIRST, '').replaceAll(/`(?:[^`]|``)*`|'[^'\\]*'/g, '?');
}

describe('a page', () => {
	it('keeps values that are any text out of the statement', () => {
		const values = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.constantFrom("'", "\\'", '1 OR 1=1', "x' -- ", '`', '\u0000')
		);
		fc.assert(
			fc.property(values, fc.constantFrom(...mysqlTypeNames), (value, of) => {
				const known = [column('c', of)];
				const planned = planPage({ ...all, known, filters: [{ column: 'c', op: '=', values: [value] }] });
				if ('kind' in planned) {
					expect(planned).toEqual({ kind: 'bad-value', column: 'c' });
					return;
				}
				const sql = bare(planned.rowsSql(null) ?? '');
				const [, condition = ''] = /WHERE (.*)$/.exec(sql) ?? [];
				expect(condition).toMatch(/^[\w\s().,=?+-]*$/);
				expect(condition).not.toMatch(/\bOR\b|--/);
			}),
			{ numRuns: 2000 }
		);
	});

	it('quotes names, whatever is in them', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (name) => {
				expect(bare(quoteIdentifier(name))).toBe('?');
			})
		);
	});

	it('ends between two values, and has those without one at the end', () => {
		const planned = planPage({
			...all,
			columns: ['id'],
			order: ['at'],
			after: { values: ['2026-01-01 00:00:00.5+00:00'], isFrom: true },
			limit: 10
		});
		if ('kind' in planned) return expect.unreachable(planned.kind);
		const since = "q.`at` >= CAST('2026-01-01 00:00:00.5' AS DATETIME(6))";
		expect(planned.endSql).toBe(
			`SELECT q.\`at\` AS \`at\` FROM \`my \`\`own\`\`\`.\`orders\` AS q WHERE (${since}) AND (q.\`at\` IS NOT NULL) ORDER BY q.\`at\` LIMIT 1 OFFSET 9`.replace(
				' AS `at`',
				''
			)
		);
		expect(planned.rowsSql(['2026-01-02 00:00:00'])).toContain(
			`WHERE (${since}) AND (q.\`at\` <= CAST('2026-01-02 00:00:00' AS DATETIME(6))) ORDER BY q.\`at\``
		);
		expect(planned.rowsSql(null)).toContain(
			`WHERE (${since} OR q.\`at\` IS NULL) ORDER BY (q.\`at\` IS NULL), q.\`at\``
		);
		expect(planned.rowsSql(['0000-00-00 00:00:00'])).toBeNull();
	});

	it('names a column that is not there, and one whose value is none of its type', () => {
		for (const asked of [
			{ columns: ['no'] },
			{ order: ['no'] },
			{ filters: [{ column: 'no', op: '=', values: ['1'] }] }
		] as const)
			expect(planPage({ ...all, ...asked })).toEqual({ kind: 'unknown-column', column: 'no' });
		expect(planPage({ ...all, order: ['id'], after: { values: ['x'], isFrom: false } })).toEqual({
			kind: 'bad-value',
			column: 'id'
		});
		expect(planPage({ ...all, known: [column('raw', 'blob')], format: 'csv' })).toEqual({
			kind: 'not-csv',
			column: 'raw'
		});
	});
});

describe('a moment', () => {
	const sqlOf = (value: string, of: MysqlType['name']): unknown => {
		const planned = planPage({
			...all,
			known: [column('c', of)],
			filters: [{ column: 'c', op: '>', values: [value] }]
		});
		return 'kind' in planned ? planned.kind : /CAST\('(.*?)'/.exec(planned.rowsSql(null) ?? '')?.[1];
	};
	it.each([
		['2026-01-01T01:02:03.123456+05:30', 'timestamp', '2025-12-31 19:32:03.123456'],
		['2026-01-01 01:02Z', 'timestamp', '2026-01-01 01:02'],
		['2026-01-01', 'datetime', '2026-01-01 00:00:00'],
		['2026-01-01T00:00:00Z', 'datetime', 'bad-value'],
		['2026-13-01T00:00:00+01:00', 'timestamp', 'bad-value'],
		['0000-00-00', 'date', 'bad-value'],
		["2026-01-01'", 'date', 'bad-value'],
		['2026-02-30', 'date', 'bad-value'],
		['2026-02-30 00:00:00', 'datetime', 'bad-value']
	] as const)('%s of a %s is %s', (value, of, expected) => {
		expect(sqlOf(value, of)).toBe(expected);
	});
});

describe('a value', () => {
	const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
	it.each([
		[type('int'), '5', '5'],
		[type('bigint'), '9007199254740993', '"9007199254740993"'],
		[type('year'), '0026', '26'],
		[type('int'), '00005', '5'],
		[type('bit', { precision: 1 }), '\u0001', 'true'],
		[type('bit', { precision: 10 }), '\u0002\u0001', '"513"'],
		[type('decimal', { precision: 10, scale: 2 }), '-1.50', '"-1.50"'],
		[type('decimal', { precision: 65, scale: 30 }), `1.5${'0'.repeat(29)}`, '"1.5000000000"'],
		[type('decimal', { precision: 65, scale: 0 }), '9'.repeat(29), `"${'9'.repeat(29)} does not fit"`],
		[type('json'), '{"a":\n1}', '{"a": 1}'],
		[type('json'), '{"a"', '"{\\"a\\""'],
		[type('blob'), '\u0000a', '"\\\\x00\\\\x61"'],
		[type('vector'), '\u0000\u0000\u0000?\u0000\u0000\u0000@', '[0.5,2]'],
		[type('text'), 'a\n"', '"a\\n\\""']
	] as const)('of %j, %j, stands in JSON as %s', (of, value, expected) => {
		expect(jsonValue(of)(bytes(value))).toBe(expected);
		expect(() => JSON.parse(expected) as unknown).not.toThrow();
	});

	it('keeps a text that looks like nothing, breaks and quotes in CSV', () => {
		const write = csvValue(type('text'));
		expect(['\\N', '', 'a,b', 'a"b', 'a\nb', 'a'].map((text) => write?.(bytes(text)))).toEqual([
			...['\\N', '""', '"a,b"', '"a""b"', '"a\nb"', 'a']
		]);
	});

	it('is kept by a type that has room for it', () => {
		const unsigned = { isUnsigned: true };
		expect([type('tinyint', unsigned), type('int', unsigned), type('bigint', unsigned)].map(duckDbTypeOf)).toEqual([
			'SMALLINT',
			'BIGINT',
			'DECIMAL(20, 0)'
		]);
		expect(duckDbTypeOf(type('bit', { precision: 64 }))).toBe('DECIMAL(20, 0)');
		expect(duckDbTypeOf(type('decimal', { precision: 40, scale: 2 }))).toBe('DECIMAL(38, 10)');
	});
});
