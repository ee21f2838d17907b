// A user function: JavaScript or TypeScript over rows or batches of a table, the columns it gives, and what it may use.
import type { Column } from '../version/version.ts';

export type FunctionLanguage = 'javascript' | 'typescript';
export const functionLanguages: readonly FunctionLanguage[] = ['javascript', 'typescript'];

/**
 * What the function is called with.
 *
 * `row`: `(row, index) => value`, once a row; it answers with one value, or with an object of the output columns.
 * `batch`: `({ rowCount, columns }) => columns`, once a batch; it may answer with more or fewer rows than it was given.
 */
export type FunctionMode = 'row' | 'batch';
export const functionModes: readonly FunctionMode[] = ['row', 'batch'];

export type FunctionLimits = {
	/** For one batch of at most `BATCH_ROWS` rows. */
	readonly timeoutMs: number;
	/** At least `MIN_MEMORY_BYTES`. */
	readonly memoryBytes: number;
};

export type UserFunction = {
	/** A module whose default export is the function. It can import nothing. */
	readonly code: string;
	readonly language: FunctionLanguage;
	readonly mode: FunctionMode;
	/** Columns it reads, by their names; null for all. */
	readonly inputs: readonly string[] | null;
	/** Columns it gives, with DuckDB types. */
	readonly outputs: readonly Column[];
	readonly limits: FunctionLimits;
	readonly tests: readonly FunctionTest[];
};

/** Rows that go in, and what must come out of them. */
export type FunctionTest = {
	readonly name: string;
	readonly rows: readonly Readonly<Record<string, unknown>>[];
	readonly expect: readonly Readonly<Record<string, unknown>>[];
};

export type FunctionTestOutcome = {
	readonly name: string;
	readonly passed: boolean;
	/** What came out, row by row; null when the function failed. */
	readonly got: readonly Readonly<Record<string, unknown>>[] | null;
	readonly failure: ScriptFailure | null;
};

/** Of a step of a recipe, which was not run. */
export type FunctionTestsFailed = {
	readonly kind: 'function-tests-failed';
	/** Its place in the list, from 0. */
	readonly step: number;
	readonly tests: readonly string[];
};

export const DEFAULT_LIMITS: FunctionLimits = { timeoutMs: 60_000, memoryBytes: 256 * 1024 * 1024 };
export const MIN_MEMORY_BYTES = 32 * 1024 * 1024;
export const MAX_LIMITS: FunctionLimits = { timeoutMs: 600_000, memoryBytes: 1024 * 1024 * 1024 };

/** Rows a call of a batch function gets at most. A module begins anew with each batch: nothing is carried over. */
export const BATCH_ROWS = 32_768;

/** Rows are 0-based and counted over the whole input; null where no row was at work. */
export type ScriptFailure = ScriptFacts & {
	/** Where the function is a step of a recipe: its place in the list, from 0. */
	readonly recipeStep?: number;
};

type ScriptFacts =
	| {
			readonly kind: 'script-error';
			readonly stage: 'syntax' | 'start' | 'call';
			readonly message: string;
			/** 1-based, in the code as it was written; null where the engine does not say. */
			readonly line: number | null;
			readonly column: number | null;
			readonly row: number | null;
	  }
	| { readonly kind: 'script-timeout'; readonly timeoutMs: number; readonly row: number | null }
	| { readonly kind: 'script-memory'; readonly memoryBytes: number; readonly row: number | null }
	/** An output is not of its column's type; `found` says what kind of value it is, never the value. */
	| {
			readonly kind: 'script-output';
			readonly column: string;
			readonly type: string;
			readonly found: string;
			readonly row: number | null;
	  }
	| { readonly kind: 'script-crashed'; readonly reason: string };
