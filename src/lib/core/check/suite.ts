// What a suite is once its text was read: checks, each of one expectation, with the names and parameters of Great Expectations.

export const severities = ['fail', 'warn'] as const;
/** What a check that does not hold makes of a verdict. */
export type Severity = (typeof severities)[number];

/** How much of what was found is told, as Great Expectations means it. */
export const resultFormats = ['BOOLEAN_ONLY', 'BASIC', 'SUMMARY', 'COMPLETE'] as const;
export type ResultFormat = (typeof resultFormats)[number];

export type Kwargs = Readonly<Record<string, unknown>>;

export type Check = {
	/** Unique in its suite: as a person called it, else made of its expectation and columns. */
	readonly name: string;
	/** One of the catalogue's, such as `expect_column_values_to_not_be_null`. */
	readonly expectation: string;
	/** As the expectation takes them, `mostly` and `row_condition` with them. */
	readonly kwargs: Kwargs;
	readonly severity: Severity;
	readonly description: string | null;
	readonly resultFormat: ResultFormat;
	readonly isDisabled: boolean;
	/** Its place in the text's list, from 0. */
	readonly index: number;
	/** 1-based, in the text. */
	readonly line: number;
};

export type Suite = {
	readonly description: string | null;
	/** What it was written for; any version with these columns can be checked. */
	readonly dataset: string | null;
	/** Columns that name an offending row; null for the key of what is checked, else the row's number. */
	readonly key: readonly string[] | null;
	readonly checks: readonly Check[];
};
