// Tests of a transform: rows that stand for what it reads, and the rows it must make of them, in any order.
import { quoteName, quoteValue } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';

type Scalar = string | number | boolean | null;
export type TestCell = Scalar | readonly unknown[] | Readonly<Record<string, unknown>>;
export type TestRow = Readonly<Record<string, TestCell>>;

export type ModelTest = {
	readonly name: string;
	/** Rows by the name of the table that is read, such as `flights` or `flights@v2`. */
	readonly given: Readonly<Record<string, readonly TestRow[]>>;
	/** Only the columns that are named are compared. */
	readonly expect: readonly TestRow[];
	/** How far numbers may be from what is expected. */
	readonly tolerance: number;
	/** Parameters that the test sets. */
	readonly params: Readonly<Record<string, Scalar>>;
};

export type RowDifference = {
	/** Null: a row that was not expected. */
	readonly expected: TestRow | null;
	/** Null: a row that did not come out. */
	readonly got: TestRow | null;
	/** Columns in which they differ, where both are there. */
	readonly columns: readonly string[];
};

const DIFFERENCES_MAX = 100;

/** Rows as a query, of the types that the table has; of their own where there is no such table. */
export function fixtureSql(rows: readonly TestRow[], schema: readonly Column[] | null): string {
	const names = schema?.map(({ name }) => name) ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const typed = (name: string, value: TestCell | undefined): string => {
		const cell = value ?? null;
		const type = schema?.find((column) => column.name === name)?.type;
		if (cell !== null && typeof cell === 'object') {
			const json = `CAST(${quoteValue(JSON.stringify(cell))} AS JSON)`;
			return type === undefined ? json : `CAST(${json} AS ${type})`;
		}
		return type === undefined ? quoteValue(cell) : `CAST(${quoteValue(cell)} AS ${type})`;
	};
	if (names.length === 0) return 'SELECT NULL AS nothing WHERE false';
	if (rows.length === 0) {
		const columns = names.map((name) => `${typed(name, null)} AS ${quoteName(name)}`);
		return `SELECT ${columns.join(', ')} WHERE false`;
	}
	const values = rows.map((row) => `(${names.map((name) => typed(name, row[name])).join(', ')})`);
	return `SELECT * FROM (VALUES ${values.join(', ')}) AS fixture(${names.map(quoteName).join(', ')})`;
}

/** Columns of rows that the table they stand for does not have. */
export function strayColumns(rows: readonly TestRow[], schema: readonly Column[] | null): readonly string[] {
	if (!schema) return [];
	const known = new Set(schema.map(({ name }) => name));
	return [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !known.has(name));
}

/** A query that reads fixtures where it would have read tables. */
export function overFixtures(
	sql: string,
	fixtures: readonly { readonly name: string; readonly sql: string }[]
): string {
	if (fixtures.length === 0) return sql;
	const tables = fixtures.map((one) => `${quoteName(one.name)} AS (${one.sql})`);
	return `WITH ${tables.join(',\n')}\nSELECT * FROM (\n${sql.replace(/;\s*$/, '')}\n)`;
}

/** Each expected row takes the first row that is like it; what is left is told in pairs that are most alike. */
export function differences(
	expected: readonly TestRow[],
	got: readonly TestRow[],
	tolerance: number
): readonly RowDifference[] {
	const columns = [...new Set(expected.flatMap((row) => Object.keys(row)))];
	const unlike = (one: TestRow, other: TestRow): readonly string[] =>
		columns.filter((name) => !isAlike(one[name] ?? null, other[name] ?? null, tolerance));
	const left = [...got];
	const missing: TestRow[] = [];
	for (const row of expected) {
		const at = left.findIndex((other) => unlike(row, other).length === 0);
		if (at < 0) missing.push(row);
		else left.splice(at, 1);
	}
	const found: RowDifference[] = [];
	for (const row of missing) {
		let best: { at: number; columns: readonly string[] } | null = null;
		for (const [at, other] of left.entries()) {
			const differing = unlike(row, other);
			if (differing.length < (best?.columns.length ?? columns.length)) best = { at, columns: differing };
		}
		const [other = null] = best ? left.splice(best.at, 1) : [];
		found.push({ expected: row, got: other, columns: best?.columns ?? [] });
	}
	return [...found, ...left.map((row) => ({ expected: null, got: row, columns: [] }))].slice(0, DIFFERENCES_MAX);
}

function isAlike(one: unknown, other: unknown, tolerance: number): boolean {
	if (typeof one === 'number' && typeof other === 'number')
		return Object.is(one, other) || one === other || Math.abs(one - other) <= tolerance;
	if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
	const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
	return (
		Array.isArray(one) === Array.isArray(other) &&
		keys.every((key) => isAlike(Reflect.get(one, key), Reflect.get(other, key), tolerance))
	);
}
