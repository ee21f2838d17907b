// Whether the rows of a query are the same as long as its datasets and parameters are: only such rows may be kept.
import { whyUnrepeatable } from '../pipeline/repeatable.ts';
import { mayAskWorkspace } from '../sql/bind-workspace.ts';
import { identifierOf, tokenize } from '../sql/tokens.ts';

export type Unkept =
	/** In words, such as “it uses now(), which may give something else each time”. */
	| { readonly reason: 'may-change'; readonly why: string }
	/** Which version of a model answers may change without a version of a dataset. */
	| { readonly reason: 'asks-model' }
	/** Tables such as `check_results` have no versions. */
	| { readonly reason: 'reads-workspace' }
	| { readonly reason: 'never' };

/** What the engine has, and what there is to read. */
type Known = { readonly pure: ReadonlySet<string>; readonly isDataset: (name: string) => boolean };

/** Null where rows may be kept. */
export function unkeptReason(sql: string, ttlMs: number | null, { pure, isDataset }: Known): Unkept | null {
	if (ttlMs === 0) return { reason: 'never' };
	if (asksModel(sql)) return { reason: 'asks-model' };
	if (mayAskWorkspace(sql)) return { reason: 'reads-workspace' };
	const why = whyUnrepeatable(sql, pure, isDataset);
	return why === null ? null : { reason: 'may-change', why };
}

function asksModel(sql: string): boolean {
	const tokens = tokenize(sql).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
	return tokens.some((token, index) => {
		const next = tokens[index + 1];
		const isCall = next !== undefined && sql[next.start] === '(';
		if (!isCall || (token.kind !== 'word' && token.kind !== 'quoted')) return false;
		return /^predict(_|$)/i.test(identifierOf(sql, token));
	});
}
