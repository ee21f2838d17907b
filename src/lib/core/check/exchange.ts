// What suites of other tools and those of Weir have in common: checks that came across, and what did not, each with why.
import type { WrittenSuite } from './write-suite.ts';

export const suiteFormats = ['great-expectations', 'great-expectations-0', 'odcs'] as const;
/** `great-expectations` is that of 1.x, `-0` that of before, `odcs` the Open Data Contract Standard 3. */
export type SuiteFormat = (typeof suiteFormats)[number];

/** Something that has no place on the other side; never left out without being told. */
export type LeftOut = {
	/** Where it stands in what was read, such as `expectations[2]` or `schema[0].properties[1].quality[0]`. */
	readonly at: string;
	readonly reason:
		| 'unknown-expectation'
		| 'wrong-parameters'
		| 'no-such-expectation-there'
		| 'not-a-check'
		| 'other-object'
		| 'other-engine'
		| 'disabled'
		| 'changed'
		| 'not-expressible';
	readonly what: string;
};

export type Imported = {
	readonly name: string | null;
	readonly suite: WrittenSuite;
	readonly left: readonly LeftOut[];
	/** Of a contract with several objects, those that this suite is not of. */
	readonly otherObjects: readonly string[];
};
export type Exported = { readonly text: string; readonly left: readonly LeftOut[] };

export type ImportSuiteFailure = {
	readonly kind: 'unreadable-suite';
	readonly format: 'great-expectations' | 'odcs' | 'unknown';
	readonly reason: string;
};

export function isOtherObject({ reason }: LeftOut): boolean {
	return reason === 'other-object';
}

/** Names of what nothing here is made of, in one entry; empty where all of them say nothing. */
export function unusedKeys(
	given: Readonly<Record<string, unknown>>,
	used: ReadonlySet<string>,
	at: string
): readonly LeftOut[] {
	const names = Object.entries(given).flatMap(([name, value]) => (used.has(name) || isNothing(value) ? [] : [name]));
	return names.length === 0 ? [] : [{ at, reason: 'not-a-check', what: names.join(', ') }];
}

function isNothing(value: unknown): boolean {
	if (value === null || value === undefined || value === false || value === -1) return true;
	return typeof value === 'object' && Object.keys(value).length === 0;
}
