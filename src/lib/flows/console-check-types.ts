// What `window.weir` offers for checks: suites, verdicts, and the ways to other tools.
import type { ExpectationFacts } from '../core/check/check-fields.ts';
import type { Exported, ImportSuiteFailure, LeftOut, SuiteFormat } from '../core/check/exchange.ts';
import type { InvalidSuite } from '../core/check/parse-suite.ts';
import type { Suite } from '../core/check/suite.ts';
import type { CheckVerdict, Outcome } from '../core/check/verdict.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Answer } from './console-answer.ts';
import type { CheckVersionFailure } from './check-version.ts';
import type { DocumentFacts } from './console-document-types.ts';
import type { SketchVersionFailure } from './sketch-version.ts';

export type SuiteFacts = DocumentFacts & {
	/** Null when its text cannot be read; `saveSuite` refuses such texts, `saveDocument` does not. */
	readonly suite: Suite | null;
};

/** A verdict as it is told: `rowsSql` of its checks can be run as it stands. */
export type VerdictFacts = {
	readonly suite: string;
	/** Null when the suite was not saved. */
	readonly suiteVersion: string | null;
	readonly dataset: string;
	readonly version: string;
	/** `v3` is 3; null for a version that is not on the open branch. */
	readonly number: number | null;
	readonly outcome: Outcome;
	readonly counts: Readonly<Record<Outcome, number>>;
	readonly checks: readonly CheckVerdict[];
	readonly rowCount: number;
	readonly scanCount: number;
	readonly atMs: number;
	readonly elapsedMs: number;
};

export type CheckConsole = {
	/** Checks the newest version of a dataset, or `name@v2`, against a suite, given by its name or its text. */
	check(
		reference: string,
		suite: string,
		options?: {
			/** Left out, the verdict of a suite that is saved is kept with the version. */
			readonly keep?: boolean;
			readonly signal?: AbortSignal;
		}
	): Answer<VerdictFacts, CheckVersionFailure>;
	/** Kept verdicts of a dataset, newest first: one for each suite and version. */
	verdicts(name: string): Answer<readonly VerdictFacts[], StoreFailure>;
	/** Keeps a suite as a new document, or as the next version of the one with that name. */
	saveSuite(
		name: string,
		text: string,
		options?: { readonly message?: string }
	): Answer<
		{ readonly name: string; readonly version: string; readonly isChanged: boolean },
		StoreFailure | InvalidSuite
	>;
	suites(): Answer<readonly SuiteFacts[], StoreFailure>;
	/** A suite of Great Expectations or a data contract as the text of one here, with what has no place in it. */
	importSuite(
		text: string,
		options?: { readonly object?: string }
	): Answer<
		{ readonly name: string | null; readonly text: string; readonly left: readonly LeftOut[] },
		ImportSuiteFailure
	>;
	/** A suite, given by its name or its text, as other tools read it, with what has no place there. */
	exportSuite(nameOrText: string, format: SuiteFormat): Answer<Exported, StoreFailure | InvalidSuite>;
	/** Every expectation there is, with the fields of a form for it. */
	expectations(): Answer<readonly ExpectationFacts[], never>;
	/** A first suite of what a version's statistics tell. */
	suggestSuite(reference: string, options?: { readonly signal?: AbortSignal }): Answer<string, SketchVersionFailure>;
};
