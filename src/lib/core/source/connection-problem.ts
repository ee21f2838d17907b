// What can be wrong with a connection's text.
import type { Place, TextProblem } from '../document/text-problem.ts';
import type { Path } from '../document/yaml-text.ts';

export type OwnProblem =
	| { readonly code: 'bad-address'; readonly value: string }
	| { readonly code: 'secret-in-text'; readonly name: string }
	| { readonly code: 'needs-key' }
	| { readonly code: 'append-with-key' }
	| { readonly code: 'late-without-merge' }
	| { readonly code: 'csv-alone'; readonly key: string }
	| { readonly code: 'body-of-get' }
	| { readonly code: 'table-or-query'; readonly key: string }
	| { readonly code: 'write-without-table' }
	| { readonly code: 'bad-pattern'; readonly value: string }
	| { readonly code: 'many-values'; readonly op: string };

export type ConnectionProblem = TextProblem | (Place & { readonly path: string } & OwnProblem);

/** Names the place of a value by its path. */
export type TellProblem = (path: Path, problem: OwnProblem) => void;

export type InvalidConnection = {
	readonly kind: 'invalid-connection';
	/** In the order of the text; at least one. */
	readonly problems: readonly ConnectionProblem[];
};
