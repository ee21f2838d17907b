// A recipe with functions in it: SQL in parts, one over what the function between them gives.
import { expect, test } from 'vitest';
import { parseUserFunction } from '#core/script/parse-user-function.ts';
import type { UserFunction } from '#core/script/user-function.ts';
import { calledSql } from '#core/transform/function-step.ts';
import { allOf, noRowsSql, overRows } from '#core/transform/staged-sql.ts';
import { StagedText } from '#core/transform/staged-text.ts';
import { piecesOfStage, type Pieces } from '#lib/flows/step-pieces.ts';
import { ok } from '#core/result.ts';

function functionOf(given: object): UserFunction {
	const fn = parseUserFunction({ code: 'export default ({ a }) => a', outputs: { b: 'double' }, ...given });
	if (!fn.ok) throw new Error(JSON.stringify(fn.error));
	return fn.value;
}

const part = (name: string, sql: string) => ({ name, path: ['steps', 0], body: { sql, marks: [] } });
const columns = [
	{ name: 'a', type: 'INTEGER' },
	{ name: 'B', type: 'VARCHAR' }
];

test('each function ends a part, and the part behind it reads its rows by its name', () => {
	const fn = functionOf({});
	const text = new StagedText('t');
	text.add(part('filtered', 'SELECT *\nFROM t\nWHERE a > 1'));
	text.cut({ step: 1, name: 'computed', sql: text.rows.sql, fn }, part('computed', 'CALL 1'), 'NOTHING 1');
	expect(text.rows.sql).toBe('WITH computed AS (\n  SELECT *\n  FROM "@computed"\n)\nSELECT *\nFROM computed');
	text.add(part('sorted', `SELECT *\nFROM ${text.from}\nORDER BY b`));
	text.cut({ step: 3, name: 'again', sql: text.rows.sql, fn }, part('again', 'CALL 2'), 'NOTHING 2');
	expect(text.from).toBe('again');
	expect(text.rows.stages.map(({ name, sql }) => [name, sql])).toEqual([
		['computed', 'SELECT *\nFROM t\nWHERE a > 1'],
		['again', 'WITH computed AS (\n  SELECT *\n  FROM "@computed"\n)\nSELECT *\nFROM computed\nORDER BY b']
	]);
	expect([...text.noRows]).toEqual([
		['computed', 'NOTHING 1'],
		['again', 'NOTHING 2']
	]);
	expect(text.called.replace(/\s+/g, ' ')).toBe(
		'WITH filtered AS ( SELECT * FROM t WHERE a > 1 ), computed AS ( CALL 1 ), sorted AS ( SELECT * FROM computed ORDER BY b ) CALL 2'
	);
	expect(text.shown.split('\n').filter((line) => line.startsWith('-- '))).toEqual([
		'-- The rows that step 2 is given:',
		'-- Step 2 is JavaScript: called for each of them, it gives b DOUBLE.',
		'-- Its rows are computed.',
		'--   export default ({ a }) => a',
		'-- The rows that step 4 is given:',
		'-- Step 4 is JavaScript: called for each of them, it gives b DOUBLE.',
		'-- Its rows are again.',
		'--   export default ({ a }) => a',
		'-- What becomes of them:'
	]);
	expect(text.shown).not.toContain('@');
	expect(allOf([text.rows, text.rows])?.stages).toBe(text.rows.stages);
});

test('queries stand in the place of the rows of stages, and positions lead back', () => {
	const sql = `SELECT '"@computed"' /* "@computed" */, x FROM "@computed" WHERE y`;
	const over = overRows(sql, new Map([['computed', 'SELECT 1 AS x']]));
	expect(over.sql).toBe(`SELECT '"@computed"' /* "@computed" */, x FROM (SELECT 1 AS x) WHERE y`);
	expect(over.toOriginal(over.sql.indexOf('y', over.sql.indexOf('WHERE')))).toBe(sql.lastIndexOf('y'));
	expect(noRowsSql(columns)).toBe(`SELECT CAST(NULL AS INTEGER) AS "a", CAST(NULL AS VARCHAR) AS "B" WHERE false`);
});

test('a function is a call of what it reads, in the place of the columns it gives', () => {
	expect(calledSql(functionOf({}), columns, 't')).toBe('SELECT * REPLACE (javascript(a, B) AS b)\nFROM t');
	expect(calledSql(functionOf({ inputs: ['a'], outputs: { c: 'DOUBLE' } }), columns, 't')).toBe(
		'SELECT *, javascript(a) AS c\nFROM t'
	);
	expect(calledSql(functionOf({ mode: 'batch', inputs: ['a'], outputs: { c: 'DATE', d: 'DATE' } }), columns, 't')).toBe(
		'SELECT javascript(a) AS c, javascript(a) AS d\nFROM t'
	);
});

test('what functions of one step gave lies apart', async () => {
	const kept = new Map<number, number>();
	const pieces: Pieces = {
		each: async (_fingerprint, use, firstRow = 0) => {
			let row = firstRow;
			for (let end = kept.get(row); end !== undefined; end = kept.get(row)) {
				await use({ fingerprint: '', startRow: row, endRow: end, arrow: new Uint8Array() });
				row = end;
			}
			return ok(row - firstRow);
		},
		keep: ({ startRow, endRow }) => Promise.resolve(void kept.set(startRow, endRow))
	};
	const [one, other] = [piecesOfStage(pieces, 0), piecesOfStage(pieces, 1)];
	const piece = { fingerprint: '', arrow: new Uint8Array() };
	await one.keep({ ...piece, startRow: 0, endRow: 5 });
	await one.keep({ ...piece, startRow: 5, endRow: 9 });
	await other.keep({ ...piece, startRow: 0, endRow: 3 });
	const taken = () => Promise.resolve(ok(undefined));
	expect([await one.each('', taken), await other.each('', taken)]).toEqual([ok(9), ok(3)]);
});
