// What `window.weir` offers for named queries.
import type { Failure } from '../core/failure.ts';
import type { Unkept } from '../core/query/cacheable.ts';
import type { NamedQuery } from '../core/query/named-query.ts';
import type { CacheFigures } from '../core/query/result-cache.ts';
import type { Result } from '../core/result.ts';
import type { Column } from '../core/version/version.ts';
import type { QueryPlan } from './ask-query.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { SqlAnswer } from './console-types.ts';
import type { QueryPublication, ShownQuery } from './publish-query.ts';

type Answer<T> = Promise<Result<T, Failure | InvalidArgument>>;
type Rows = readonly Record<string, unknown>[];

/** By the names of parameters. A list is an array; a date may be a text or a `Date`. */
export type QueryValues = Readonly<Record<string, unknown>>;

export type QueryFacts = {
	readonly name: string;
	readonly text: string;
	/** Null where the text cannot be read. */
	readonly query: NamedQuery | null;
};

export type QueryAnswer = SqlAnswer & {
	readonly isFromCache: boolean;
	/** Why the rows are not kept for who asks next; null where they are. */
	readonly unkept: Unkept | null;
};

export type QueryBatch = {
	readonly startRow: number;
	readonly rowCount: number;
	/** Arrow IPC stream. */
	readonly arrow: Uint8Array<ArrayBuffer>;
	readonly rows: Rows;
};

export type QueryConsole = {
	/** Keeps a named query, or its next version. */
	defineQuery(
		name: string,
		text: string,
		options?: { readonly message?: string }
	): Answer<{ readonly name: string; readonly isChanged: boolean }>;
	queries(): Answer<readonly QueryFacts[]>;
	/** Rows of a named query. `isFresh` runs it even where rows are kept. */
	askQuery(
		name: string,
		values?: QueryValues,
		options?: { readonly isFresh?: boolean; readonly signal?: AbortSignal }
	): Answer<QueryAnswer>;
	pageQuery(
		name: string,
		values?: QueryValues,
		options?: { readonly cursor?: string; readonly pageRows?: number; readonly signal?: AbortSignal }
	): Answer<{
		readonly columns: readonly Column[];
		readonly rows: Rows;
		readonly startRow: number;
		readonly totalRows: number;
		readonly isFromCache: boolean;
		/** The `cursor` of the next page; null after the last. */
		readonly next: string | null;
	}>;
	/** Batches, each read when it is asked for; iterating throws when the rows are gone from the engine, or when it is cancelled. */
	streamQuery(
		name: string,
		values?: QueryValues,
		options?: { readonly batchRows?: number; readonly signal?: AbortSignal }
	): Answer<AsyncIterable<QueryBatch> & { readonly columns: readonly Column[]; readonly totalRows: number }>;
	/** What an ask would do; nothing runs. */
	explainQuery(name: string, values?: QueryValues): Answer<QueryPlan>;
	/** What everybody could ask for if the query were published, as a plan or as its SQL; refused clause by clause where no server could answer it. */
	planQueryPublication(name: string): Answer<QueryPublication>;
	/** Opens a query to everybody beside the published versions that it reads; answers the path to ask, with `/rows` behind it. `inPlaceOf` is the name that it was published under before it was renamed. */
	publishQuery(name: string, options?: { readonly inPlaceOf?: string }): Answer<ShownQuery>;
	publishedQueries(): Answer<readonly ShownQuery[]>;
	withdrawQuery(name: string): Answer<void>;
	/** What is kept, and how often that served. `clear` lets it go. */
	queryCache(options?: {
		readonly clear?: boolean;
		readonly budgetBytes?: number;
	}): Answer<CacheFigures & { readonly joined: number }>;
};
