// What a named query is: SQL over datasets, and what may be given to it. Its name, like its history, is the document's.

export const parameterTypes = ['text', 'integer', 'decimal', 'date', 'timestamp', 'boolean'] as const;
export type ParameterType = (typeof parameterTypes)[number];

/**
 * A value in the one form that its type has, so that equal values are equal texts: `42`, `0.5`, `2024-02-29`,
 * `2024-02-29 10:00:00`, `true`. A timestamp is in UTC.
 */
export type ParameterText = string;

export type Parameter = {
	readonly name: string;
	/** Of its elements, where it is a list. */
	readonly type: ParameterType;
	readonly isList: boolean;
	readonly description: string | null;
	/** Null where it must be given, and where leaving it out means NULL. */
	readonly default: ParameterValue;
	readonly isRequired: boolean;
	/** Of a list, each of its elements. */
	readonly allowed: readonly ParameterText[] | null;
	readonly min: ParameterText | null;
	readonly max: ParameterText | null;
};

export type ParameterValue = ParameterText | readonly ParameterText[] | null;

export type NamedQuery = {
	readonly description: string | null;
	readonly sql: string;
	readonly parameters: readonly Parameter[];
	/** How long rows are kept for the next who asks; 0 is never, null is until a dataset has another version. */
	readonly ttlMs: number | null;
	/** Rows of a page where who asks says nothing. */
	readonly pageRows: number;
};

export const PAGE_ROWS = 1000;
export const PAGE_ROWS_MAX = 100_000;
/** Elements of a list. */
export const LIST_MAX = 10_000;
