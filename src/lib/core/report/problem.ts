// What can be wrong with a report's text, each with its place.
import type { Place, TextProblem } from '../document/text-problem.ts';

export type ReportProblem =
	| TextProblem
	| (Place & { readonly path: string } &
			/** Of a query or an input: a name is a word, so that SQL can say it. */
			(
				| { readonly code: 'bad-name'; readonly name: string }
				| { readonly code: 'missing-name'; readonly block: 'sql' | 'input' }
				| { readonly code: 'name-taken'; readonly name: string }
				| { readonly code: 'bad-measure'; readonly value: string }
				/** `{{ … }}` in prose that names nothing. */
				| { readonly code: 'bad-value'; readonly value: string }
				/** This type of block cannot do without. */
				| { readonly code: 'needs'; readonly key: string; readonly type: string }
				| { readonly code: 'empty-query'; readonly name: string }
				| { readonly code: 'too-many-blocks'; readonly limit: number }
				/** Quotes and lists in one another. */
				| { readonly code: 'too-deep'; readonly limit: number }
			));

export type InvalidReport = { readonly kind: 'invalid-report'; readonly problems: readonly ReportProblem[] };
