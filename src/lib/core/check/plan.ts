// What a check asks of the engine, and how what comes back is judged. Expectations make plans; compile-suite.ts runs many in one scan.
import { err, ok, type Result } from '../result.ts';
import { nearest } from '../nearest.ts';
import type { UserFunction } from '../script/user-function.ts';
import { quoteName } from '../sql/quote.ts';
import { typeFamily, type TypeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import type { Comparison } from './statistics/compare-sketches.ts';
import type { SchemaDrift } from './statistics/schema-drift.ts';
import type { Told } from './told.ts';
import type { EvaluationProblem } from './verdict.ts';

/** What an expectation may know of what is checked, besides its rows. */
export type PlanContext = {
	readonly schema: readonly Column[];
	readonly nowMs: number;
	/** Null for rows that are no version. */
	readonly versionAtMs: number | null;
	/** Names of datasets that can be read besides, as SQL has them. */
	readonly datasets: readonly string[];
};

/** One value: an aggregate over the rows, taken in one scan with others, or what one query of its own gives. */
export type Measure =
	| { readonly from: 'scan'; readonly sql: string; readonly ofValues: OfValues | null }
	| { readonly from: 'own'; readonly sql: (rows: string) => string };

/** The same of the different values of one column, each once: see by-value.ts. */
export type OfValues = {
	readonly column: string;
	/** An aggregate over what `valuesOf` gives. */
	readonly sql: string;
	/** Nanoseconds that the aggregate over all rows takes of one, about: measured once in DuckDB-WASM. */
	readonly cost: number;
};

export type Measured<Name extends string = string> = Readonly<Record<Name, unknown>>;

export type Judged = {
	readonly success: boolean;
	/** What all result formats but BOOLEAN_ONLY tell. */
	readonly result: Readonly<Record<string, Told>>;
	/** Null where no row is against it by itself. */
	readonly unexpectedCount: number | null;
};

/** Rows against a check. */
export type Unexpected = {
	/** A SELECT of them with all their columns. `rows` is a table or a query in parentheses. */
	readonly select: (rows: string) => string;
	/** Those the check is about; null for whatever the SELECT gives. */
	readonly columns: readonly string[] | null;
};

export type Plan = {
	readonly measures: Readonly<Record<string, Measure>>;
	readonly judge: (measured: Measured) => Judged;
	readonly unexpected: Unexpected | null;
	/** Of a JavaScript predicate: what runs over the rows before anything is measured, and gives the column `HOLDS`. */
	readonly fn: UserFunction | null;
	/** Of a check that compares with a trusted version: nothing else of the plan is asked then. */
	readonly drift?: DriftQuestion;
};

export type DriftQuestion = {
	/** As `name@…` in SQL names a version; null is the pinned one. */
	readonly baseline: string | null;
	readonly judge: (found: DriftFound) => Result<Judged, EvaluationProblem>;
};

export type DriftFound = Pick<Comparison, 'columns'> & { readonly schema: SchemaDrift };

export type Planned = Result<Plan, EvaluationProblem>;

/** The column a predicate gives. */
export const HOLDS = '@holds';

export function scan(sql: string, ofValues: OfValues | null = null): Measure {
	return { from: 'scan', sql, ofValues };
}

/** Rows of which a condition is true. `of` names the one column that it reads; null for several. */
export function countRows(condition: string, of: Omit<OfValues, 'sql'> | null): Measure {
	const sql = `CAST(coalesce(sum(CASE WHEN ${condition} THEN "@n" ELSE 0 END), 0) AS BIGINT)`;
	return scan(`count_if(${condition})`, of && { ...of, sql });
}

export function own(sql: (rows: string) => string): Measure {
	return { from: 'own', sql };
}

/** Without regard to case, as SQL has it. Fails: unknown-column */
export function columnOf(name: string, { schema }: PlanContext): Result<Column, EvaluationProblem> {
	const found =
		schema.find((column) => column.name === name) ??
		schema.find((column) => column.name.toLowerCase() === name.toLowerCase());
	if (found) return ok(found);
	const names = schema.map((column) => column.name);
	return err({ code: 'unknown-column', column: name, nearest: nearest(name, names) });
}

export function columnsOf(
	names: readonly string[],
	context: PlanContext
): Result<readonly Column[], EvaluationProblem> {
	const columns: Column[] = [];
	for (const name of names) {
		const column = columnOf(name, context);
		if (!column.ok) return column;
		columns.push(column.value);
	}
	return ok(columns);
}

/** Fails: unknown-column · wrong-type */
export function columnOfFamily(
	name: string,
	families: readonly TypeFamily[],
	context: PlanContext
): Result<Column, EvaluationProblem> {
	const column = columnOf(name, context);
	if (!column.ok || families.includes(typeFamily(column.value.type))) return column;
	const { name: given, type } = column.value;
	return err({
		code: 'wrong-type',
		column: given,
		type,
		expected: families.map((one) => familyNames[one]).join(' or ')
	});
}

export const familyNames: Readonly<Record<TypeFamily, string>> = {
	number: 'a number',
	boolean: 'true or false',
	date: 'a date or timestamp',
	time: 'a time',
	text: 'a text',
	nested: 'a list or structure',
	other: 'another type'
};

/** Of types with an order that people write down. */
export const ordered: readonly TypeFamily[] = ['number', 'boolean', 'date', 'time', 'text'];

/** As SQL reads it; texts of other types than VARCHAR as VARCHAR. */
export function valueSql({ name, type }: Column): string {
	const quoted = quoteName(name);
	return typeFamily(type) === 'text' && type !== 'VARCHAR' ? `CAST(${quoted} AS VARCHAR)` : quoted;
}

export function numberIn(value: unknown): number {
	return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
}
