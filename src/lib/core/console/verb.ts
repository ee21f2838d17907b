// How a verb of `window.weir` is documented, and the failures that many of them have.

export type ConsoleVerb = {
	readonly verb: string;
	readonly signature: string;
	/** One sentence. */
	readonly summary: string;
	/** Kinds of failure it answers with, besides `invalid-argument`. */
	readonly failures: readonly string[];
	readonly example: string;
};

/** Of what runs SQL. */
export const running = [
	'sql-error',
	'unknown-version',
	'version-collected',
	'damaged-version',
	'out-of-memory',
	'cancelled',
	'engine-crashed'
];
/** Of what makes a version. */
export const storing = ['name-taken', 'invalid-name', 'storage-full', 'newer-format', 'moved'];
