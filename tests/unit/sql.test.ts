import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeDuckDbError } from '#core/sql/duckdb-error.ts';
import { bindParams, quoteName, quoteText, quoteValue } from '#core/sql/quote.ts';
import { rewrite } from '#core/sql/rewrite.ts';
import { splitStatements, tokenize } from '#core/sql/tokens.ts';
import { arrowType, parquetType, typeFamily } from '#core/sql/types.ts';
import { viewSql } from '#core/sql/view-sql.ts';

const sqlPiece = fc.constantFrom(
	"'",
	'"',
	'$$',
	'$a$',
	'--',
	'/*',
	'*/',
	'\n',
	';',
	'?',
	'$1',
	'@',
	' ',
	'a',
	'E',
	'1.5e3',
	'\\',
	'🦆'
);
const sqlText = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.array(sqlPiece).map((pieces) => pieces.join(''))
);

test('tokens cover the text without a gap', () => {
	fc.assert(
		fc.property(sqlText, (sql) => {
			const tokens = tokenize(sql);
			expect(tokens.map(({ start, end }) => sql.slice(start, end)).join('')).toBe(sql);
			for (const { start, end } of tokens) expect(end).toBeGreaterThan(start);
		})
	);
});

test('a name or a text of any content is one token that says the same', () => {
	fc.assert(
		fc.property(
			fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
			(text) => {
				expect(tokenize(quoteName(text))).toEqual([{ kind: 'quoted', start: 0, end: quoteName(text).length }]);
				expect(tokenize(quoteText(text))).toEqual([{ kind: 'string', start: 0, end: quoteText(text).length }]);
			}
		)
	);
	expect(quoteText('a\0b')).toBe("('a' || chr(0) || 'b')");
});

test('values have literals of their own type', () => {
	expect([null, true, 7, -2.5, 2 ** 40, -0, Number.NaN, 2n ** 70n].map(quoteValue)).toEqual([
		'NULL',
		'TRUE',
		"CAST('7' AS INTEGER)",
		"CAST('-2.5' AS DOUBLE)",
		"CAST('1099511627776' AS BIGINT)",
		"CAST('0' AS DOUBLE)",
		"CAST('NaN' AS DOUBLE)",
		"CAST('1180591620717411303424' AS HUGEINT)"
	]);
	expect(quoteValue(new Date(0))).toBe("CAST('1970-01-01T00:00:00.000' AS TIMESTAMP)");
});

test('parameters go where the marks are, and only there', () => {
	const bound = bindParams('SELECT \'?\', ? -- ?\n, $2, "?", $$ ? $$', ['a', 'b']);
	expect(bound.ok && bound.value.sql).toBe("SELECT '?', 'a' -- ?\n, 'b', \"?\", $$ ? $$");
	expect(bindParams('SELECT 1', [1])).toEqual({
		ok: false,
		error: { kind: 'unbindable-parameter', index: 0, reason: 'unused' }
	});
	expect(bindParams('SELECT $name', [1])).toMatchObject({ ok: false, error: { reason: 'named' } });
	expect(bindParams('SELECT ?', [new Date(Number.NaN)])).toMatchObject({
		ok: false,
		error: { reason: 'invalid date' }
	});
});

test('statements end at semicolons outside of texts and comments', () => {
	const sql = "SELECT ';' -- ;\n; /* ; */ ;SELECT $$;$$ ; -- end";
	expect(splitStatements(sql).map(({ start, end }) => sql.slice(start, end))).toEqual(["SELECT ';'", 'SELECT $$;$$']);
});

test('a rewritten text leads back to the old one', () => {
	const { sql, toOriginal } = rewrite('abc def', [{ start: 0, end: 3, text: 'longer' }]);
	expect(sql).toBe('longer def');
	expect([0, 3, 6, 7].map(toOriginal)).toEqual([0, 0, 3, 4]);
});

test('types are known by their text', () => {
	expect(
		['DECIMAL(18,3)', 'TIMESTAMP WITH TIME ZONE', 'INTEGER[]', 'STRUCT(a INTEGER)', "ENUM('a')", 'BLOB'].map(typeFamily)
	).toEqual(['number', 'date', 'nested', 'nested', 'text', 'other']);
	expect(arrowType("STRUCT(\"BIT\" ENUM('a', ')'), t TIME WITH TIME ZONE)[]")).toBe(
		'STRUCT("BIT" VARCHAR, t VARCHAR)[]'
	);
	expect(parquetType('MAP(VARCHAR, HUGEINT[])')).toBe('MAP(VARCHAR, DECIMAL(38,0)[])');
	for (const type of ['BIGINT', 'TIMESTAMP WITH TIME ZONE', 'VARCHAR']) expect(arrowType(type)).toBe(type);
});

test('a view quotes what a person typed', () => {
	const columns = [
		{ name: 'a"b', type: 'VARCHAR', expression: 'c0' },
		{ name: 'n', type: 'INTEGER', expression: 'c1' }
	];
	const filters = [
		{ column: 'a"b', operator: 'equals', value: "x'; --" },
		{ column: 'n', operator: 'at-least', value: '7' }
	] as const;
	expect(
		viewSql('t', columns, {
			orderBy: [
				{ column: 'n', descending: true },
				{ column: 'gone', descending: false }
			],
			filters
		})
	).toBe(
		`SELECT c0 AS "a""b", c1 AS "n" FROM t WHERE CAST(c0 AS VARCHAR) = 'x''; --' AND c1 >= TRY_CAST('7' AS INTEGER) ORDER BY c1 DESC NULLS LAST`
	);
});

const at = (sql: string) => ({ sql, toOriginal: (position: number) => position });

test('what the engine throws becomes a failure', () => {
	const thrown = (facts: object) => new Error(JSON.stringify(facts));
	expect(
		decodeDuckDbError(
			thrown({ exception_type: 'Binder', exception_message: 'no', position: '7', candidates: 'a, "b c"' }),
			at("'ä🦆' x")
		)
	).toEqual({ kind: 'sql-error', type: 'Binder', message: 'no', position: 4, candidates: ['a', 'b c'] });
	expect(decodeDuckDbError(thrown({ exception_type: 'Out of Memory', exception_message: 'x' }), at(''))).toEqual({
		kind: 'out-of-memory'
	});
	expect(decodeDuckDbError(new WebAssembly.RuntimeError('unreachable'), at(''))).toEqual({
		kind: 'engine-crashed',
		reason: 'unreachable'
	});
	expect(decodeDuckDbError(thrown({ exception_type: 'FATAL', exception_message: 'gone' }), at(''))).toMatchObject({
		kind: 'engine-crashed'
	});
	expect(decodeDuckDbError(new Error('query was canceled'), at(''))).toEqual({ kind: 'cancelled' });
});

test('a text that quotes a crash is not one', () => {
	const message = "Could not convert string 'memory access out of bounds' to INT32";
	const facts = JSON.stringify({ exception_type: 'Conversion', exception_message: message });
	expect(decodeDuckDbError(new Error(facts), at(''))).toMatchObject({ kind: 'sql-error', type: 'Conversion' });
});
