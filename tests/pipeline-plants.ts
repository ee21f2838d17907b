// Ways in which the runner's world breaks a promise on purpose; each must be found.

export const plants = [
	/** The checkpoint is written after the commit, in a transaction of its own. */
	'checkpoint-after',
	/** The checkpoint is written before the commit. */
	'checkpoint-before',
	/** Whoever writes is believed. */
	'no-fence',
	/** Steps begin and end without what was decided before them. */
	'decisions-are-lost',
	/** What a step says is written over how it ended. */
	'said-after-its-end',
	/** A resumed page takes what ran for done. */
	'running-is-done',
	/** Every page gets every lock. */
	'no-lock',
	/** Chance is not below one. */
	'wild-chance',
	/** Breakers are not kept. */
	'breaker-forgotten',
	/** A step's output is taken for another's. */
	'blind-reuse',
	/** What a function gave for other rows, in an earlier attempt, is taken for these. */
	'pieces-of-other-rows',
	/** An edition that was made is not found again. */
	'edition-forgotten',
	/** The edge does not list a link that was made. */
	'link-unlisted',
	/** A notice that is there is added again. */
	'told-again'
] as const;
export type Plant = (typeof plants)[number];
