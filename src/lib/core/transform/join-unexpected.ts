// A join whose keys are there more often than the recipe says.

export type JoinUnexpected = {
	readonly kind: 'join-unexpected';
	/** The step's place in the list, from 0. */
	readonly step: number;
	readonly side: 'left' | 'right';
	readonly expected: string;
	readonly columns: readonly string[];
	/** Keys that are there more than once, and one of them. */
	readonly repeated: number;
	readonly example: string;
};
