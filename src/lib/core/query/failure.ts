// What asking a named query can answer besides rows, and besides what running SQL can.
import type { InvalidArguments } from './bind-arguments.ts';
import type { Unkept } from './cacheable.ts';
import type { InvalidQueryText } from './parse-query.ts';
import type { PublishQueryFailure } from './publish-failure.ts';

export type QueryFailure =
	| InvalidQueryText
	| InvalidArguments
	| PublishQueryFailure
	/** The page before was of other versions, other values or another text. */
	| { readonly kind: 'page-outdated'; readonly query: string }
	/** Asked again it would have other rows, so that pages of it do not fit together. */
	| { readonly kind: 'query-unpaged'; readonly query: string; readonly because: Unkept };
